"""The letters of a feed, which says what they are, or says it wrongly, or not at all."""

import codecs
import re

DECLARED = re.compile(rb"^\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
WITHOUT_MARK = ((b"\x00\x00\x00<", "utf-32-be"), (b"<\x00\x00\x00", "utf-32-le"), (b"\x00<", "utf-16-be"),
                (b"<\x00", "utf-16-le"))  # fmt: skip
WESTERN = {"iso8859-1", "cp1252", "ascii"}  # what is declared out of habit, whatever is sent
HIGH = re.compile(rb"[\x80-\xff]")
ARABIC_WORD = re.compile(r"[\u0621-\u064a]{2,}")


def text_of(data: bytes, content_type: str = "") -> str:
    """The feed as text, without byte order mark and XML declaration.

    A mark of byte order comes first; then UTF-8 wherever the bytes are UTF-8, which does not happen by chance; then what
    header and document declare; then, as nobody declares windows-1256, whether the bytes are Arabic words in it.
    """
    text = _decoded(data, content_type).lstrip("\ufeff")
    return XML_DECLARATION.sub("", text, count=1).lstrip()


def _decoded(data: bytes, content_type: str) -> str:
    for mark, encoding in (*MARKS, *WITHOUT_MARK):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    declared = [_known(name) for name in _declared(data, content_type)]
    named = [name for name in declared if name and not name.startswith(("utf", "iso2022"))]
    if any(name.startswith("iso2022") for name in declared if name):
        return data.decode(next(name for name in declared if name), errors="replace")
    for encoding in ("utf-8", *(name for name in named if name not in WESTERN)):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1256" if _is_arabic(data) else "cp1252", errors="replace")


def _declared(data: bytes, content_type: str) -> list[str]:
    in_header, in_document = CHARSET.search(content_type), DECLARED.match(data[:500])
    found = [in_header[1]] if in_header else []
    return [*found, in_document[1].decode()] if in_document else found


def _known(name: str) -> str:
    """Python's name of an encoding of text, or empty."""
    try:
        found = codecs.lookup(name)
    except LookupError:
        return ""
    return found.name if found._is_text_encoding else ""  # type: ignore[attr-defined]  # base64 is a codec as well


def _is_arabic(data: bytes) -> bool:
    """In windows-1256 the letters of French stand where Latin-1 has them, so they speak for neither."""
    in_words = sum(map(len, ARABIC_WORD.findall(data.decode("cp1256", errors="replace"))))
    return in_words * 2 > len(HIGH.findall(data))
