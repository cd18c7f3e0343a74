"""Markup that is nested without bounds: parsers of HTML take a time that grows with the square of its depth, or give up."""

import re
from collections.abc import Iterator

# Those that HTML closes by itself, or that hold nothing, nest nothing: "<li>a<li>b" is flat.
FLAT = frozenset({
    "p", "li", "td", "th", "tr", "thead", "tbody", "tfoot", "dt", "dd", "option", "colgroup", "caption", "html", "head", "body",
    "br", "hr", "img", "input", "col", "wbr", "meta", "link", "source", "area", "base", "embed", "param", "track",
})  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]{0,40})[^<>]*>?")
_OTHER_RULES = re.compile(r"<(?:svg|math)", re.IGNORECASE)  # within which nothing closes by itself


def depth(html: str) -> int:
    """How deep its elements are nested, in one pass and never too low: a tag that closes another than the last one is not
    counted, as parsers may ignore it.
    """
    return max((level for _tag, level in _levels(html)), default=0)


def shallow(html: str, most: int) -> str:
    """Without the tags that are deeper than `most`; what they hold stays."""
    if html.count("<") <= most:
        return html
    kept, at = [], 0
    for tag, level in _levels(html):
        if level > most:
            kept.append(html[at : tag.start()])
            at = tag.end()
    return "".join([*kept, html[at:]])


def _levels(html: str) -> Iterator[tuple[re.Match[str], int]]:
    """Each tag that opens or closes an element that nests, with its level."""
    flat = frozenset() if _OTHER_RULES.search(html) else FLAT
    still_open: list[str] = []
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in flat:
            continue
        if not tag[1]:
            still_open.append(name)
            yield tag, len(still_open)
        elif still_open and still_open[-1] == name:
            yield tag, len(still_open)
            still_open.pop()
