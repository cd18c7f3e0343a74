"""feedparser with what it reads wrongly put right, where it leaves no other way to do so than its own classes.

Its `parse` takes them from `feedparser.api`. Each mending names what goes wrong without it.
"""

import re
from typing import Any

import feedparser
import feedparser.api
from feedparser.util import FeedParserDict

WITHIN_A_PICTURE = {"title", "description", "link", "href"}
# Outside of what is no text of the document: sections of plain characters, comments, processing instructions, a DTD.
KEPT_APART = re.compile(
    r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^\[>]*(?:\[.*?(?:\]\s*>|\Z)|>|\Z))", re.S
)
BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-f]{1,6};|[a-z_][\w.-]{0,40};)", re.I)


class Mended:
    """Comes before the classes of feedparser."""

    def resolve_uri(self: Any, uri: str) -> str:
        """Addresses stay as they came, but for those below an xml:base: feedparser drops letters of other scripts."""
        return feedparser.urls.make_safe_absolute_uri(self.baseuri, uri) or uri if self.baseuri else uri

    def _get_context(self: Any) -> Any:
        """A form of search within an item, of a feed that has none, is no reason to lose the feed."""
        if self.intextinput and "textinput" not in self.feeddata:
            return self.entries[-1] if self.inentry else self.feeddata
        return super()._get_context()  # type: ignore[misc]

    def pop(self: Any, element: str, strip_whitespace: int = 1) -> Any:
        """The title of a picture within an item is not the item's: feedparser keeps the last of them."""
        if not (self.inentry and (self.inimage or self.intextinput) and element in WITHIN_A_PICTURE):
            return super().pop(element, strip_whitespace)  # type: ignore[misc]
        self.entries.append(FeedParserDict(links=[FeedParserDict()]))
        try:
            return super().pop(element, strip_whitespace)  # type: ignore[misc]
        finally:
            self.entries.pop()

    def _end_link(self: Any) -> None:
        """The text of a link that leads to a picture or to comments is not where the article stands (feedparser#367)."""
        context = self._get_context()
        before, links = context.get("link"), context.get("links")
        super()._end_link()  # type: ignore[misc]
        if links and links[-1].get("rel", "alternate") != "alternate" and "link" in context:
            del context["link"]
            if before:
                context["link"] = before


def mend() -> None:
    """For this process. A second time it does nothing."""
    for name in ("StrictFeedParser", "LooseFeedParser"):
        known = getattr(feedparser.api, name)
        if not issubclass(known, Mended):
            setattr(feedparser.api, name, type(name, (Mended, known), {}))


def with_ampersands_escaped(text: str) -> str:
    """“Q&A” as XML would have it: the lenient reader takes it for a character of that name."""
    pieces = KEPT_APART.split(text)
    return "".join(piece if at % 2 else BARE_AMPERSAND.sub("&amp;", piece) for at, piece in enumerate(pieces))
