"""What a fetch changes: which articles are new, which the publisher changed, and which are unchanged."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newscentre.stages.clean import Item
from newscentre.stages.identify import Identity, followed_by, identities
from newscentre.stages.titles import are_of_one_article


@dataclass(frozen=True)
class StoredArticle:
    """An article that is stored: under which key, with which page and which digest of what the publisher said.

    `title`, `excerpt`: as the publisher gave them, or empty where that is not known. `moment`: of a known date, else None.
    """

    key: str
    page: str
    digest: str
    title: str = ""
    excerpt: str = ""
    moment: datetime | None = None
    is_published: bool = True


@dataclass(frozen=True)
class PlannedRow:
    """What is written. `key`: the article's, the stored one where it is known; `page`: of its address, or empty.

    `follows`: whether it bears the mark of an article that tells another story, and so waits for an editor. Its `page` is
    that mark, by which it is found again.
    """

    key: str
    page: str
    digest: str
    item: Item
    follows: bool = False


@dataclass
class Plan:
    added: list[PlannedRow] = field(default_factory=list)
    changed: list[PlannedRow] = field(default_factory=list)
    unchanged: int = 0
    repeated: int = 0
    dropped: int = 0

    @property
    def rows(self) -> list[PlannedRow]:
        return [*self.added, *self.changed]


def digest_of(item: Item) -> str:
    """Thirty-two hexadecimal digits that change when the publisher changes the article.

    A date that the feed does not tell is left out: it is that of each fetch anew.
    """
    date = item.published_at.isoformat() if item.is_date_known else item.dated
    said = (item.guid, item.link, item.title.text, item.title.language, item.excerpt.text, date, *item.words)
    return hashlib.sha256(chr(0).join(said).encode()).hexdigest()[:32]


def plan(items: Sequence[Item], known: Sequence[StoredArticle], named: Sequence[Identity] | None = None) -> Plan:
    """Each article of the fetch once: of an entry that stands twice in a feed, the first is taken.

    `named`: the items' identities, where they are known already.
    """
    planned = Plan()
    once: dict[str, tuple[Item, Identity]] = {}
    for item, identity in zip(items, identities(items) if named is None else named, strict=True):
        once.setdefault(identity.key, (item, identity))
    planned.repeated = len(items) - len(once)
    keys = {article.key for article in known}
    before = _recognised(list(once.values()), known)
    for key, (item, identity) in once.items():
        _place(_row(item, identity, before.get(key), is_key_taken=key in keys), before.get(key), planned)
    return planned


def _recognised(entries: list[tuple[Item, Identity]], known: Sequence[StoredArticle]) -> dict[str, StoredArticle]:
    """Key of an entry → the stored article that it is: first those that bear its own key, then those of another mark of it.

    One that tells another story is another article, whatever mark it bears; and an article is one entry's alone.
    """
    by_mark: dict[str, list[StoredArticle]] = defaultdict(list)
    for article in known:
        for mark in {article.key, article.page} - {""}:
            by_mark[mark].append(article)
    found: dict[str, StoredArticle] = {}
    taken: set[str] = set()
    for own_key_alone in (True, False):
        for item, identity in entries:
            if identity.key in found:
                continue
            marks = (identity.key,) if own_key_alone else identity.marks
            of_marks = (article for mark in marks for article in by_mark[mark])
            fitting = (
                one for one in of_marks if one.key not in taken and (not own_key_alone or one.key == identity.key)
            )
            known_one = next((one for one in fitting if _is_one(item, identity, one)), None)
            if known_one:
                found[identity.key] = known_one
                taken.add(known_one.key)
    return found


def _is_one(item: Item, identity: Identity, article: StoredArticle) -> bool:
    """Compares what both tell. Unpublished articles may be rewritten under the same marks and moment."""
    if are_of_one_article(item.title.text, article.title, item.excerpt.text, article.excerpt):
        return True
    is_at_its_place = (identity.key, identity.page) == (article.key, article.page) and bool(article.page)
    return not article.is_published and is_at_its_place and item.is_date_known and item.published_at == article.moment


def _row(item: Item, identity: Identity, before: StoredArticle | None, *, is_key_taken: bool) -> PlannedRow:
    if before:
        page = before.page if before.key.startswith("next:") else identity.page
        return PlannedRow(before.key, page, digest_of(item), item)
    if is_key_taken:
        return PlannedRow(followed_by(identity.key, item), identity.key, digest_of(item), item, follows=True)
    return PlannedRow(identity.key, identity.page, digest_of(item), item)


def _place(row: PlannedRow, before: StoredArticle | None, planned: Plan) -> None:
    if before is None:
        planned.added.append(row)
    elif before.digest == row.digest:
        planned.unchanged += 1
    else:
        planned.changed.append(row)
