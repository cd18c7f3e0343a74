"""A letter is what its content says, never what its name says."""

import pytest

from accounts.nominations.letters import LARGEST, kind_of
from tests.accounts.conftest import JPG, PDF, PNG, docx


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "pdf"), (PNG, "png"), (JPG, "jpg"), (docx(), "docx")], ids=["pdf", "png", "jpg", "docx"]
)
def test_the_four_kinds_are_known_by_their_content(content, kind):
    assert kind_of(content) == kind


REFUSED = {
    "nothing": b"",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html that begins as an image": b"GIF89a/*<script>alert(1)</script>",
    "html before a pdf": b"<script>alert(1)</script>" + PDF,
    "html after a pdf": PDF + b"<script>alert(1)</script>",
    "html after a picture": PNG + b"<script>alert(1)</script>",
    "html after a photograph": JPG + b"<script>alert(1)</script>",
    "an archive after a picture": PNG + docx(),
    "a picture cut off": PNG[:-6],
    "a picture with a chunk beyond its end": PNG[:8] + b"\xff\xff\xff\xff" + PNG[12:],
    "an archive that is no document": b"PK\x05\x06" + b"\0" * 18,
    "a document with macros": docx("word/vbaProject.bin"),
    "a document with too many parts": docx(*map(str, range(2001))),
    "html before a document": b"<html>" + docx(),
    "a program": b"MZ\x90\x00",
    "a pdf that is too large": PDF[:-6] + b"\0" * LARGEST + b"%%EOF",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_anything_else_is_refused(content):
    assert kind_of(content) is None
