"""Markup that is nested without bounds: parsers of HTML take a time that grows with the square of its depth, or give up.

It is read by HTML's own grammar: a tag within a comment, an attribute's value or a text that holds no tags is none. What
HTML reads in two ways (pictures and formulas, which have rules of their own) is written so that it has one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# Those that HTML closes by itself, or that hold nothing, nest nothing: "<li>a<li>b" is flat.
FLAT = frozenset({
    "p", "li", "td", "th", "tr", "thead", "tbody", "tfoot", "dt", "dd", "option", "colgroup", "caption", "html", "head", "body",
    "br", "hr", "img", "input", "col", "wbr", "meta", "link", "source", "area", "base", "embed", "param", "track",
})  # fmt: skip
# Between whose tags HTML knows no other tag, nor a comment.
WITHOUT_TAGS = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"})
UNSEEN = frozenset({"script", "style"})
OF_OTHER_RULES = frozenset({"svg", "math"})
_ENDS = {
    name: re.compile(rf"</{name}(?![^\t\n\f\r />])", re.IGNORECASE | re.ASCII) for name in WITHOUT_TAGS | OF_OTHER_RULES
}
_SPACE = r"\t\n\f\r "
_VALUE = rf""""[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^{_SPACE}>"'][^{_SPACE}>]*"""
_ATTRIBUTE = rf"[^{_SPACE}/>][^{_SPACE}/>=]*+(?:[{_SPACE}]*=[{_SPACE}]*(?:{_VALUE})?)?+"
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"  # comments
    r"|<[!?][^>]*>?|</(?:>|[^a-zA-Z>][^>]*>?)"  # declarations, and what parsers take for a comment
    rf"|<(?P<slash>/?)(?P<name>[a-zA-Z][^{_SPACE}/>]*+)(?:[{_SPACE}/]++|{_ATTRIBUTE})*+(?P<end>>|\Z)",
    re.DOTALL,
)
_BRACKETS = re.compile(r"<[^<>]*>")


class _Piece(NamedTuple):
    """A tag with its level, which is 0 for one that nests nothing, or a text without tags."""

    html: str
    level: int = 0


def depth(html: str) -> int:
    """How deep its elements are nested, in one pass and never too low: a tag that closes another than the last one is not
    counted, as parsers may ignore it.
    """
    return max((piece.level for piece in _pieces(html)), default=0)


def shallow(html: str, most: int) -> str:
    """Without the tags that are deeper than `most`; what they hold stays. So written that every parser reads the same tags."""
    if html.count("<") <= most:
        return html
    return "".join(piece.html for piece in _pieces(html) if piece.level <= most)


def _pieces(html: str) -> Iterator[_Piece]:
    still_open: list[str] = []
    at = 0
    for token, text in _tokens(html):
        yield _Piece(html[at : token.start()].replace("<", "&lt;"))
        at = token.end() + len(text)
        name = _lower(token["name"] or "")
        if name in WITHOUT_TAGS:
            inside = _BRACKETS.sub("", text).replace("<", "&lt;")
            yield _Piece("" if token["slash"] or name in UNSEEN else f"<{name}>{inside}</{name}>")
        elif not name or not token["end"] or name in OF_OTHER_RULES or name == "plaintext":
            continue  # comments, a tag that the text ends in, pictures and formulas: cleaners leave them away
        elif name in FLAT:
            yield _Piece(token[0])
        elif not token["slash"]:
            still_open.append(name)
            yield _Piece(token[0], len(still_open))
        elif still_open and still_open[-1] == name:
            yield _Piece(token[0], len(still_open))
            still_open.pop()
        else:
            yield _Piece(token[0])
    yield _Piece(html[at:].replace("<", "&lt;"))


def _tokens(html: str) -> Iterator[tuple[re.Match[str], str]]:
    """Comments and tags, each with the text that belongs to it, in which there is neither."""
    unclosed = set[str]()
    at = 0
    while token := _TOKEN.search(html, at):
        at = token.end()
        name = _lower(token["name"] or "")
        if token["slash"] or not token["end"] or name not in _ENDS or name in unclosed:
            yield token, ""
            continue
        if name in OF_OTHER_RULES and token[0].endswith("/>"):
            yield token, ""
            continue
        end = _ENDS[name].search(html, at)
        if end is None and name in OF_OTHER_RULES:
            unclosed.add(name)
            yield token, ""
            continue
        at = end.start() if end else len(html)
        yield token, html[token.end() : at]


def _lower(name: str) -> str:
    """Of Latin letters alone, as HTML does."""
    return name.lower() if name.isascii() else name
