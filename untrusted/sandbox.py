"""Parses bytes from outside in a separate process, so that a hostile file costs a bounded amount and reaches nothing.

The process has no network, nothing of the environment, and reads no file but Python, its libraries and the parser's own
package (`untrusted.confinement`). What it answers is JSON.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
DONE, TOO_HARD = 0, 4  # how the process ends
PARTS_THAT_HOLD = "untrusted:parts"  # asked for instead of a parser
# Settings of the libraries that parse: one thread, no network, no plugins, nothing written beside a file.
ENVIRONMENT = {
    "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1",
    "GDAL_DRIVER_PATH": "disable", "GDAL_PAM_ENABLED": "NO", "GDAL_VRT_ENABLE_PYTHON": "NO", "PROJ_NETWORK": "OFF",
}  # fmt: skip


class NotParsed(Exception):
    """There is no answer."""


class TooHard(NotParsed):
    """The bytes asked for more memory or time than they get."""


class Failed(NotParsed):
    """The parser broke on the bytes."""


@dataclass(frozen=True)
class Bounds:
    """`cpu_seconds`: of work; `seconds`: of the clock; `file_bytes`: of each file it writes, and of its answer."""

    memory_bytes: int = 256 * MIB
    cpu_seconds: int = 10
    seconds: float = 60
    file_bytes: int = 64 * MIB


def parsed(parser: str, data: bytes, told: Mapping[str, Any] | None = None, bounds: Bounds = Bounds()) -> Any:
    """What `parser` ("package.module:function") says of the bytes, given as `function(data, **told)`; values of JSON.

    It runs in a folder that is its own and is removed afterwards. Raises TooHard and Failed.
    """
    with tempfile.TemporaryDirectory(prefix="imap-parse-") as folder, _files() as (given, answered, complaint):
        head = {"folder": folder, "told": dict(told or {}), "bounds": asdict(bounds)}
        given.write(json.dumps(head).encode() + b"\n" + data)
        given.seek(0)
        ended = _run(parser, given, answered, complaint, bounds.seconds)
        if ended == DONE:
            answered.seek(0)
            return _value(answered.read(bounds.file_bytes + 1))
        complaint.seek(0)
        reason = complaint.read(4000).decode(errors="replace")[-300:]
        # Ended by a signal: by its own limits, or by a fault of the memory that a hostile file may cause.
        raise TooHard(reason) if ended in (TOO_HARD, -signal.SIGXCPU, -signal.SIGKILL) else Failed(reason)


def parts_that_hold() -> list[str]:
    """Of `confinement.PARTS`, those that this system and its container let a parser's process have."""
    return list(parsed(PARTS_THAT_HOLD, b""))


@contextlib.contextmanager
def _files():
    """Of input, answer and complaints: files instead of pipes, so that their size is limited and nobody waits for another."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered, tempfile.TemporaryFile() as complaint:
        yield given, answered, complaint


def _run(parser: str, given: IO[bytes], answered: IO[bytes], complaint: IO[bytes], seconds: float) -> int:
    process = subprocess.Popen(
        [sys.executable, "-m", "untrusted.child", parser],
        stdin=given, stdout=answered, stderr=complaint, cwd=ROOT, env=ENVIRONMENT, start_new_session=True,
    )  # fmt: skip
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise TooHard("it took too long") from error
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # with whatever it began
        process.wait()


def _value(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except ValueError as error:
        raise Failed("its answer is no JSON") from error
