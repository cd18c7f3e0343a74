"""Office documents: one archive and nothing round it, without macros, whatever their parts are called."""

import io
import struct
import zipfile

import pytest

from accounts import letters
from newscentre import files

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = '<Types><Override PartName="/word/document.xml" ContentType="{}"/>{}</Types>'
OLE_WITH_MACROS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "_VBA_PROJECT".encode("utf-16-le")


def document(types: str = "", main: str = MAIN, comment: bytes = b"", **parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(main, types))
        archive.writestr("word/document.xml", "<w:document xmlns:w='w'/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
        archive.comment = comment
    return made.getvalue()


def between_parts_and_list(whole: bytes, hidden: bytes) -> bytes:
    """Bytes after the last part, where the list of parts is told to begin later."""
    at = whole.rindex(b"PK\x05\x06")
    begins = struct.unpack("<I", whole[at + 16 : at + 20])[0]
    moved = whole[:begins] + hidden + whole[begins:]
    at += len(hidden)
    return moved[: at + 16] + struct.pack("<I", begins + len(hidden)) + moved[at + 20 :]


HTML = b"<html><script>alert(1)</script></html>"
RELATIONS = '<Relationships><Relationship Id="1" Type="{}" Target="x.xml"/></Relationships>'
REFUSED = {
    "html appended": document() + HTML,
    "html as its comment": document(comment=HTML),
    "html before it": HTML + document(),
    "a line after it": document() + b"\n",
    "half of it": document()[:-10],
    "macros by their name": document(word__vbaProject_dot_bin=b"x"),
    "macros by another name": document(
        '<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>', word__x_dot_bin=OLE_WITH_MACROS
    ),
    "macros by their ending": document('<Default Extension="bin" ContentType="application/vnd.ms-office.VBAPROJECT"/>', word__x_dot_bin=b"x"),
    "macros by their relation": document(
        word___rels__document_dot_xml_dot_rels=RELATIONS.format("http://schemas.microsoft.com/office/2006/relationships/vbaProject").encode()
    ),
    "macros written in entities": document('<Default Extension="bin" ContentType="application/vnd.ms-office.&#118;baProject"/>'),
    "macros that nothing names": document(word__media__image1_dot_png=OLE_WITH_MACROS),
    "sheets of macros": document('<Override PartName="/xl/m.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'),
    "a document that may have macros": document(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
    "controls": document(word__activeX__activeX1_dot_bin=b"x"),
    "a list of its parts that is damaged": document().replace(b"PK\x01\x02", b"PK\x01\x03"),
    "a part that is there twice": document(WORD__document_dot_xml=b"<x/>"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("kind_of", [letters.kind_of, files.kind_of], ids=["letters", "files"])
def test_a_document_with_something_hidden_is_refused(kind, kind_of):
    assert kind_of(REFUSED[kind]) is None


@pytest.mark.parametrize("kind_of", [letters.kind_of, files.kind_of], ids=["letters", "files"])
def test_a_document_with_pictures_and_another_document_in_it_is_taken(kind_of):
    embedded = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert (
        kind_of(document(word__media__image1_dot_png=b"\x89PNG", word__embeddings__oleObject1_dot_bin=embedded))
        == "docx"
    )


def test_a_bomb_costs_a_bounded_amount():
    assert letters.kind_of(document(word__x_dot_bin=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 300_000_000)) is None


def test_bytes_between_the_parts_and_their_list_are_told():
    assert letters.kind_of(between_parts_and_list(document(), HTML)) is None
