"""What a fetch changes: which articles are new, which the publisher changed, and which stand as they stood."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from newscentre.stages.clean import Item
from newscentre.stages.identify import identities


@dataclass(frozen=True)
class Known:
    """An article that is stored: under which key, with which page and which digest of what the publisher said."""

    key: str
    page: str
    digest: str


@dataclass(frozen=True)
class Row:
    """What is written. `key`: the article's, the stored one where it is known; `page`: of its address, or empty."""

    key: str
    page: str
    digest: str
    item: Item


@dataclass
class Plan:
    added: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    unchanged: int = 0
    repeated: int = 0
    dropped: int = 0

    @property
    def rows(self) -> list[Row]:
        return [*self.added, *self.changed]


def digest_of(item: Item) -> str:
    """Thirty-two hexadecimal digits that change when the publisher changes the article.

    A date that the feed does not tell is left out: it is that of each fetch anew.
    """
    date = item.published_at.isoformat() if item.is_date_known else item.dated
    said = (item.guid, item.link, item.title.text, item.title.language, item.excerpt.text, date, *item.words)
    return hashlib.sha256(chr(0).join(said).encode()).hexdigest()[:32]


def plan(items: Sequence[Item], known: Sequence[Known]) -> Plan:
    """Each article of the fetch once: of an entry that stands twice in a feed, the first is taken."""
    by_key = {article.key: article for article in known}
    by_page = {article.page: article for article in known if article.page}
    planned, seen = Plan(), set()
    named = identities(items)
    recognised = {identity.key for identity in named if identity.key in by_key}
    for item, identity in zip(items, named, strict=True):
        before = by_key.get(identity.key) or by_page.get(identity.page)
        if before and before.key != identity.key and before.key in recognised:
            before = None  # that article is another entry of this feed, which moved to another page
        row = Row(before.key if before else identity.key, identity.page, digest_of(item), item)
        if row.key in seen:
            planned.repeated += 1
            continue
        seen.add(row.key)
        _place(row, before, planned)
    return planned


def _place(row: Row, before: Known | None, planned: Plan) -> None:
    if before is None:
        planned.added.append(row)
    elif before.digest == row.digest:
        planned.unchanged += 1
    else:
        planned.changed.append(row)
