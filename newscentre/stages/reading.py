"""Reads one feed, in the process that `newscentre.stages.parse` has `untrusted.sandbox` start for it."""

from typing import Any

from newscentre.stages import json_feed, xml_feed
from newscentre.stages.documents import Document, NotAFeed
from newscentre.stages.encodings import text_of


def document_in(data: bytes, content_type: str) -> Document:
    """Raises NotAFeed."""
    text = text_of(data, content_type)
    return (json_feed if text.startswith("{") else xml_feed).read(text)


def read(data: bytes, content_type: str) -> dict[str, Any] | None:
    """The values of the document; None for what is no feed."""
    try:
        return document_in(data, content_type).as_values()
    except NotAFeed:
        return None
