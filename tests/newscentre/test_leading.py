"""A story told in several languages: each reader meets the version in theirs first, wherever stories are shown."""

import re
from datetime import timedelta
from uuid import uuid4

import feedparser
import pytest
from django.core import mail
from django.utils import timezone, translation

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import NewsDigest, User
from atlas.models import Subject
from demo.cast import ALL_FOUR
from newscentre.articles.filters import Filters
from newscentre.articles.lead import in_reading_order
from newscentre.articles.listing import news_page
from newscentre.models import Article, Review, ReviewItem
from newscentre.reviews.querysets import readable_review
from newscentre.subscriptions import digests, mailings
from tests.newscentre.feeds_of_tests import NOON, article, feed
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
TITLES = {
    "en": "Boat found off Zuwarah",
    "fr": "Bateau retrouvé au large de Zouara",
    "ar": "العثور على قارب قبالة زوارة",
}
OTHER = "Barco hallado frente a Zuwara"


@pytest.fixture
def story(db) -> dict[str, Article]:
    """The French version is the newest, the English one the oldest."""
    morocco = Subject.objects.get(kind="country", slug="morocco").pk
    shared = {"story": uuid4(), "subjects": [morocco]}
    with viewing(DESK):
        of = feed()
        told = {
            code: article(
                of, title=TITLES[code], title_language=code, published_at=NOON - timedelta(hours=hours),
                released_at=timezone.now(), **shared,
            )
            for hours, code in enumerate(["fr", "ar", "en"])
        }  # fmt: skip
        article(of, title=OTHER, title_language="es", published_at=NOON + timedelta(hours=1), **shared)
    return told


def first_of(text: str) -> str:
    """Which of the versions stands first in a text."""
    places = {code: text.find(title) for code, title in {**TITLES, "es": OTHER}.items() if title in text}
    return min(places, key=places.__getitem__)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_on_the_page_of_the_news_and_in_its_fragment(client, story, language):
    assert first_of(body_of(client.get(f"/{language}/news/")).decode()) == language
    assert first_of(body_of(client.get(f"/{language}/news/", headers={"HX-Request": "true"})).decode()) == language
    assert first_of(body_of(client.get(f"/{language}/news/of/morocco/")).decode()) == language


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_in_the_feeds_that_programs_read(client, story, language, kind):
    [entry] = feedparser.parse(body_of(client.get(f"/{language}/news/{kind}/"))).entries
    assert (entry.title, entry.title_detail.language) == (TITLES[language], language)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_among_those_who_also_tell_it(client, story, language):
    with viewing(DESK):
        [spanish] = Article.objects.filter(title=OTHER)
    page = body_of(client.get(f"/{language}/news/{spanish.address_number}/")).decode()
    assert first_of(page.replace(OTHER, "")) == language


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_in_search_the_story_stands_once(client, story, language):
    page = body_of(client.get(f"/{language}/search/?q=Morocco")).decode()
    titles = [title for title in (*TITLES.values(), OTHER) if re.search(rf">\s*{title}\s*<", page)]
    assert titles == [TITLES[language]]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_in_a_digest_though_another_version_is_the_newest(story, language, reader):
    reader("official.mar")
    User.objects.filter(email="official.mar@imap.example").update(language=language, news_digest=NewsDigest.DAILY)
    now = timezone.now() + timedelta(hours=1)
    with viewing(DESK):
        Article.objects.exclude(title_language="fr").update(released_at=now - timedelta(hours=2))
        Article.objects.filter(pk=story["fr"].pk).update(released_at=now - timedelta(hours=1))
    [user] = User.objects.filter(email="official.mar@imap.example")
    mailings.plan("day:2026-11-30", User.objects.filter(pk=user.pk), now)
    [number] = mailings.undone(now)
    assert mailings.send(number, {"day": digests.compose}, now)
    assert first_of(mail.outbox[-1].body) == language


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_in_a_press_review_whichever_version_was_picked(story, language):
    with viewing(DESK):
        review = Review.objects.create(dialogue_id="mtm", month="2026-11", audience=["public"], published_at=NOON)
        ReviewItem.objects.create(review=review, article=story["ar"])
    with viewing(ANYONE), translation.override(language):
        [entry] = readable_review(ANYONE, pk=review.pk).entries
    assert entry.article.title == TITLES[language]


def test_what_the_reader_may_not_see_leads_nothing(client, story):
    with viewing(DESK):
        Article.objects.filter(pk=story["en"].pk).update(audience=["secretariat:mtm"])
    page = body_of(client.get("/en/news/")).decode()
    assert TITLES["en"] not in page
    assert first_of(page) == "ar"  # the first of the dialogue's languages


def test_without_the_readers_language_the_dialogues_order_holds(story):
    with viewing(ANYONE):
        versions = Article.objects.spoken().filter(story=story["en"].story).newest_first()
        order = [row.title_language for row in in_reading_order(versions, "de")]
    assert order == ["ar", "en", "fr", "es"]


def test_the_order_of_stories_and_pages_is_that_of_their_newest_version(story):
    with viewing(DESK):
        of = feed()
        for minutes in range(5):
            article(of, title=f"Note {minutes}", published_at=NOON + timedelta(minutes=minutes * 20))
    seen, place = [], None
    with viewing(ANYONE), translation.override("en"):
        for _ in range(3):
            page = news_page(ANYONE, Filters(), place, 2)
            seen += [told.article.title for told in page.stories]
            place = page.older
    assert seen == ["Note 4", "Note 3", TITLES["en"], "Note 2", "Note 1", "Note 0"]


def test_a_list_asks_as_many_questions_for_stories_in_many_languages(story, django_assert_max_num_queries):
    with viewing(ANYONE), translation.override("en"), django_assert_max_num_queries(2):
        news_page(ANYONE, Filters(), None)
