"""The journal's file: one JSON object a line, appended only, on the disk before anybody is told that it was written."""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "journal.jsonl"
FIELDS = {"id", "at", "of_table", "key", "change"}

Line = dict[str, Any]  # the fields of an entry; `at` in ISO 8601


@dataclass
class Journal:
    """What the file holds: each entry once, in the order of time. `torn`: lines that a power cut left half-written."""

    lines: list[Line] = field(default_factory=list)
    torn: int = 0


def append(folder: Path, lines: Iterable[Line]) -> None:
    """Returns once the lines are on the disk. Raises OSError; what was half-written then is passed over by `read`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / NAME
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        text = "".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines).encode()
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            text = b"\n" + text  # so that a torn line spoils no other
        while text:
            text = text[os.write(descriptor, text) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
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
        elif line["id"] not in seen:
            seen.add(line["id"])
            journal.lines.append(line)
    journal.lines.sort(key=lambda line: line["at"])
    return journal


def _line_of(raw: bytes) -> Line | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and line.keys() == FIELDS else None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
