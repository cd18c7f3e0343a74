"""Texts as they may stand on a page: HTML cleaned of everything that is not text, and told apart by a digest.

Pure: no database.
"""

import hashlib
import re
from html import unescape

import nh3

TAGS = {
    "h3", "h4", "p", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "strong", "em",
    "blockquote", "a", "sup", "sub", "bdi", "br",
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
}
CLASSES = {"num", "notes", "definition"}
NOTE = re.compile(r"#?note(?:ref)?-[0-9]{1,3}")
INTERNAL = re.compile(r"/(?:ar|en|fr)/[a-z0-9/._-]*(?:#[a-z0-9-]+)?")


def clean(html: str) -> str:
    """Sanitised HTML; cleaning it again changes nothing. Scripts and styles vanish with their content."""
    return _CLEANER.clean(html).strip()


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        kept = " ".join(word for word in value.split() if word in CLASSES)
        return kept or None
    if name == "id" or (name == "href" and value.startswith("#")):
        return value if NOTE.fullmatch(value) else None
    if name == "href" and value.startswith("/"):
        return value if INTERNAL.fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
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
    attribute_filter=_attribute,
    link_rel=None,  # pages name no opener and send no address to other hosts (Referrer-Policy: same-origin)
    strip_comments=True,
)


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
