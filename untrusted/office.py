"""Word, PowerPoint and Excel documents, told by their parts: one archive and nothing round it, without macros by any name,
and without what a program would fetch from elsewhere."""

import io
import re
import zipfile
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from untrusted.office_links import fetches

FETCHES = "fetches"  # said instead of a kind
MAIN_PARTS = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}
TYPES = "[content_types].xml"
MOST_UNPACKED = 400 * 1024 * 1024  # bytes
LARGEST_TABLE = 4 * 1024 * 1024  # of the parts that say what others are
ENDS = b"PK\x05\x06"
LENGTH_OF_HEAD, LENGTH_OF_END = 30, 22
DESCRIPTOR = 24  # what may follow a part whose size was not known before
# Kinds of parts and of relations between them that run: macros of today and of Excel 4, and controls.
RUNS = re.compile(r"vbaproject|vbadata|macroenabled|macrosheet|activex|wordvba", re.IGNORECASE)
OLE, MACROS_IN_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "_VBA_PROJECT".encode("utf-16-le")


def kind_of(data: bytes, most_parts: int) -> str | None:
    """`docx`, `pptx` or `xlsx`; FETCHES for one of these that asks for what is elsewhere; None for anything else.

    Run by `untrusted.sandbox`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _kind(archive, data, most_parts)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError):
        return None
    except (ElementTree.ParseError, ExpatError, DefusedXmlException, LookupError):
        return None


def _kind(archive: zipfile.ZipFile, data: bytes, most_parts: int) -> str | None:
    parts = {info.filename.lower(): info for info in archive.infolist()}
    if len(parts) != len(archive.infolist()) or len(parts) > most_parts or not _is_whole(archive, data):
        return None
    if TYPES not in parts or any(RUNS.search(name) for name in parts):
        return None
    if sum(info.file_size for info in parts.values()) > MOST_UNPACKED or any(
        _runs(archive, info) for info in parts.values()
    ):
        return None
    found = [kind for kind, part in MAIN_PARTS.items() if part in parts]
    if len(found) != 1:
        return None
    return FETCHES if any(fetches(archive, info) for info in parts.values()) else found[0]


def _is_whole(archive: zipfile.ZipFile, data: bytes) -> bool:
    """Nothing before the first part, between parts, before the list of all, or after its end."""
    end = data[-LENGTH_OF_END:]
    begins, length = archive.start_dir, int.from_bytes(end[12:16], "little")
    if not end.startswith(ENDS) or archive.comment or begins + length != len(data) - LENGTH_OF_END:
        return False
    at = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if not 0 <= info.header_offset - at <= DESCRIPTOR:
            return False
        head = data[info.header_offset : info.header_offset + LENGTH_OF_HEAD]
        named, more = (int.from_bytes(head[place : place + 2], "little") for place in (26, 28))
        at = info.header_offset + LENGTH_OF_HEAD + named + more + info.compress_size
    return data.startswith(b"PK\x03\x04") and 0 <= begins - at <= DESCRIPTOR


def _runs(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether a part is a macro, whatever it is called, or says that another is one."""
    name = info.filename.lower()
    if name == TYPES or name.endswith(".rels"):
        if info.file_size > LARGEST_TABLE:
            return True
        root = fromstring(archive.read(info), forbid_dtd=True)
        return any(RUNS.search(value) for element in root.iter() for value in element.attrib.values())
    with archive.open(info) as part:
        if part.read(len(OLE)) != OLE:
            return False
        return MACROS_IN_OLE in part.read()
