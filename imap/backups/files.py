"""The uploaded files of a backup, from whichever storage Django uses."""

from collections.abc import Iterator
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import Storage

from imap.backups import BackupError
from imap.backups.manifest import PIECE, Copy, copy_of
from imap.backups.permissions import private_file, private_folders


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """The name of each file of the storage, in order."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever uploaded
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from names_in(storage, f"{folder}{name}/")


def copy_out(storage: Storage, target: Path) -> dict[str, Copy]:
    """Copies every file below `target`; returns what was copied, by name."""
    private_folders(target)
    return {name: _copy_out(storage, name, target / name) for name in list(names_in(storage))}


def _copy_out(storage: Storage, name: str, path: Path) -> Copy:
    private_folders(path.parent)
    with storage.open(name) as source, private_file(path) as target:
        for piece in source.chunks(PIECE):
            target.write(piece)
    return copy_of(path)


def differing(storage: Storage, source: Path, copies: dict[str, Copy]) -> list[str]:
    """Names of the backup that the storage holds already, with other bytes."""
    return [name for name in copies if storage.exists(name) and not _is_same(storage, name, source / name)]


def copy_back(storage: Storage, source: Path, copies: dict[str, Copy]) -> int:
    """Puts every file back under its own name, over one with other bytes; returns how many were written."""
    written = 0
    for name in copies:
        if storage.exists(name):
            if _is_same(storage, name, source / name):
                continue
            storage.delete(name)
        with (source / name).open("rb") as file:
            saved = storage.save(name, File(file))
        if saved != name:
            raise BackupError(f"The storage wrote {name} as {saved}.")
        written += 1
    return written


def _is_same(storage: Storage, name: str, path: Path) -> bool:
    if storage.size(name) != path.stat().st_size:
        return False
    with storage.open(name) as held, path.open("rb") as copy:
        return all(piece == copy.read(len(piece)) for piece in held.chunks(PIECE))
