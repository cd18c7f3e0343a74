"""Finds pg_dump and pg_restore that fit a server: those of the embedded PostgreSQL, else those of this machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from devserver import ServersError, cluster
from imap.backups import BackupError

VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
DEBIAN = "/usr/lib/postgresql/{major}/bin"  # where Debian keeps the programs of each version, apart from PATH
# From 17 on pg_restore sets transaction_timeout, which older servers do not know.
FIRST_WITH_TRANSACTION_TIMEOUT = 17


@dataclass(frozen=True)
class Program:
    path: Path
    major: int

    def fits(self, server: int) -> bool:
        """Whether a dump of this server by this version can be taken back by such a server too."""
        return self.major >= server and not self.major >= FIRST_WITH_TRANSACTION_TIMEOUT > server


def program(name: str, server: int) -> Program:
    """`pg_dump` or `pg_restore` for a server of this major version. Raises BackupError naming what was found instead."""
    found = list(_candidates(name, server))
    fitting = [candidate for candidate in found if candidate.fits(server)]
    if fitting:
        return min(fitting, key=lambda candidate: candidate.major)  # of equal ones the first
    seen = ", ".join(f"{candidate.path} is of {candidate.major}" for candidate in found) or "none was found"
    raise BackupError(
        f"No {name} here fits PostgreSQL {server} ({seen}). Install postgresql-client-{server}, or put its programs on PATH."
    )


def run(program: Program, arguments: list[str], environment: Mapping[str, str]) -> None:
    """Runs the program to its end. Raises BackupError with its words; files that it makes are its user's alone."""
    done = subprocess.run(
        [str(program.path), *arguments], env=environment, umask=0o077, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program.path.name} failed: {done.stderr.strip()}")


def _candidates(name: str, server: int) -> Iterator[Program]:
    places = [_embedded(name), Path(DEBIAN.format(major=server)) / name, shutil.which(name)]
    for place in places:
        if place and Path(place).exists() and (major := _major(Path(place))):
            yield Program(Path(place), major)


def _embedded(name: str) -> Path | None:
    try:
        return cluster.client_program(name)
    except ServersError:  # the package is not installed
        return None


def _major(path: Path) -> int | None:
    done = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)
    match = VERSION.search(done.stdout)
    return int(match[1]) if match else None
