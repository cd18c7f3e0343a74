"""Reads and writes lists of feeds as OPML 1.0 and 2.0 (opml.org). Without Django."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from xml.etree import ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from newscentre.stages.fetch import NotFetched, parsed
from newscentre.stages.links import safe_link, tells
from untrusted.characters import clean_line
from untrusted.sandbox import NotParsed
from untrusted.sandbox import parsed as parsed_apart

MOST_BYTES = 2 * 1024 * 1024
MOST_FEEDS = 500
READER = "newscentre.feeds.opml:read_apart"
LONGEST_NAME = 160  # characters
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,4})?")


class BadFile(Exception):
    """Why nothing can be taken from a file. `why`: too-large, no-xml, not-opml, no-feeds, too-many or bad-address.

    `where`: the line of the fault, or the name of the feed that has it.
    """

    def __init__(self, why: str, where: str = ""):
        super().__init__(why, where)
        self.why, self.where = why, where


@dataclass(frozen=True)
class Outline:
    """A feed of a list. `address`: where it is fetched; `site`: its publisher's pages, or empty; `language`: a code, or empty."""

    name: str
    address: str
    site: str = ""
    language: str = ""


def read(data: bytes) -> list[Outline]:
    """Each address once, in the order of the file, read by a process of its own. Raises BadFile for one that is bad in any part."""
    if len(data) > MOST_BYTES:
        raise BadFile("too-large")
    try:
        found = parsed_apart(READER, data)
    except NotParsed as error:
        raise BadFile("no-xml") from error
    if "bad" in found:
        raise BadFile(*found["bad"])
    return [Outline(**outline) for outline in found["outlines"]]


def read_apart(data: bytes) -> dict:
    """Run by `untrusted.sandbox`: the outlines, or why there are none."""
    try:
        return {"outlines": [asdict(outline) for outline in _read(data)]}
    except BadFile as bad:
        return {"bad": [bad.why, bad.where]}


def _read(data: bytes) -> list[Outline]:
    try:
        root = fromstring(data, forbid_dtd=True)
    except ElementTree.ParseError as error:
        raise BadFile("no-xml", str(error.position[0])) from error
    except (DefusedXmlException, LookupError, ValueError) as error:  # an encoding that nobody knows is a LookupError
        raise BadFile("no-xml") from error
    if root.tag.lower() != "opml":
        raise BadFile("not-opml")
    found = {outline.address: outline for outline in _outlines(root)}
    if not found:
        raise BadFile("no-feeds")
    if len(found) > MOST_FEEDS:
        raise BadFile("too-many")
    return list(found.values())


def _outlines(root: ElementTree.Element) -> Iterator[Outline]:
    for element in root.iter("outline"):
        told = {name.lower(): " ".join(value.split()) for name, value in element.attrib.items()}
        if not told.get("xmlurl"):
            continue  # a folder, or a link to a page
        name = told.get("text") or told.get("title") or ""
        try:
            url = parsed(told["xmlurl"])
        except NotFetched as error:
            raise BadFile("bad-address", name or told["xmlurl"][:80]) from error
        language, site = told.get("language", "").lower(), safe_link(told.get("htmlurl", ""))
        yield Outline(
            name=(name or url.host)[:LONGEST_NAME].strip(),
            address=str(url),
            site="" if tells(site, [str(url)]) else site,  # some name the feed itself, which readers are not told
            language=language if LANGUAGE.fullmatch(language) else "",
        )


def written(title: str, folders: Iterable[tuple[str, Iterable[Outline]]]) -> bytes:
    """A file of version 2.0 in UTF-8, with a folder for each publisher."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = _said(title)
    body = ElementTree.SubElement(root, "body")
    for name, outlines in folders:
        folder = ElementTree.SubElement(body, "outline", text=_said(name))
        for outline in outlines:
            told = {"type": "rss", "text": outline.name, "title": outline.name, "xmlUrl": outline.address}
            further = {"htmlUrl": outline.site, "language": outline.language}
            values = told | {key: value for key, value in further.items() if value}
            ElementTree.SubElement(folder, "outline", {key: _said(value) for key, value in values.items()})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _said(text: str) -> str:
    """What XML can say of it."""
    return clean_line(text)
