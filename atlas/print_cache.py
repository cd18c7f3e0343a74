"""Caches printed sheets, one for everybody who may see the same, and limits how many a person may have made."""

import json
import time
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache

from atlas.typesetting import typeset
from untrusted.characters import clean_deep

MEDIA_TYPES = {"pdf": "application/pdf", "svg": "image/svg+xml"}
KEPT_S = 24 * 3600
MAKING_S, ASK_AGAIN_S = 20, 0.25  # for how long others wait for the one who makes it


class PrintLimitReached(Exception):
    """Whoever asks had as many sheets made as one may."""


def printed(
    program: str,
    sheet: dict,
    ending: str = "pdf",
    *,
    picture: str = "",
    may_make: Callable[[], bool] = lambda: True,
) -> bytes:
    """`program`: a file of templates/print; `sheet`: all that stands on it, cleaned here; `picture`: SVG of our own.

    It is kept under a digest of all of this. `sheet["access"]`, where it says something, names one reader: such a sheet is
    kept for nobody. `may_make`: asked where it has to be made, which takes seconds. Raises TooManyMade.
    """
    inputs = {"sheet": json.dumps(clean_deep(sheet), sort_keys=True), "picture": picture}
    if sheet["access"]:
        return _made(program, inputs, ending, may_make)
    key = _key(program, inputs, ending)
    is_let = False
    until = time.monotonic() + MAKING_S
    while (kept := cache.get(key)) is None and time.monotonic() < until:
        if not is_let and not may_make():
            raise PrintLimitReached
        is_let = True
        if cache.add(f"{key}:making", True, MAKING_S):
            try:
                kept = typeset(program, inputs, ending)
                cache.set(key, kept, KEPT_S)
                return kept
            finally:
                cache.delete(f"{key}:making")
        time.sleep(ASK_AGAIN_S)
    return kept or typeset(program, inputs, ending)


def _made(program: str, inputs: dict[str, str], ending: str, may_make: Callable[[], bool]) -> bytes:
    if not may_make():
        raise PrintLimitReached
    return typeset(program, inputs, ending)


def _key(program: str, inputs: dict[str, str], ending: str) -> str:
    told = json.dumps([settings.PAGE_GENERATION, program, ending, inputs], sort_keys=True)
    return f"printed:{sha256(told.encode()).hexdigest()}"
