"""Office documents: one archive and nothing round it, without macros, whatever their parts are called."""

import io
import struct
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import override

from accounts.nominations import letters, nominating
from newscentre import private_files

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
@pytest.mark.parametrize("kind_of", [letters.kind_of, private_files.kind_of], ids=["letters", "files"])
def test_a_document_with_something_hidden_is_refused(kind, kind_of):
    assert kind_of(REFUSED[kind]) is None


@pytest.mark.parametrize("kind_of", [letters.kind_of, private_files.kind_of], ids=["letters", "files"])
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


# What is fetched from elsewhere ---------------------------------------------------------------------------------------

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
OUT = '<Relationships><Relationship Id="1" Type="' + R + '{}" Target="{}" TargetMode="{}"/></Relationships>'


def leading_out(kind: str, target: str = "https://tracker.example/x", mode: str = "External") -> bytes:
    return OUT.format(kind, target, mode).encode()


def word(xml: str) -> bytes:
    return f'<w:x xmlns:w="w" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:xlink="xl">{xml}</w:x>'.encode()


FETCHING = {
    "a remote template": {"word___rels__settings_dot_xml_dot_rels": leading_out("attachedTemplate")},
    "a template on a share": {"word___rels__settings_dot_xml_dot_rels": leading_out("attachedTemplate", r"\\host\x.dotm")},
    "a template that is told to be inside": {"word___rels__settings_dot_xml_dot_rels": leading_out("attachedTemplate", mode="Internal")},
    "a picture": {"word___rels__document_dot_xml_dot_rels": leading_out("image")},
    "a linked object": {"word___rels__document_dot_xml_dot_rels": leading_out("oleObject", "mhtml:https://x.example!y")},
    "a frame": {"word___rels__webSettings_dot_xml_dot_rels": leading_out("frame")},
    "a subdocument": {"word___rels__document_dot_xml_dot_rels": leading_out("subDocument", "file:///x.docx", "external")},
    "a chunk elsewhere": {"word___rels__document_dot_xml_dot_rels": leading_out("aFChunk")},
    "a chunk of HTML in it": {"word___rels__document_dot_xml_dot_rels": leading_out("aFChunk", "x.html", "Internal")},
    "a master of slides": {"ppt___rels__presentation_dot_xml_dot_rels": leading_out("slideMaster")},
    "a sheet of another book": {"xl__externalLinks___rels__externalLink1_dot_xml_dot_rels": leading_out("externalLinkPath")},
    "a field": {"word__header1_dot_xml": word('<w:fldSimple w:instr=" INCLUDEPICTURE &quot;https://x.example/&quot; \\d"/>')},
    "a field in pieces": {"word__header1_dot_xml": word("<w:instrText>INCLUDE</w:instrText><w:instrText>TEXT x</w:instrText>")},
    "a field in UTF-16": {"word__header1_dot_xml": '<w:x xmlns:w="w"><w:instrText>DDEAUTO c</w:instrText></w:x>'.encode("utf-16")},
    "a link of Word": {"word__header1_dot_xml": word(r"<w:instrText> LINK Excel.Sheet.8 x.xls \a </w:instrText>")},
    "a link in a simple field": {"word__header1_dot_xml": word(r'<w:fldSimple w:instr="link Excel.Sheet.8 x.xls \a"/>')},
    "a link within a field": {"word__header1_dot_xml": word(
        '<w:fldChar w:fldCharType="begin"/><w:instrText>IF 1 = </w:instrText>'
        '<w:fldChar w:fldCharType="begin"/><w:instrText>LI</w:instrText><w:instrText>NK Excel.Sheet.8 x.xls</w:instrText>'
    )},
    **{f"an old {name}": {"word__header1_dot_xml": word(f"<w:instrText>{name} x</w:instrText>")}
       for name in ("DDE", "INCLUDE", "IMPORT", "DATABASE")},
    "a formula that asks the web": {"xl__worksheets__sheet1_dot_xml": b'<s><c><f>_xlfn.WEBSERVICE("https://x.example/")</f></c></s>'},
    "a formula that shows a picture": {"xl__worksheets__sheet1_dot_xml": b'<s><f>1+_xlfn.IMAGE(A1)</f></s>'},
    "a formula in disguise": {"xl__worksheets__sheet1_dot_xml": b'<s><f>web&#83;er<!-- -->vice(A1)</f></s>'},
    "a name that asks the web": {"xl__names_dot_xml": b'<s><definedName name="x">WEBSERVICE(A1)</definedName></s>'},
    "a rule that asks the web": {"xl__worksheets__sheet1_dot_xml": b'<s><formula1>WEBSERVICE(A1)</formula1></s>'},
    "a picture of VML": {"word__header1_dot_xml": word('<v:imagedata src="https://x.example/p.png"/>')},
    "a picture in a drawing": {"word__media__a_dot_svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://x.example/"/></svg>'},
    "a query of the web": {"xl__connections_dot_xml": b'<connections><webPr url="https://x.example/"/></connections>'},
}  # fmt: skip


@pytest.mark.parametrize("kind", FETCHING)
@pytest.mark.parametrize("kind_of", [letters.kind_of, private_files.kind_of], ids=["letters", "files"])
def test_a_document_that_has_something_fetched_when_it_is_opened_is_refused(kind, kind_of):
    with pytest.raises(letters.FetchesOthers):
        kind_of(document(**FETCHING[kind]))


@pytest.mark.parametrize(
    "parts",
    [
        {"word___rels__document_dot_xml_dot_rels": leading_out("hyperlink")},
        {"word___rels__document_dot_xml_dot_rels": leading_out("image", "media/image1.png", "Internal")},
        {"word__header1_dot_xml": word('<w:instrText>HYPERLINK "https://x.example/"</w:instrText>')},
        {"word__header1_dot_xml": word('<w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK "https://linkedin.example/include"</w:instrText>')},
        {"xl__worksheets__sheet1_dot_xml": b'<s><f>IF(A1="webservice",MYIMAGE(1),SUM(B1:B2))</f><v>IMAGE(1)</v></s>'},
        {"word__header1_dot_xml": word('<v:shape href="https://x.example/"><v:imagedata src="media/x.png"/></v:shape>')},
        {"word__media__a_dot_svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,x"/></svg>'},
        {"word__media__image1_dot_png": b"\x89PNG instrText INCLUDEPICTURE"},
    ],
    ids=["a link", "its own picture", "a field that is a link", "a link to a host of such a name", "other formulas", "a shape that is a link", "a picture in the drawing", "bytes of a picture"],
)  # fmt: skip
def test_a_document_whose_links_a_person_follows_is_taken(parts):
    assert letters.kind_of(document(**parts)) == "docx"


def test_a_part_with_a_document_type_is_no_part():
    hidden = b'<!DOCTYPE w [<!ENTITY x "&#60;w:&#105;nstrText>DDEAUTO&#60;/w:instrText>">]><w>&x;</w>'
    assert letters.kind_of(document(word__header1_dot_xml=hidden)) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [("ar", "يُجلب"), ("en", "fetched from elsewhere, which tells who reads it"), ("fr", "récupérer ailleurs")],
)
def test_its_sender_is_told_what_to_do(language, said):
    remote = document(**FETCHING["a remote template"])
    with override(language):
        with pytest.raises(ValidationError) as refused:
            private_files.validate_file_type(ContentFile(remote, name="x.docx"))
        assert said in str(refused.value)
        with pytest.raises(ValidationError) as refused:
            nominating._name_by_content(ContentFile(remote, name="x.docx"))
        assert said in str(refused.value)


def test_a_large_sheet_is_judged_in_seconds():
    row = b'<row r="1"><c r="A1" t="n"><v>12345.678</v></c></row>'
    sheet = b'<worksheet xmlns="x"><sheetData>' + row * 2_000_000 + b"</sheetData></worksheet>"
    assert letters.kind_of(document(xl__worksheets__sheet1_dot_xml=sheet)) == "docx"
