"""Typesets with Typst: PDF, or SVG with glyphs as shapes. Content is passed as data, never as part of the program."""

import io
import re
import unicodedata
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Literal

from django.conf import settings

PROGRAMS = settings.BASE_DIR / "templates" / "print"
# For letters that IBM Plex has not: Ethiopic, Tifinagh, Georgian, Chinese and most other scripts.
OTHER_SCRIPTS = Path(str(resources.files("weblate_fonts"))) / "static" / "weblate_fonts" / "kurinto" / "ttf"
# A line of a ToUnicode map that gives one glyph several letters, as UTF-16 in hexadecimal digits.
SEVERAL_LETTERS = re.compile(rb"(<[0-9A-F]{4}> <)((?:[0-9A-F]{4}){2,})(>)")


def typeset(program: str, inputs: Mapping[str, str], ending: str) -> bytes:
    """`program`: a file of templates/print; `inputs`: its `sys.inputs`; `ending`: pdf or svg.

    Typst sees that folder and the fonts that are named here: neither the system's, nor another file, nor the network.
    """
    import typst  # a library of 30 MB, which no other page needs

    kind: Literal["pdf", "svg"] = "svg" if ending == "svg" else "pdf"
    made = typst.compile(
        str(PROGRAMS / program),
        root=str(PROGRAMS),
        font_paths=[str(settings.PRINT_FONTS_DIR), str(OTHER_SCRIPTS)],
        ignore_system_fonts=True,
        format=kind,
        sys_inputs=dict(inputs),
    )
    return in_reading_order(made) if kind == "pdf" else made


def in_reading_order(pdf: bytes) -> bytes:
    """The same PDF, in which programs find Arabic letters before the vowel signs that stand on them.

    A letter with its signs is one glyph (`imap.fonts.arabic`). Programs turn round what an Arabic glyph stands for, so
    its map has to give it turned round.
    """
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    changed = False
    for page in writer.pages:
        for font in page["/Resources"].get_object().get("/Font", {}).values():
            if "/ToUnicode" not in font.get_object():
                continue
            letters = font.get_object()["/ToUnicode"].get_object()
            held = letters.get_data()
            turned = SEVERAL_LETTERS.sub(_turned, held)
            if turned != held:
                letters.set_data(turned)
                changed = True
    if not changed:
        return pdf
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _turned(line: re.Match[bytes]) -> bytes:
    text = bytes.fromhex(line[2].decode()).decode("utf-16-be")
    is_arabic = unicodedata.bidirectional(text[0]) == "AL"
    if not is_arabic or not all(map(unicodedata.combining, text[1:])):
        return line[0]
    return line[1] + text[::-1].encode("utf-16-be").hex().upper().encode() + line[3]
