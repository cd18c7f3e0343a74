"""A backup is a folder: `database.dump` (of pg_dump), `files/` (of Django's storage) and `manifest.json`.

Made and taken back by the owner's role, which says that it keeps (`access.owner_access`): the lock is on all the while.
"""


class BackupError(Exception):
    """Something that a person has to put right; the message says what."""
