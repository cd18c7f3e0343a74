"""Texts as they may stand on a page: HTML cleaned of everything that is not text, and told apart by a digest.

Pure: no database.
"""

import hashlib
import re
from collections.abc import Set
from functools import partial
from html import unescape

import nh3

from profiles.references import is_reference, only_references
from untrusted.markup import depth, shallow

TAGS = {
    "h3", "h4", "p", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "strong", "em",
    "blockquote", "a", "sup", "sub", "bdi", "br", "data",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "hreflang", "id"},
    "th": {"scope", "colspan", "rowspan", "class"},
    "td": {"colspan", "rowspan", "class"},
    "p": {"class", "id"},
    "ol": {"class"},
    "li": {"id"},
    "bdi": {"dir", "lang"},
    "em": {"lang"},
    "sup": {"id"},
    "data": {"value"},
}
CLASSES = {"num", "notes", "definition"}
NOTE = re.compile(r"#?note(?:ref)?-[0-9]{1,3}")
MOST_KILOBYTES = 300  # the longest section of the facts has 35
MOST_LEVELS = 30  # of lists within lists, and other elements within others
INTERNAL = re.compile(r"/(?:ar|en|fr)/[a-z0-9/._-]*(?:#[a-z0-9-]+)?")


def clean(html: str) -> str:
    """Sanitised HTML; cleaning it again changes nothing. Scripts and styles vanish with their content.

    Takes a time that grows with the length; tags that are nested too deeply go. White space that no reader sees and the order of attributes are always the same, so that they change no digest.
    """
    return laid_out(only_references(cleaned(html, _CLEANER)))


def cleaned(html: str, by: nh3.Cleaner) -> str:
    """Before it is parsed and after: as parsers move elements, what comes out is measured again."""
    return shallow(by.clean(shallow(html, MOST_LEVELS)), MOST_LEVELS)


def is_too_large(html: str) -> bool:
    return len(html.encode()) > MOST_KILOBYTES * 1000


def is_too_deep(html: str) -> bool:
    """`clean` would leave away the tags that are deeper."""
    return depth(html) > MOST_LEVELS


_SPACE = r"[ \t\n\r\f]"
_REST = r'(?:[^">]|"[^"]*")*'
_BLOCK = rf"</?(?:h3|h4|p|ul|ol|li|table|caption|thead|tbody|tr|th|td|blockquote)\b{_REST}>"
_ENDS_LINE = rf"</(?:h3|h4|p|ul|ol|li|table|caption|thead|tbody|tr|blockquote)>|<(?:ul|ol|table|thead|tbody|blockquote)\b{_REST}>"
_LAYOUT = (
    (re.compile(rf"{_SPACE}+"), " "),
    (re.compile(rf" ?({_BLOCK}) ?"), r"\1"),
    (re.compile(r"<br> "), "<br>"),
    (re.compile(rf"({_ENDS_LINE})(?!$)"), "\\1\n"),
)
_SEVERAL_ATTRIBUTES = re.compile(r'(?<=<)([a-z0-9]+)((?: [a-z]+="[^"]*"){2,})(?=>)')


def laid_out(html: str) -> str:
    """Well-formed HTML with a line for each block and row, and attributes by the alphabet."""
    for pattern, replacement in _LAYOUT:
        html = pattern.sub(replacement, html.strip(" \t\n\r\f"))
    return _SEVERAL_ATTRIBUTES.sub(_in_order, html)


def _in_order(tag: re.Match[str]) -> str:
    return " ".join([tag[1], *sorted(re.findall(r'[a-z]+="[^"]*"', tag[2]))])


def _attribute(classes: Set[str], tag: str, name: str, value: str) -> str | None:
    if name == "class":
        kept = " ".join(word for word in value.split() if word in classes)
        return kept or None
    if name == "id" or (name == "href" and value.startswith("#")):
        return value if NOTE.fullmatch(value) else None
    if name == "href" and value.startswith("/"):
        return value if INTERNAL.fullmatch(value) else None
    if name == "value":
        return value if is_reference(value) else None
    return value


def cleaner(classes: Set[str] = CLASSES) -> nh3.Cleaner:
    """Lets pass what may stand on a page, with these classes."""
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags={
            "script",
            "style",
            "template",
            "noscript",
            "iframe",
            "object",
            "svg",
            "math",
            "textarea",
            "title",
        },
        url_schemes={"http", "https", "mailto"},
        attribute_filter=partial(_attribute, classes),
        link_rel=None,  # pages name no opener and send no address to other hosts (Referrer-Policy: same-origin)
        strip_comments=True,
    )


_CLEANER = cleaner()


def digest(html: str) -> str:
    """Sixteen hexadecimal digits that change when the text does."""
    return hashlib.sha256(html.encode()).hexdigest()[:16]


def with_own_notes(html: str, prefix: str) -> str:
    """Notes renamed, so that several sections can stand on one page: `note-1` becomes `<prefix>-note-1`."""
    return re.sub(r'(id="|href="#)(note(?:ref)?-[0-9]{1,3}")', rf"\1{prefix}-\2", html)


def is_empty(html: str) -> bool:
    return not unescape(re.sub(r"<[^>]*>", "", html)).strip()


SECTION = re.compile(r'<section data-section="([a-z0-9-]+)">(.*?)</section>', re.DOTALL)


def sections_of(document: str) -> dict[str, str]:
    """A file of texts: each `<section data-section="slug">…</section>` by its slug.

    Raises ValueError when something stands outside the sections, or a section stands twice.
    """
    found = SECTION.findall(document)
    slugs = [slug for slug, _ in found]
    if len(set(slugs)) != len(slugs):
        raise ValueError("a section stands twice")
    if SECTION.sub("", document).strip():
        raise ValueError("something stands outside the sections")
    return {slug: html.strip() for slug, html in found}
