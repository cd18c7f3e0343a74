"""The journal: what ended, was narrowed or withdrawn, kept in a file outside the database and its backups.

Triggers note it in the table `imap_journal`, in the transaction of the change itself, so that no code can forget it.
`shipping` appends what was noted to the file; `replaying` does it again in a database that was taken back from a backup.
Both know an entry by its id, so doing either twice is doing it once.
"""


class JournalError(Exception):
    """Something that a person has to put right; the message says what."""
