"""The sheet of a map, set by Typst: PDF, or SVG with its letters as shapes."""

import json

from atlas.typesetting import typeset as typeset_program

MEDIA_TYPES = {"pdf": "application/pdf", "svg": "image/svg+xml"}


def typeset(sheet: dict, picture: str, ending: str) -> bytes:
    """`sheet`: as `routes.printing.sheets` makes it; `picture`: SVG; `ending`: pdf or svg."""
    return typeset_program("map.typ", {"sheet": json.dumps(sheet), "picture": picture}, ending)
