"""Reads a feed in a process of its own, so that a hostile one costs a bounded amount and nothing else."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from newscentre.stages.documents import Document, NotAFeed
from newscentre.stages.reading import NOT_A_FEED, READ

ROOT = Path(__file__).resolve().parent.parent.parent
MIB = 1024 * 1024


class TooHard(Exception):
    """The feed asked for more memory or time than one feed gets."""


@dataclass(frozen=True)
class Bounds:
    """`cpu_seconds`: of work; `seconds`: of the clock, for machines that have other things to do."""

    memory_bytes: int = 256 * MIB
    cpu_seconds: int = 10
    seconds: float = 60


def parse(data: bytes, content_type: str = "", address: str = "", bounds: Bounds = Bounds()) -> Document:
    """The feed in these bytes. `content_type`: the answer's header; `address`: completes relative links.

    Raises NotAFeed, and TooHard for what goes beyond its bounds. Nothing of the environment reaches the process.
    """
    told = {"content_type": content_type, "address": address}
    told |= {"memory_bytes": bounds.memory_bytes, "seconds": bounds.cpu_seconds}  # type: ignore[dict-item]
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "newscentre.stages.reading"],
            input=json.dumps(told).encode() + b"\n" + data,
            capture_output=True,
            timeout=bounds.seconds,
            cwd=ROOT,
            env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise TooHard("it took too long") from error
    if ended.returncode == NOT_A_FEED:
        raise NotAFeed(address)
    if ended.returncode != READ:
        raise TooHard(ended.stderr.decode(errors="replace")[-300:])
    return Document.from_values(json.loads(ended.stdout))
