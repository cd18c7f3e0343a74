"""A sheet set by Typst: PDF, or SVG with its letters as shapes. What stands on it is data, never part of its program."""

import json
from importlib import resources
from pathlib import Path
from typing import Literal

from django.conf import settings

PROGRAM = settings.BASE_DIR / "templates" / "print" / "map.typ"
MEDIA_TYPES = {"pdf": "application/pdf", "svg": "image/svg+xml"}
ARABIC = "fontpkg_ibm_plex_sans_arabic"


def typeset(sheet: dict, picture: str, ending: str) -> bytes:
    """`sheet`: as `routes.printing.sheets` makes it; `picture`: SVG; `ending`: pdf or svg.

    Typst sees its program and the fonts that are named here: neither the system's, nor another file, nor the network.
    """
    import typst  # a library of 30 MB, which no other page needs

    kind: Literal["pdf", "svg"] = "svg" if ending == "svg" else "pdf"
    return typst.compile(
        str(PROGRAM),
        root=str(PROGRAM.parent),
        font_paths=[str(settings.PRINT_FONTS_DIR), str(Path(str(resources.files(ARABIC))))],
        ignore_system_fonts=True,
        format=kind,
        sys_inputs={"sheet": json.dumps(sheet), "picture": picture},
    )
