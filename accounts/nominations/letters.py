"""Recognises the file type of a nomination's letter by its content, not by its name. Pure: no model, no database."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from untrusted.office import FETCHES
from untrusted.sandbox import NotParsed, parsed

LARGEST = 10 * 1024 * 1024  # bytes
MOST_PARTS = 2000  # of a Word document

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


SAYS_WHO_READS = _(
    "Whoever opened this document would have a template, a picture or another part fetched from elsewhere, which tells who "
    "reads it. Put them into the document itself, break its links, or send it as PDF."
)


class FetchesOthers(Exception):
    """Raised for a document that would make its reader's program fetch another file or host."""


def kind_of(content: bytes) -> str | None:
    """`pdf`, `jpg`, `png` or `docx`; None for anything else, for what goes on after its end, and for what is too large.

    Raises FetchesOthers.
    """
    if len(content) > LARGEST:
        return None
    return next((kind for kind, is_one in KINDS.items() if is_one(content)), None)


def _is_pdf(content: bytes) -> bool:
    """Only a line end may follow the end of the document, since another file could hide behind it."""
    return content.startswith(b"%PDF-") and content.rstrip(b"\r\n \0").endswith(b"%%EOF")


def _is_jpg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")


def _is_png(content: bytes) -> bool:
    """Walks its chunks (length, name, data, checksum) to the last one, which must be the end of the file."""
    at = 8
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
        return False
    while at + 12 <= len(content):
        name, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4], "big")
        if name == b"IEND":
            return end == len(content)
        at = end
    return False


def _is_docx(content: bytes) -> bool:
    """Whether it is a Word document without macros."""
    return office_kind(content, MOST_PARTS) == "docx"


def office_kind(content: bytes, most_parts: int) -> str | None:
    """`docx`, `pptx` or `xlsx`, as a process of its own says (`untrusted.office`); None for anything else.

    Raises FetchesOthers.
    """
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        kind = parsed("untrusted.office:kind_of", content, {"most_parts": most_parts})
    except NotParsed:
        return None
    if kind == FETCHES:
        raise FetchesOthers
    return kind


KINDS: dict[str, Callable[[bytes], bool]] = {"pdf": _is_pdf, "jpg": _is_jpg, "png": _is_png, "docx": _is_docx}
