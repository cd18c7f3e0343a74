"""Restores a backup: checked beforehand, all or nothing, counted afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from access.installation import install_rules
from access.owner_access import OWNER, owner_access
from imap.backups import BackupError, database, files
from imap.backups.manifest import DATABASE, FILES, Manifest
from imap.journal.replay import replay
from imap.schema.migration_check import refusal, unknown_among

OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
"""


def restore_backup(folder: Path, *, replacing: bool, say: Callable[[str], object]) -> None:
    """Raises BackupError; the database is then what it was before."""
    manifest = Manifest.read(folder)
    manifest.refuse_damage(folder)
    refuse_unfit(manifest, folder, replacing)
    with _set_aside():
        database.restore_dump(folder / DATABASE)
        refuse_difference(manifest)
        written = files.copy_back(default_storage, folder / FILES, manifest.files)
        journal = replay_or_say_why_not()
    database.asked("ANALYZE")
    say(f"database: {len(manifest.rows)} tables, {sum(manifest.rows.values())} rows, counted and equal")
    say(f"lock: on and forced on {len(manifest.locked)} tables; the policies, and the rights of {_application()}")
    say(f"files: {written} written, {len(manifest.files) - written} were there already")
    say(f"not in a backup: the rows of {', '.join(manifest.rows_left_out)}, so everybody signs in anew")
    for line in journal:
        say(line)
    say(empty_cache())
    if missing := missing_migrations():
        say(f"the portal is newer than the backup by {missing} migrations: run `manage.py migrate --database owner`")
    else:
        install_rules(OWNER)
        say("rules of the database: those of this version")


def replay_or_say_why_not() -> list[str]:
    """What ended, was narrowed or withdrawn since the backup. Raises JournalError when the file is another one's."""
    if missing_migrations():
        return [
            "journal: not replayed yet. After `migrate`, run `manage.py replay_journal`: the portal does not start before"
        ]
    return replay().as_lines()


def empty_cache() -> str:
    """Kept pages and queued tasks speak of another database."""
    try:
        cache.clear()
    except RedisError as error:
        return f"cache: could not be emptied ({error}): do it before the portal starts"
    return "cache and queue: emptied"


def refuse_unfit(manifest: Manifest, folder: Path, replacing: bool) -> None:
    """Raises BackupError when this server, its roles, its database or the storage cannot take the backup."""
    if unknown := unknown_among(manifest.migrations.items()):
        raise BackupError(refusal(unknown, "This backup"))
    if (server := database.server_version()) < manifest.postgresql:
        raise BackupError(
            f"The backup is of PostgreSQL {manifest.postgresql}; this server is {server}, which is older."
        )
    if (present := database.roles()) != manifest.roles:
        raise BackupError(
            f"The policies and rights in the backup name the roles {_both(manifest.roles)}; here they are {_both(present)}."
        )
    if replacing:
        refuse_to_replace()
    elif database.names(database.HELD):
        raise BackupError(f"The database {database_name()} is not empty. With --replace it is replaced.")
    elif held := files.differing(default_storage, folder / FILES, manifest.files):
        raise BackupError(
            f"The storage holds another {held[0]} ({len(held)} files differ). With --replace it is replaced."
        )


def refuse_to_replace() -> None:
    schemas = set(database.names(database.HELD))
    if database.ASIDE in schemas:
        raise BackupError(
            f"An interrupted restore left the schema {database.ASIDE}: docs/operations.md says what to do."
        )
    if foreign := sorted(schemas - {"public"}):
        raise BackupError(f"The schema {foreign[0]} is not the portal's: it cannot be replaced.")
    connections["default"].close()
    [(others,)] = database.asked(OTHERS)
    if others:
        raise BackupError(f"{others} other connections to {database_name()} are open: stop the portal first.")


def refuse_difference(manifest: Manifest) -> None:
    """Raises BackupError when the database does not hold what the manifest says, or holds it without its lock."""
    with owner_access():
        rows = database.row_counts()
    if differing := sorted(table for table in {*rows, *manifest.rows} if rows.get(table) != manifest.rows.get(table)):
        counts = ", ".join(f"{table}: {rows.get(table)}, not {manifest.rows.get(table)}" for table in differing[:5])
        raise BackupError(f"The restored rows are not those of the backup ({counts}).")
    if open_tables := sorted(set(manifest.locked) ^ set(database.names(database.LOCKED))):
        raise BackupError(f"The lock is not as it was on {', '.join(open_tables)}.")


def missing_migrations() -> int:
    executor = MigrationExecutor(connections[OWNER])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def database_name() -> str:
    return str(connections[OWNER].settings_dict["NAME"])


@contextmanager
def _set_aside() -> Iterator[None]:
    """What the database holds waits under another name: dropped when the block succeeds, put back when it fails."""
    database.asked(f"ALTER SCHEMA public RENAME TO {database.ASIDE}")
    try:
        database.asked("CREATE SCHEMA public")
        yield
    except BaseException:
        database.asked("DROP SCHEMA IF EXISTS public CASCADE")
        database.asked(f"ALTER SCHEMA {database.ASIDE} RENAME TO public")
        raise
    database.asked(f"DROP SCHEMA {database.ASIDE} CASCADE")


def _both(roles: dict[str, str]) -> str:
    return f"{roles.get('owner')} (owner) and {roles.get('application')} (application)"


def _application() -> str:
    return database.roles()["application"]
