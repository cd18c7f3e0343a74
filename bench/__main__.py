"""`python -m bench [PART …]`: measures, prints ratios in one run, and says which targets are reached. `make bench` calls it."""

import argparse
import os
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imap.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
django.setup()

# What follows needs the application registry.
from django.utils import timezone  # noqa: E402

from bench import databases  # noqa: E402
from bench.parts import PARTS  # noqa: E402

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What the portal's pages and tasks take.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    print(
        f"The i-Map's bench, {timezone.localdate()}: {os.cpu_count()} cores, the demonstration's web server, this machine only."
    )
    needed = {ending for name in chosen for ending in PARTS[name].of}
    made = _told("Databases", lambda: databases.prepare(needed))
    printed = [_told(name.capitalize(), partial(PARTS[name].measure, made)) for name in chosen]
    for table in (table for part in printed for table in part.tables):
        print("", *table, sep="\n")
    print("", "Targets", *(line for part in printed for line in part.targets), sep="\n")


def _told(what: str, work: Callable[[], T]) -> T:
    """Runs a part of the measurement, and prints how long it took."""
    began = time.monotonic()
    print(f"{what} … ", end="", flush=True)
    result = work()
    print(f"{time.monotonic() - began:.0f} s", flush=True)
    return result


if __name__ == "__main__":
    main()
