"""On every page whatever an editor reads there and its other readers do not stands in an element with a mark."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from access.presets import Preset
from tests.access.planting import Planted, canaries_in
from tests.access.test_matrix import OF_A_READER, SURFACES, paths_of
from tests.conftest import browser_of
from tests.readers import body_of

pytestmark = pytest.mark.django_db

# Who may read the whole page; a story says so beside its introduction.
HEAD = re.compile(r'<p class="(?:meta|routes-title)">[^<]*<span class="tier (?:narrower )?([a-z]+)')
ITEMS = {"li", "tr", "article", "main", "body"}  # a mark outside of it is of something else
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
DRAWN = {"path", "circle", "rect", "use", "line", "polyline", "polygon", "ellipse", "stop"}  # closed at once
FURTHER = {Preset.PARTNERS.value: {"further"}}  # sources beside its figures that the same readers see
OF_ITS_READERS = OF_A_READER | {"tag", "participants", "proof", "answer", "watch"}


class Element:
    def __init__(self, tag: str, attributes: dict, parent: "Element | None"):
        self.tag, self.parent, self.attributes = tag, parent, attributes
        self.held: set[tuple[str, str]] = canaries_in(" ".join(filter(None, attributes.values())).encode())
        self.is_marked = self.has_class("narrower") or (self.has_class("tier") and not self.has_class("public"))

    def has_class(self, name: str) -> bool:
        return name in (self.attributes.get("class") or "").split()

    def above(self) -> Iterator["Element"]:
        found: Element | None = self
        while found is not None:
            yield found
            if found.tag in ITEMS:
                return
            found = found.parent


class Tree(HTMLParser):
    """The elements of a page, each with what stands in it; a mark is one of every element round it."""

    def __init__(self, page: str):
        super().__init__()
        self.here, self.elements = Element("", {}, None), []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = Element(tag, dict(attributes), self.here)
        self.elements.append(found)
        if found.is_marked:
            parent = found.parent
            while parent is not None:
                parent.is_marked, parent = True, parent.parent
        if tag not in EMPTY | DRAWN:
            self.here = found

    def handle_startendtag(self, tag, attributes):
        self.elements.append(Element(tag, dict(attributes), self.here))

    def handle_endtag(self, tag):
        found = self.here
        while found is not None and found.tag != tag:
            found = found.parent
        if found is not None and found.parent is not None:
            self.here = found.parent

    def handle_data(self, text):
        if self.here.tag != "script":
            self.here.held |= canaries_in(text.encode())


def unmarked_in(page: str, own: Preset | None) -> set[tuple[str, str]]:
    """What stands on the page for some of its readers only, without a mark round it. `own`: whom the page itself is for."""
    page = page[page.index("<main") :] if "<main" in page else page
    found = set()
    for element in Tree(page).elements:
        secret = {(preset, kind) for preset, kind in element.held if not is_for_all(preset, kind, own)}
        if secret and not any(above.is_marked for above in element.above()):
            found |= secret
    return found


def is_for_all(preset: str, kind: str, own: Preset | None) -> bool:
    """Whether a planted text may be read by everyone who reads a page: the Secretariat, who all read the same, by all."""
    if own is Preset.SECRETARIAT and preset == own.value:
        return True
    return preset in (Preset.PUBLIC.value, own and own.value) and kind in OF_ITS_READERS | FURTHER.get(preset, set())


def readers_of(page: str, name: str, one: Planted | None) -> Preset | None:
    """Whom the page is for where that is not everyone: its head says so, and whoever opens a proof was sent it."""
    if name == "route_proof":
        return Preset.PARTNERS
    is_restricted = one is not None and any(word != "public" for word in HEAD.findall(page))
    return one.preset if one and is_restricted else None


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_marks_what_an_editor_reads_and_its_other_readers_do_not(planted, language):
    editor, unmarked = browser_of("editor"), []
    for name, surfaces in SURFACES.items():
        for surface in surfaces:
            for path, one in paths_of(name, surface, planted):
                answer = editor.get(re.sub("^/en/", f"/{language}/", path))
                if answer.status_code != 200 or "text/html" not in answer.get("Content-Type", ""):
                    continue
                page = body_of(answer).decode()
                if found := unmarked_in(page, readers_of(page, name, one)):
                    unmarked.append(f"{path}: {sorted(found)}")
    assert not unmarked, "\n".join(unmarked)
