"""Creates a backup of the database and the uploaded files."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from access.owner_access import OWNER
from imap.backups import BackupError, database, files
from imap.backups.manifest import DATABASE, FILES, Manifest, copy_of
from imap.backups.permissions import private_folders


def make_backup(folder: Path) -> Manifest:
    """Writes the backup as `folder`, which must not exist. Raises BackupError; then nothing of that name is there."""
    if folder.exists():
        raise BackupError(f"{folder} is there already: each backup has a folder of its own.")
    database.refuse_other_roles()
    with _unfinished(folder) as unfinished:
        with database.snapshot() as moment:
            rows, locked = database.row_counts(), database.names(database.LOCKED)
            pg_dump = database.dump(unfinished / DATABASE, moment)
        # After the database: a file that one of its rows names is there, unless it was removed since.
        copies = files.copy_out(default_storage, unfinished / FILES)
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            postgresql=database.server_version(),
            pg_dump=pg_dump,
            migrations=newest_migrations(),
            roles=database.roles(),
            rows=rows,
            rows_left_out=list(database.ROWS_LEFT_OUT),
            locked=locked,
            database=copy_of(unfinished / DATABASE),
            files=copies,
        )
        manifest.write(unfinished)
    return manifest


def newest_migrations() -> dict[str, str]:
    """App → the last of its migrations, by what the database says was applied."""
    return dict(sorted(MigrationRecorder(connections[OWNER]).applied_migrations()))


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder beside the final name, renamed when it is whole, removed when it is not."""
    private_folders(folder.parent)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}.unfinished-", dir=folder.parent))
    try:
        yield unfinished
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
