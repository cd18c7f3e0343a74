"""Which entries of a feed are the same article: by guid, else by the page's address, else by title and day.

A feed may give all its entries one guid, or lead them all to one page; then that is no mark of an article, and the next
one decides. A guid that changes is recognised by the address.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from newscentre.stages.clean import Item
from newscentre.stages.links import canonical
from newscentre.stages.titles import are_of_one_article, plainly

Value = TypeVar("Value")


@dataclass(frozen=True)
class Identity:
    """`key`: tells the article from the feed's others; `page`: of its address, or empty when many share it.

    `marks`: all by which it may have been known before, the strongest first, whether others share them now or not.
    """

    key: str
    page: str = ""
    marks: tuple[str, ...] = ()


def identities(items: Sequence[Item]) -> list[Identity]:
    """One for each item, in order. Equal keys are the same article."""
    pages = [_page_of(item) for item in items]
    titles = [plainly(item.title.text) for item in items]
    guids_shared = _shared((item.guid for item in items), list(zip(pages, items, strict=True)), _are_two_of_a_guid)
    told = [(item.guid, title) for item, title in zip(items, titles, strict=True)]
    pages_shared = _shared(pages, told, lambda one, other: one != other)
    by_title = [_by_title(item, title) for item, title in zip(items, titles, strict=True)]
    titles_shared = _shared(
        by_title, [(item.link, item.excerpt.text) for item in items], lambda one, other: one != other
    )
    return [
        _identity(
            item,
            guid=_key("guid", item.guid) if item.guid else "",
            page=_key("page", page) if page else "",
            title=_key("title", title, item.link, item.excerpt.text) if title in titles_shared else title,
            is_guid_shared=item.guid in guids_shared,
            is_page_shared=page in pages_shared,
        )
        for item, page, title in zip(items, pages, by_title, strict=True)
    ]


def _identity(item: Item, *, guid: str, page: str, title: str, is_guid_shared: bool, is_page_shared: bool) -> Identity:
    own_page = "" if is_page_shared else page
    key = (guid if not is_guid_shared else "") or own_page or title
    return Identity(key, own_page, tuple(dict.fromkeys(mark for mark in (key, guid, page, title) if mark)))


def _shared(marks: Iterable[str], told: Sequence[Value], are_two: Callable[[Value, Value], bool]) -> set[str]:
    """Marks that stand with different articles; each is held against the first of its mark, so that the cost is linear."""
    of_mark: dict[str, list[Value]] = defaultdict(list)
    for mark, value in zip(marks, told, strict=True):
        of_mark[mark].append(value)
    return {mark for mark, values in of_mark.items() if any(are_two(values[0], value) for value in values[1:])}


def _are_two_of_a_guid(one: tuple[str, Item], other: tuple[str, Item]) -> bool:
    """Entries that share a guid and a page of their own may be corrections; without a page they are two articles."""
    (page, item), (other_page, other_item) = one, other
    if page != other_page:
        return True
    if not page:
        return plainly(item.title.text) != plainly(other_item.title.text)
    texts = item.excerpt.text, other_item.excerpt.text
    return not are_of_one_article(item.title.text, other_item.title.text, *texts)


def _page_of(item: Item) -> str:
    """Empty without a link, and for a site's front page, which is no article's own."""
    page = canonical(item.link) if item.link else ""
    return page if "/" in page or "?" in page else ""


def _by_title(item: Item, title: str) -> str:
    return _key("title", title, f"{item.published_at:%Y-%m-%d}" if item.is_date_known else "")


def followed_by(key: str, item: Item) -> str:
    """The key of an article that bears the mark of another one, whose story it does not tell."""
    return _key("next", key, _by_title(item, plainly(item.title.text)))


def _key(kind: str, *values: str) -> str:
    return f"{kind}:{hashlib.sha256(chr(0).join(values).encode()).hexdigest()[:32]}"
