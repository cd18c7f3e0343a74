"""The sheet of a map, set by Typst: PDF, or SVG with its letters as shapes. Made once, and kept under all that stands on it."""

import json
import time
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache

from atlas.typesetting import typeset as typeset_program
from untrusted.characters import clean_deep

MEDIA_TYPES = {"pdf": "application/pdf", "svg": "image/svg+xml"}
KEPT_S = 24 * 3600
MAKING_S, ASK_AGAIN_S = 20, 0.25  # for how long others wait for the one who makes it


def typeset(sheet: dict, picture: str, ending: str) -> bytes:
    """`sheet`: as `routes.printing.sheets` makes it; `picture`: SVG; `ending`: pdf or svg."""
    if _is_of_one_reader(sheet):
        return _made(sheet, picture, ending)
    key = _key(sheet, picture, ending)
    until = time.monotonic() + MAKING_S
    while (kept := cache.get(key)) is None and time.monotonic() < until:
        if cache.add(f"{key}:making", True, MAKING_S):
            try:
                kept = _made(sheet, picture, ending)
                cache.set(key, kept, KEPT_S)
                return kept
            finally:
                cache.delete(f"{key}:making")
        time.sleep(ASK_AGAIN_S)
    return kept or _made(sheet, picture, ending)


def is_kept(sheet: dict, picture: str, ending: str) -> bool:
    return not _is_of_one_reader(sheet) and _key(sheet, picture, ending) in cache


def _is_of_one_reader(sheet: dict) -> bool:
    """Who had what is restricted printed stands on it, and the day."""
    return bool(sheet["access"])


def _key(sheet: dict, picture: str, ending: str) -> str:
    told = json.dumps([settings.PAGE_GENERATION, ending, sheet, picture], sort_keys=True)
    return f"printed:{sha256(told.encode()).hexdigest()}"


def _made(sheet: dict, picture: str, ending: str) -> bytes:
    return typeset_program("map.typ", {"sheet": json.dumps(clean_deep(sheet)), "picture": picture}, ending)
