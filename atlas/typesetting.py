"""What Typst sets: PDF, or SVG with its letters as shapes. What stands on it is data, never part of its program."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Literal

from django.conf import settings

PROGRAMS = settings.BASE_DIR / "templates" / "print"
ARABIC = "fontpkg_ibm_plex_sans_arabic"


def typeset(program: str, inputs: Mapping[str, str], ending: str) -> bytes:
    """`program`: a file of templates/print; `inputs`: its `sys.inputs`; `ending`: pdf or svg.

    Typst sees that folder and the fonts that are named here: neither the system's, nor another file, nor the network.
    """
    import typst  # a library of 30 MB, which no other page needs

    kind: Literal["pdf", "svg"] = "svg" if ending == "svg" else "pdf"
    return typst.compile(
        str(PROGRAMS / program),
        root=str(PROGRAMS),
        font_paths=[str(settings.PRINT_FONTS_DIR), str(Path(str(resources.files(ARABIC))))],
        ignore_system_fonts=True,
        format=kind,
        sys_inputs=dict(inputs),
    )
