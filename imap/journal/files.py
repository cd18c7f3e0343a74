"""The journal's file: one JSON object per line, appended only, and on disk before anybody is told that it is written."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NAME = "journal.jsonl"
FIELDS = {"id", "at", "of_table", "key", "change"}
HEAD = {"trimmed_before", "known"}
LONGEST_TRANSACTION = timedelta(hours=1)

Line = dict[str, Any]  # the fields of an entry; `at` in ISO 8601


@dataclass
class Journal:
    """What the file holds: each entry once, in the order of time. `torn`: lines that a power cut left half-written.

    `trimmed_before`: entries of before that time, in ISO 8601, were taken out; `known`: the last of these, which a database
    has to know for the rest to be enough for it.
    """

    lines: list[Line] = field(default_factory=list)
    torn: int = 0
    trimmed_before: str = ""
    known: list[str] = field(default_factory=list)


def append(folder: Path, lines: Iterable[Line]) -> None:
    """Returns once the lines are on the disk. Raises OSError, and the file is then as it was."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / NAME
    is_new = not path.exists()
    with _locked(path) as descriptor:
        text = "".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines).encode()
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            text = b"\n" + text  # so that a torn line spoils no other
        try:
            _write(descriptor, text)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, size)  # no line of it stays, as nothing of it will be done
            raise
    if is_new:
        _sync_folder(folder)


def read(folder: Path) -> Journal:
    """An empty one where there is no file. A torn line is no loss: what it held is written anew, as nothing confirmed it."""
    journal, seen = Journal(), set()
    try:
        text = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return journal
    for raw in text.splitlines():
        line = _line_of(raw)
        if line is None:
            journal.torn += 1
        elif line.keys() == HEAD:
            journal.trimmed_before, journal.known = line["trimmed_before"], line["known"]
        elif line["id"] not in seen:
            seen.add(line["id"])
            journal.lines.append(line)
    journal.lines.sort(key=lambda line: line["at"])
    return journal


def trim(folder: Path, before: datetime) -> int:
    """Takes out the entries of before that time, and returns how many. Whoever appends meanwhile waits; a power cut leaves
    the old file or the new one."""
    path, limit = folder / NAME, before.astimezone(UTC).isoformat(timespec="microseconds")
    with _locked(path):
        journal = read(folder)
        gone = [line for line in journal.lines if line["at"] < limit]
        if not gone:
            return 0
        last = datetime.fromisoformat(gone[-1]["at"]) - LONGEST_TRANSACTION
        known = [line["id"] for line in gone if datetime.fromisoformat(line["at"]) >= last]
        head = {"trimmed_before": limit, "known": known}
        beside = folder / f"{NAME}.new"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            kept = [head, *journal.lines[len(gone) :]]
            _write(descriptor, "".join(f"{json.dumps(line, sort_keys=True)}\n" for line in kept).encode())
        finally:
            os.close(descriptor)
        beside.replace(path)
        _sync_folder(folder)
    return len(gone)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, while nobody else writes to it: the one that has its name once the lock is had, as it may be trimmed meanwhile."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _write(descriptor: int, text: bytes) -> None:
    while text:
        text = text[os.write(descriptor, text) :]
    os.fsync(descriptor)


def _line_of(raw: bytes) -> Line | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and line.keys() in (FIELDS, HEAD) else None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
