"""Decodes a feed whose declared character encoding may be right, wrong or missing."""

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
REPLACED = "\ufffd"
HIGH = re.compile(rb"[\x80-\xff]")
PLAINLY = 8  # letters of several bytes for each bad byte, by which UTF-8 shows whatever is declared
FEW = 10  # letters beyond ASCII for each bad byte, by which a declared encoding still holds
# The commonest small letters of a language are two thirds of its words, read in the right encoding, and few in any other.
ARABIC, RUSSIAN, GREEK = "اليمنورتهبعد", "оеаинтсрвлкі", "αοιεντσηρκπυίό"
NEVER_DECLARED = (("cp1256", ARABIC), ("iso8859-6", ARABIC), ("cp1251", RUSSIAN), ("koi8-r", RUSSIAN),
                  ("iso8859-5", RUSSIAN), ("cp1253", GREEK))  # fmt: skip
IN_WORDS = re.compile(r"[^\W\d_\x00-\x7f]{2,}")
LEAST_COMMON = 0.4


def text_of(data: bytes, content_type: str = "") -> str:
    """The feed as text, without byte order mark and XML declaration.

    A mark of byte order comes first; then UTF-8 wherever the bytes are UTF-8, which does not happen by chance, a few bad
    bytes among them each becoming U+FFFD; then what header and document declare; then the encoding, among those that feeds
    forget to declare, in which the bytes are words.
    """
    text = _decoded(data, content_type).lstrip("\ufeff")
    return XML_DECLARATION.sub("", text, count=1).lstrip()


def _decoded(data: bytes, content_type: str) -> str:
    for mark, encoding in (*MARKS, *WITHOUT_MARK):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    declared = [name for name in map(_known, _declared(data, content_type)) if name]
    if any(name.startswith("iso2022") for name in declared):
        return data.decode(declared[0], errors="replace")
    text = _as_utf_8(data, is_expected=not declared or any(name.startswith("utf") for name in declared))
    if text is None:
        named = (name for name in declared if not name.startswith("utf") and name not in WESTERN)
        text = next((text for text in (_as_declared(data, name) for name in named) if text is not None), None)
    return data.decode(_guessed(data), errors="replace") if text is None else text


def _as_utf_8(data: bytes, *, is_expected: bool) -> str | None:
    """Decodes UTF-8, or None: bytes of other encodings hardly ever form two valid letters of it."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count(REPLACED) - data.count(REPLACED.encode())
    good = sum(map(len, re.findall(r"[^\x00-\x7f]+", text))) - bad if bad else 0
    return text if bad * (1 if is_expected else PLAINLY) <= good else None


def _as_declared(data: bytes, encoding: str) -> str | None:
    text = data.decode(encoding, errors="replace")
    return text if text.count(REPLACED) * FEW <= sum(map(len, re.findall(r"[^\x00-\x7f]+", text))) else None


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


def _guessed(data: bytes) -> str:
    """Guesses an encoding: non-ASCII letters rarely adjoin in French, and nearly always do in other scripts."""
    shares = {encoding: _share_of_common(data, encoding, letters) for encoding, letters in NEVER_DECLARED}
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] > LEAST_COMMON else "cp1252"


def _share_of_common(data: bytes, encoding: str, letters: str) -> float:
    words = "".join(IN_WORDS.findall(data.decode(encoding, errors="replace")))
    return sum(map(words.count, letters)) / (len(HIGH.findall(data)) or 1)
