"""Fetches a claimed feed and stores its entries. The network is used outside any transaction."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from newscentre.feeds.claims import begin, of_claim, put_back, still_held, without_result
from newscentre.feeds.storage import store
from newscentre.models import Feed, Fetching
from newscentre.stages.clean import Item, cleaned
from newscentre.stages.documents import Document, NotAFeed
from newscentre.stages.fetch import Fetched, Fetcher, Limits, Marks, NotFetched, Reason
from newscentre.stages.internet import AllowedHosts
from newscentre.stages.parse import TooHard, parse
from newscentre.stages.schedule import Wishes, next_fetch

PATIENT = Limits()
HASTY = replace(PATIENT, seconds=5, step_seconds=5)  # as long as a feed may hold up others


class IsSlow(Exception):
    """Others have waited long enough: its claim may be begun once more, and then with patience."""


def fetcher(limits: Limits = PATIENT) -> Fetcher:
    way_out = AllowedHosts(frozenset(settings.NEWS_ALSO_FROM))
    return Fetcher(agent=f"i-Map ({settings.SITE_ADDRESS})", way_out=way_out, limits=limits)


def fetch_claimed(feed_id: int, claim: uuid.UUID, viewer: Viewer) -> bool:
    """One fetch under a claim, as the secretariat of the feed. False when the claim is not, or no longer, ours.

    Raises IsSlow for a feed that is slow and was not before. What else it raises, and what ends it from outside, is
    recorded by `end_badly` or `end_broken_fetches`.
    """
    with viewing(viewer):
        fetching = begin(feed_id, claim, timezone.now())
    if fetching is None:
        return False
    try:
        fetched, document = _read(fetching)
    except NotFetched as why:
        is_hasty = why.reason is Reason.TOO_SLOW and not fetching.is_slow
        with viewing(viewer):
            if not is_hasty:
                return _end(feed_id, claim, partial(_failed, why))
            put_back(feed_id, claim, timezone.now())
        raise IsSlow from why
    with viewing(viewer):
        try:
            with transaction.atomic():
                _store(feed_id, claim, fetched, document)
                if not _end(feed_id, claim, partial(_succeeded, fetched, document)):
                    raise ClaimIsOver
        except ClaimIsOver:
            return False
    return True


class ClaimIsOver(Exception):
    """Another worker may be at it: what was stored meanwhile is taken back."""


def end_badly(feed_id: int, claim: uuid.UUID, reason: Reason, viewer: Viewer) -> bool:
    """Records that the fetch under this claim ended without a result. False when it ended otherwise."""
    with viewing(viewer):
        return _end(feed_id, claim, partial(_failed, NotFetched(reason)))


def end_broken_fetches(now: datetime) -> None:
    """The same of fetches whose worker was killed, or can say nothing any more. To be called as their secretariats."""
    for fetching in without_result(now):
        _failed(NotFetched(Reason.BROKE_OFF), fetching, now)
        _release(fetching, now)


def _read(fetching: Fetching) -> tuple[Fetched, Document | None]:
    """What the publisher answers, and the feed in it when it is new. Raises NotFetched."""
    limits = PATIENT if fetching.is_slow else HASTY
    fetched = fetcher(limits).fetch(fetching.address, Marks(fetching.etag, fetching.last_modified))
    if not fetched.is_new:
        return fetched, None
    try:
        return fetched, parse(fetched.body, fetched.content_type)
    except NotAFeed as error:
        raise NotFetched(Reason.NOT_A_FEED) from error
    except TooHard as error:
        raise NotFetched(Reason.TOO_HARD) from error


def _store(feed_id: int, claim: uuid.UUID, fetched: Fetched, document: Document | None) -> None:
    """Before the fetching is held for its transaction, so that the desk can pause the feed meanwhile."""
    now = timezone.now()
    fetching = of_claim(feed_id, claim, now)
    if fetching is None:
        raise ClaimIsOver
    if document is not None:
        store(fetching.feed, items_of(document, fetching.feed, fetched, now), now)


def _end(feed_id: int, claim: uuid.UUID, write: Callable[[Fetching, datetime], None]) -> bool:
    now = timezone.now()
    fetching = still_held(feed_id, claim, now)
    if fetching is None:
        return False
    write(fetching, now)
    _release(fetching, now)
    return True


def _release(fetching: Fetching, now: datetime) -> None:
    if fetching.begun_at is not None:
        fetching.is_slow = now - fetching.begun_at > timedelta(seconds=HASTY.seconds)
    fetching.fetched_at, fetching.claim, fetching.claimed_until, fetching.begun_at = now, None, None, None
    fetching.save()


def _succeeded(fetched: Fetched, document: Document | None, fetching: Fetching, now: datetime) -> None:
    if document is not None:
        wishes = Wishes(document.ttl_minutes, document.skip_hours, document.skip_days)
        fetching.wishes = {name: value for name, value in asdict(wishes).items() if name != "pause"}
        fetching.etag, fetching.last_modified = fetched.marks.etag[:500], fetched.marks.last_modified[:500]
    if fetched.moved_to:
        fetching.address = fetched.moved_to
    fetching.succeeded_at, fetching.failures, fetching.reason = now, 0, ""
    fetching.next_at = next_fetch(now, wishes_of(fetching), failures=0, is_gone=False)


def _failed(why: NotFetched, fetching: Fetching, now: datetime) -> None:
    """A worker may end for reasons of its own: the first time, its feed is due again at once."""
    is_first_break = why.reason is Reason.BROKE_OFF and not fetching.failures
    fetching.failures, fetching.reason = fetching.failures + 1, why.reason.value
    wishes = wishes_of(fetching, why.retry_after)
    next_at = next_fetch(now, wishes, failures=fetching.failures, is_gone=why.reason is Reason.GONE)
    fetching.next_at = now if is_first_break else next_at


def wishes_of(fetching: Fetching, pause: timedelta | None = None) -> Wishes:
    kept = fetching.wishes
    return Wishes(kept.get("ttl_minutes"), tuple(kept.get("skip_hours", ())), tuple(kept.get("skip_days", ())), pause)


def items_of(document: Document, feed: Feed, fetched: Fetched, now: datetime) -> list[Item]:
    return cleaned(document, (*fetched.led_by, fetched.address), feed.language or fetched.language, now)
