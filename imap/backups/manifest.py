"""The manifest of a backup. Its checksums find damage; against malice, keep backups where nobody else can write."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from imap.backups import BackupError
from imap.backups.permissions import private_file

FORMAT = 1
MANIFEST, DATABASE, FILES = "manifest.json", "database.dump", "files"
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Copy:
    """A file of the backup: its length in bytes and its SHA-256 in hexadecimal digits."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`rows`: table → count. `locked`: tables under forced row-level security. `migrations`: app → its last."""

    made_at: str
    postgresql: int
    pg_dump: int
    migrations: dict[str, str]
    roles: dict[str, str]
    rows: dict[str, int]
    rows_left_out: list[str]
    locked: list[str]
    database: Copy
    files: dict[str, Copy]
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        with private_file(folder / MANIFEST) as file:
            file.write(json.dumps(asdict(self), indent=1, ensure_ascii=False).encode())

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises BackupError when this is no backup, or one of another format."""
        try:
            values = json.loads((folder / MANIFEST).read_bytes())
            if values["format"] != FORMAT:
                raise BackupError(f"{folder} is a backup of format {values['format']}, and this portal reads {FORMAT}.")
            values["database"] = Copy(**values["database"])
            values["files"] = {name: Copy(**copy) for name, copy in values["files"].items()}
            return cls(**values)
        except FileNotFoundError:
            raise BackupError(f"{folder} is no whole backup: it has no {MANIFEST}.") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError(f"{folder / MANIFEST} cannot be read: {error!r}.") from None

    def refuse_damage(self, folder: Path) -> None:
        """Raises BackupError naming the first file that is missing, changed, or not of the backup."""
        wanted = {DATABASE: self.database, **{f"{FILES}/{name}": copy for name, copy in self.files.items()}}
        held = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()} - {MANIFEST}
        if strange := sorted(held - set(wanted)):
            raise BackupError(f"{folder / strange[0]} is not of this backup.")
        for name, copy in wanted.items():
            if name not in held:
                raise BackupError(f"{folder / name} is missing.")
            if copy_of(folder / name) != copy:
                raise BackupError(f"{folder / name} is damaged: its checksum is not the one it was written with.")


def copy_of(path: Path) -> Copy:
    digest, length = hashlib.sha256(), 0
    for piece in pieces_of(path):
        digest.update(piece)
        length += len(piece)
    return Copy(length, digest.hexdigest())


def pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
