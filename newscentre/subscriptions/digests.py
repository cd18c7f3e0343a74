"""Digests: what is new in a reader's saved searches, or in all news if they have none, each day or week."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import mail
from accounts.activity_log.writer import log_action
from accounts.models import Action, NewsDigest, User
from accounts.signing_in import pending_steps
from newscentre.articles.filters import Filters
from newscentre.articles.listing import page_of, seen_by
from newscentre.filter_labels import labels_of
from newscentre.models import Article, ArticleQuerySet
from newscentre.subscriptions import mailings
from newscentre.subscriptions.models import Mailing, Watch

HOUR = 5  # UTC
MOST = 10  # stories of one search in a mail
MOST_PAGES = 20  # of so many stories are looked through for them
LOOK_BACK = timedelta(days=14)
PERIODS = {"day": timedelta(days=1), "week": timedelta(days=7)}
WANTED = {"day": NewsDigest.DAILY, "week": NewsDigest.WEEKLY}
# What is released is seen once its transaction is over; a task takes no longer than this (CELERY_TASK_TIME_LIMIT).
SETTLED_AFTER = timedelta(minutes=12)


@dataclass(frozen=True)
class DigestEntry:
    title: str
    source: str
    summary: str
    address: str


@dataclass(frozen=True)
class Section:
    """One saved search. `address`: where all of it is read; `has_more`: than stands here."""

    name: str
    entries: list[DigestEntry]
    has_more: bool
    address: str


def plan(now: datetime) -> None:
    """Plans digests from five in the morning on: daily ones, and on Mondays weekly ones."""
    readers = User.objects.filter(is_active=True)
    since = now - timedelta(hours=HOUR)
    year, week, _day = since.isocalendar()
    for kind, occasion in (("day", f"day:{since:%Y-%m-%d}"), ("week", f"week:{year}-W{week:02}")):
        mailings.plan(occasion, readers.filter(news_digest=WANTED[kind]), now)


def compose(row: Mailing, user: User, now: datetime) -> EmailMultiAlternatives | None:
    """The mail, in the reader's language; None when nothing is new, or when they want none of this kind any more."""
    kind = row.occasion.partition(":")[0]
    if user.news_digest != WANTED[kind]:
        return None
    since, row.until = _since(row, user, kind, now), now - SETTLED_AFTER
    with translation.override(user.language):
        told: list[Article] = []
        sections = [section for section in _sections(user, since, row.until, told) if section.entries]
        if not sections:
            return None
        _note(user, told)
        context = {
            "sections": sections,
            "kind": kind,
            "stop": mailings.stop_address(row, user.language),
            "person": user,
        }
        return mail.compose("digest", user.email, user.language, context)


def _since(row: Mailing, user: User, kind: str, now: datetime) -> datetime:
    """Where the mail before ended, whatever became of the days between."""
    before = Mailing.objects.filter(recipient=user, until__isnull=False).exclude(pk=row.pk).order_by("-until")
    ended = before.values_list("until", flat=True).first() or now - SETTLED_AFTER - PERIODS[kind]
    return max(ended, now - LOOK_BACK)


def _sections(user: User, since: datetime, until: datetime, told: list[Article]) -> list[Section]:
    """`told` takes up the articles that they show."""
    viewer = pending_steps.viewer_of(user)
    watches = list(Watch.objects.visible_to(viewer).filter(owner=user))
    labels = labels_of(watches, viewer)
    wanted = [(labels[watch.pk], Filters.of(QueryDict(watch.query))) for watch in watches] or [
        (_("All news"), Filters())
    ]
    sections = []
    for name, filters in wanted:
        fresh = _fresh(filters.apply(seen_by(viewer), viewer).filter(released_at__lte=until), since)
        articles = fresh[:MOST]
        told += articles
        address = mail.address_of("news", user.language) + filters.as_query()
        entries = [entry_of(article, user.language) for article in articles]
        sections.append(Section(isolated(name), entries, len(fresh) > MOST, address))
    return sections


def _fresh(readable: ArticleQuerySet, since: datetime) -> list[Article]:
    """What leads the newest stories in the reader's language, one more than a mail tells of where there are so many.

    A story whose leading article was there before has been told, whoever else tells it since.
    """
    fresh: list[Article] = []
    place = None
    for _round in range(MOST_PAGES):
        page = page_of(readable.filter(released_at__gt=since), place, MOST, telling=readable)
        leads = (story.article for story in page.stories)
        fresh += [lead for lead in leads if lead.released_at and lead.released_at > since]
        place = page.older
        if place is None or len(fresh) > MOST:
            break
    return fresh


def entry_of(article: Article, language: str) -> DigestEntry:
    source = f"{isolated(article.feed.publisher.name)}{_(', ')}{article.day}"
    summary = article.told.text if article.told else article.excerpt
    page = mail.address_of("article", language, article.address_number)
    return DigestEntry(isolated(article.title), source, isolated(summary), page)


def isolated(text: str) -> str:
    """The text on one line, in its own direction whatever surrounds it."""
    line = mail.SPACES.sub(" ", text).strip()
    return f"\u2068{line}\u2069" if line else ""


def _note(user: User, told: list[Article]) -> None:
    """What is restricted leaves the portal by this mail, which the log says."""
    for article in {article.pk: article for article in told if not article.is_open}.values():
        log_action(Action.EXPORTED, user, dialogue=article.feed.dialogue_id, objects=[f"{article.log_name} by e-mail"])
