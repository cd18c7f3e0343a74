"""Which entries are the same article, within one feed: by guid, else by the page's address, else by title and day.

A feed may give all its entries one guid, or lead them all to one page; then that is no mark of an article, and the next
one decides. A guid that changes is recognised by the address.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from newscentre.stages.clean import Item
from newscentre.stages.links import canonical


@dataclass(frozen=True)
class Identity:
    """`key`: tells the article from the feed's others; `page`: of its address, or empty when many share it."""

    key: str
    page: str = ""


def identities(items: Sequence[Item]) -> list[Identity]:
    """One for each item, in order. Equal keys are the same article."""
    pages = [_page_of(item) for item in items]
    guids_of = _different(zip(pages, (item.guid for item in items), strict=True))
    pages_of = _different(zip((item.guid for item in items), pages, strict=True))
    return [
        _identity(item, page, is_page_shared=guids_of[page] > 1, is_guid_shared=pages_of[item.guid] > 1)
        for item, page in zip(items, pages, strict=True)
    ]


def _page_of(item: Item) -> str:
    """Empty without a link, and for a site's front page, which is no article's own."""
    page = canonical(item.link) if item.link else ""
    return page if "/" in page or "?" in page else ""


def _identity(item: Item, page: str, *, is_page_shared: bool, is_guid_shared: bool) -> Identity:
    own_page = _key("page", page) if page and not (is_page_shared and item.guid) else ""
    if item.guid and not is_guid_shared:
        return Identity(_key("guid", item.guid), own_page)
    if own_page:
        return Identity(own_page, own_page)
    day = f"{item.published_at:%Y-%m-%d}" if item.is_date_known else ""
    return Identity(_key("title", item.title.text.casefold(), day))


def _different(pairs) -> Counter[str]:
    """For each first value, with how many different second values it stands."""
    return Counter(first for first, _ in set(pairs))


def _key(kind: str, *values: str) -> str:
    return f"{kind}:{hashlib.sha256(chr(0).join(values).encode()).hexdigest()[:32]}"
