"""Removes characters that are invisible, or that XML, JSON in PostgreSQL or UTF-8 cannot hold."""

import re
from collections.abc import Mapping
from typing import Any

# Vertical tab, form feed, the line ends of old terminals and of Unicode: each begins a new line.
_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# The other controls but tab and line ends; halves of surrogate pairs; what Unicode never assigns.
_CONTROLS = "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff"
_UNKEPT = re.compile(f"[{_CONTROLS}\ud800-\udfff]")
_STRANGE = re.compile(f"[{_CONTROLS}\x0b\x0c\x1c-\x1e\x85\u2028\u2029\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without such characters; those that end a line become a line's end. A clean text is given back as it is."""
    if not _STRANGE.search(text):
        return text
    return _UNKEPT.sub("", _LINE_ENDS.sub("\n", text))


def clean_line(text: str) -> str:
    """As `clean`, for a text of one line: what ends a line becomes a space."""
    if not _STRANGE.search(text):
        return text
    return _UNKEPT.sub("", _LINE_ENDS.sub(" ", text))


def has_half_letters(text: str) -> bool:
    """Whether it holds half of a surrogate pair, which UTF-8 cannot say: the text was cut or is no text."""
    return _SURROGATE.search(text) is not None


def clean_deep(value: Any) -> Any:
    """A value of JSON with all its texts cleaned, the names of its members too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(name) if isinstance(name, str) else name: clean_deep(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [clean_deep(held) for held in value]
    return value
