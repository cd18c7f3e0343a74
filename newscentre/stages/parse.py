"""Reads a feed in a process of its own, so that a hostile one costs a bounded amount and nothing else."""

from newscentre.stages.documents import Document, NotAFeed
from untrusted.sandbox import Bounds, NotParsed, parsed

READER = "newscentre.stages.reading:read"
OF_ONE_FEED = Bounds()


class TooHard(Exception):
    """The feed asked for more memory or time than one feed gets."""


def parse(data: bytes, content_type: str = "", bounds: Bounds = OF_ONE_FEED) -> Document:
    """The feed in these bytes. `content_type`: the answer's header. The process is not told where the feed was fetched.

    Raises NotAFeed, and TooHard for what goes beyond its bounds.
    """
    try:
        values = parsed(READER, data, {"content_type": content_type}, bounds)
    except NotParsed as error:
        raise TooHard(str(error)) from error
    if values is None:
        raise NotAFeed("none of a kind that is known")
    return Document.from_values(values)
