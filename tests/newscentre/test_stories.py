"""Which story a new article tells, of those that are stored already: the nearest in time, however many others there are."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Subject
from newscentre.feeds.storage import store
from newscentre.models import Article, Feed, Status
from newscentre.stages.clean import cleaned
from newscentre.stages.reading import document_in
from tests.newscentre.feeds_of_tests import article, entry, feed, rss

pytestmark = pytest.mark.django_db


def many_articles(of: Feed, number: int, first: datetime, **values) -> None:
    """One a minute, about Morocco and something that nobody else tells."""
    Article.objects.bulk_create(
        Article(
            feed=of, key=f"{first}-{one}", digest="d", title=f"Harvest report number {one} from Morocco", title_language="en",
            published_at=first + timedelta(minutes=one), seen_at=first, status=Status.PUBLISHED, story=uuid.uuid4(), **values,
        )
        for one in range(number)
    )  # fmt: skip


def test_a_story_is_found_however_much_else_was_told_of_its_subject_before():
    """And although the fetch holds an item of years ago, around which as much was told."""
    now = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    morocco = Subject.objects.get(kind="country", slug="morocco").pk
    told, old = "Morocco rescues 212 migrants off Tangier after boat capsizes", now - timedelta(days=799)
    items = rss(
        entry(1, title=told, date=f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"),
        entry(2, title="Morocco opens an office for returns", date=f"{old:%Y-%m-%dT%H:%M:%SZ}"),
    )
    with viewing(Viewer.secretariat_of("mtm")):
        other, new = feed(), feed()
        for day in (now - timedelta(days=2), now - timedelta(days=800)):
            many_articles(other, 2500, day, subjects=[morocco])
        held = article(other, title=told, published_at=now, subjects=[morocco], title_language="en")
        store(new, cleaned(document_in(items, ""), ["https://sahel.example/"], "", timezone.now()), timezone.now())
        assert Article.objects.filter(feed=new).count() == 2
        assert Article.objects.get(feed=new, title=told).story == held.story
