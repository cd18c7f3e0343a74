"""What of an Office document a program fetches from elsewhere as soon as it is opened: templates, pictures, parts of others."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

# Relations that lead out of the file and are followed by a person alone.
FOLLOWED_BY_HAND = "/hyperlink"
# A part in another format, in which nothing here looks for what it fetches.
OF_ANOTHER_FORMAT = "/afchunk"
ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)  # a scheme, a host, a share
# Fields of Word whose result is fetched when the document is shown, wherever their words are split. The short names are
# words of addresses as well, so they count as the first word of a field alone.
BEGINS = "\x1e"
FIELDS = re.compile(
    rf"INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|(?:^|{BEGINS})(?:LINK|DDE|INCLUDE|IMPORT|DATABASE)", re.IGNORECASE
)
# Formulas of Excel that ask another program or host, in cells, names, rules and conditions.
FORMULAS = re.compile(
    r"(?<![\w.])(?:_xlfn\.|_xlws\.|_xludf\.)*(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?|SQL\.REQUEST)\(",
    re.IGNORECASE,
)
FORMULA_TEXTS = ("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula")
FIELD_TEXTS = ("instrText", "delInstrText")
VML, SVG = "urn:schemas-microsoft-com:vml", "http://www.w3.org/2000/svg"
VML_PICTURES = ("imagedata", "fill", "stroke", "image")
SHEET_QUERIES = ("webPr", "ddeLink")
# Without one of these, a part of XML names nothing that is asked for here. A zero byte: it is UTF-16; a reference, a
# comment and a section of characters can stand within a formula's name.
WORTH_PARSING = re.compile(
    rb"nstrText|fldSimple|schemas-microsoft-com:vml|2000/svg|webPr|ddeLink|<!|\0|&#"
    rb"|(?i:WEBSERVICE|IMAGE\s*\(|RTD\s*\(|CALL\s*\(|REGISTER|SQL\.REQUEST)"
)
CHUNK, OVERLAP = 1024 * 1024, 64
BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def fetches(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether this part asks for something outside the file. Raises ExpatError and ParseError for XML that is none."""
    if info.filename.lower().endswith(".rels"):
        return any(_leads_out(relation) for relation in fromstring(archive.read(info), forbid_dtd=True).iter())
    if not _is_worth_parsing(archive, info):
        return False
    part = _Part()
    with archive.open(info) as stream:
        part.read(stream)
    return part.shows_another or _asks(FIELDS, part.fields) or _asks(FORMULAS, part.formulas)


def _asks(pattern: re.Pattern[str], pieces: Sequence[str]) -> bool:
    return pattern.search(re.sub(r"[ \t\r\n\xa0]", "", "".join(pieces))) is not None


def _leads_out(relation: Element) -> bool:
    kind, target = relation.get("Type", "").lower(), relation.get("Target", "")
    if kind.endswith(FOLLOWED_BY_HAND):
        return False
    is_outside = relation.get("TargetMode", "").strip().lower() == "external" or ELSEWHERE.match(target) is not None
    return is_outside or kind.endswith(OF_ANOTHER_FORMAT)


def _is_worth_parsing(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whatever the part is called. Looking for words is a hundred times as fast as parsing a sheet of a million cells."""
    with archive.open(info) as stream:
        held = stream.read(CHUNK)
        if not held.lstrip(BEFORE_MARKUP).startswith(b"<"):
            return False
        while held:
            if WORTH_PARSING.search(held):
                return True
            more = stream.read(CHUNK)
            held = held[-OVERLAP:] + more if more else b""
    return False


class _Part:
    """What a part of XML says of fields, of formulas and of pictures elsewhere."""

    def __init__(self) -> None:
        self.shows_another, self.fields, self.formulas = False, list[str](), list[str]()
        self._heard: list[str] | None = None  # where the text goes that stands here

    def read(self, stream) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._hear
        parser.ParseFile(stream)

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if local in FIELD_TEXTS:
            self._heard = self.fields
        elif local in FORMULA_TEXTS:
            self._heard = self.formulas
            self.formulas.append(BEGINS)
        elif local == "fldChar" and "begin" in attributes.values():
            self.fields.append(BEGINS)
        elif local == "fldSimple":
            self.fields += [BEGINS + value for at, value in attributes.items() if at.endswith("instr")]
        elif local in SHEET_QUERIES or (space == VML and local in VML_PICTURES) or (space == SVG and local != "a"):
            self.shows_another |= local in SHEET_QUERIES or any(map(_is_elsewhere, attributes.items()))

    def _end(self, name: str) -> None:
        self._heard = None

    def _hear(self, text: str) -> None:
        if self._heard is not None:
            self._heard.append(text)


def _is_elsewhere(attribute: tuple[str, str]) -> bool:
    name, value = attribute
    names_a_file = name.rpartition(" ")[2].lower() in ("src", "href", "althref")
    return names_a_file and ELSEWHERE.match(value) is not None and not value.strip().lower().startswith("data:")


def _refuse_doctype(*_told: object) -> None:
    raise expat.ExpatError("a document type is declared")
