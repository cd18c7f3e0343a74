"""What tests do with embedded servers, whoever started them."""

from collections.abc import Callable
from pathlib import Path

import devserver
from devserver import processes
from devserver.__main__ import CHECKOUT
from devserver.places import places_of

__all__ = ["CHECKOUT", "clean", "pid_of", "wait_for"]


def clean(folder: Path) -> None:
    places = places_of(folder)
    if folder.exists():
        processes.end_left_over(places, 2)
    processes.end_postgres(places)
    devserver.discard(folder)


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    assert processes.wait_until(lambda: bool(condition()), seconds), "not within the time"


def pid_of(folder: Path, name: str) -> int:
    return int(processes.recorded(places_of(folder))[name].pid)
