"""The news as readers find them: newest first, filtered, page by page, a story once, and nothing that is not theirs."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from atlas.models import Subject
from demo.cast import ALL_FOUR
from newscentre.articles import inbox
from newscentre.articles.listing import PER_PAGE
from newscentre.models import Article, ArticleTag, Publisher
from tests.newscentre.feeds_of_tests import NOON, article, feed
from tests.readers import answer_to, body_of

DESK = Viewer.secretariat_of(*ALL_FOUR)
THEME = ["dialogue:mtm:irregular-mixed-migration"]
HEADLINE = re.compile(r'<h2><a href="/\w\w/news/(\d+)/"[^>]*>([^<]*)</a>')


@pytest.fixture
def desk(db):
    """Writes as the secretariats; whoever reads meanwhile is set by each request."""

    def write(make, *arguments, **values):
        with viewing(DESK):
            return make(*arguments, **values)

    return write


def headlines(client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [unescape(title) for _, title in HEADLINE.findall(body_of(response).decode())]


# The list -------------------------------------------------------------------------------------------------------------


def test_the_newest_comes_first_and_every_page_costs_the_same(desk, reader):
    of, number = desk(feed), PER_PAGE * 2 + 5
    for hours in range(number):
        desk(article, of, title=f"Article {hours}", published_at=NOON - timedelta(hours=hours))
    client, address, seen, questions = reader("stranger"), "/en/news/", [], []
    while address:
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        page = body_of(response).decode()
        questions.append(len(asked))
        seen += [title for _, title in HEADLINE.findall(page)]
        older = re.search(r'href="([^"]*)" rel="next"', page)
        address = unescape(older[1]) if older else ""
    assert seen == [f"Article {hours}" for hours in range(number)]
    assert len(set(questions)) == 1


def test_articles_of_one_moment_are_each_shown_once(desk, reader):
    of = desk(feed)
    for _ in range(PER_PAGE + 3):
        desk(article, of)
    first = body_of(reader("stranger").get("/en/news/")).decode()
    second = unescape(re.search(r'href="([^"]*)" rel="next"', first)[1])
    seen = [pk for pk, _ in HEADLINE.findall(first + body_of(reader("stranger").get(second)).decode())]
    assert len(seen) == len(set(seen)) == PER_PAGE + 3


def test_a_reader_filters_without_any_script(desk, reader):
    morocco = Subject.objects.get(kind="country", slug="morocco").pk
    other = desk(Publisher.objects.create, slug="desk", name="Migration desk")
    of, elsewhere = desk(feed), desk(feed, publisher=other, dialogue_id="rabat-process")
    desk(article, of, title="Arabic", title_language="ar")
    desk(article, of, title="Money", categories=["remittances"])
    desk(article, of, title="Morocco", subjects=[morocco])
    desk(article, elsewhere, title="Elsewhere")
    desk(article, of, title="Old", published_at=NOON - timedelta(days=30))
    client = reader("stranger")
    found = {
        "": {"Arabic", "Money", "Morocco", "Elsewhere", "Old"},
        "?language=ar": {"Arabic"},
        "?category=remittances": {"Money"},
        "?subject=morocco": {"Morocco"},
        "?dialogue=rabat-process": {"Elsewhere"},
        "?publisher=desk": {"Elsewhere"},
        "?since=2026-11-24&until=2026-11-24": {"Arabic", "Money", "Morocco", "Elsewhere"},
        "?until=2026-11-01": {"Old"},
        "?subject=morocco&language=fr": set(),
    }
    assert {query: set(headlines(client, f"/en/news/{query}")) for query in found} == found


def test_a_town_is_asked_for_as_a_country_is_by_everything_of_that_name(desk, reader):
    hub = Subject.objects.get(kind="hub", slug="sebha").pk
    city = desk(Subject.objects.create, kind="city", slug="sebha", name_en="Sebha", name_fr="Sebha", name_ar="سبها").pk
    of = desk(feed)
    desk(article, of, title="Hub", subjects=[hub])
    desk(article, of, title="City", subjects=[city])
    desk(article, of, title="Neither")
    client = reader("stranger")
    assert set(headlines(client, "/en/news/?subject=sebha")) == {"Hub", "City"}
    page = body_of(client.get("/en/news/?subject=sebha")).decode()
    assert page.count('<option value="sebha" selected>Sebha</option>') == 1


def test_what_is_restricted_is_found_by_its_tags_by_its_readers_alone(desk, reader):
    morocco = Subject.objects.get(kind="country", slug="morocco").pk
    desk(article, desk(feed, audience=THEME), title="Restricted", subjects=[morocco], categories=["remittances"])
    for query in ("?subject=morocco", "?category=remittances", "?category=remittances&subject=morocco"):
        assert headlines(reader("stranger"), f"/en/news/{query}") == []
        assert headlines(reader("official.ukr"), f"/en/news/{query}") == []
        assert headlines(reader("official.mar"), f"/en/news/{query}") == ["Restricted"]


def test_an_article_that_is_corrected_is_found_by_what_it_names_now(desk, reader):
    client = reader("stranger")
    row = desk(article, desk(feed), title="Money", categories=["remittances"])
    row.categories = ["diaspora"]
    desk(row.save)
    assert headlines(client, "/en/news/?category=remittances") == []
    assert headlines(client, "/en/news/?category=diaspora") == ["Money"]
    desk(inbox.hide, Article.objects.filter(pk=row.pk))
    assert not ArticleTag.objects.exists()
    desk(inbox.publish, Article.objects.filter(pk=row.pk))
    assert headlines(client, "/en/news/?category=diaspora") == ["Money"]
    desk(Article.objects.filter(pk=row.pk).delete)
    assert not ArticleTag.objects.exists()


def test_a_filtered_list_is_in_order_and_pages_after_a_date_was_corrected(desk, reader):
    of = desk(feed)
    rows = [
        desk(article, of, title=f"Article {n}", categories=["diaspora"], published_at=NOON - timedelta(hours=n))
        for n in range(PER_PAGE + 2)
    ]
    rows[0].published_at = NOON - timedelta(days=3)
    desk(rows[0].save)
    client = reader("stranger")
    first = headlines(client, "/en/news/?category=diaspora")
    older = re.search(
        r'href="(/en/news/[?]category=diaspora&amp;before=[^"]+)"',
        body_of(client.get("/en/news/?category=diaspora")).decode(),
    )
    second = headlines(client, unescape(older[1]))
    assert first + second == [row.title for row in [*rows[1:], rows[0]]]


def test_a_subject_that_takes_another_address_takes_its_news_along(desk, reader):
    sebha = Subject.objects.get(kind="hub", slug="sebha")
    desk(article, desk(feed), title="Hub", subjects=[sebha.pk], categories=["diaspora"])
    desk(Subject.objects.filter(pk=sebha.pk).update, slug="sabha")
    client = reader("stranger")
    assert (
        headlines(client, "/en/news/?subject=sabha")
        == headlines(client, "/en/news/?category=diaspora&subject=sabha")
        == ["Hub"]
    )
    assert headlines(client, "/en/news/?subject=sebha") == []


def test_the_filters_stay_as_the_reader_set_them(desk, reader):
    of = desk(feed)
    for _ in range(PER_PAGE + 1):
        desk(article, of, categories=["diaspora"])
    page = body_of(reader("stranger").get("/en/news/?category=diaspora")).decode()
    assert '<option value="diaspora" selected>' in page
    assert "?category=diaspora&amp;before=" in page
    assert 'href="/ar/news/' in page


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=-1", "before=99999999999999999-1", "since=2026-13-45", "since=soon", "until=9999-12-31",
     "until=0001-01-01", "subject=nowhere", "category=%09", "language=" + "a" * 5000, "publisher='--", "dialogue[]=x",
     "before=" + "9" * 400, "category=a&category=b", "language=%E2%80%AE", "subject=%F0%9F%98%80"],
)  # fmt: skip
def test_whatever_stands_in_the_address_the_page_is_there(desk, reader, query):
    desk(article, desk(feed))
    assert reader("stranger").get(f"/en/news/?{query}").status_code == 200


def test_each_line_runs_in_its_own_direction(desk, reader):
    desk(article, desk(feed), title="إنقاذ مهاجرين", title_language="ar", excerpt="In English", excerpt_language="en")
    page = body_of(reader("stranger").get("/fr/news/")).decode()
    assert re.search(r'<a href="[^"]*" lang="ar" hreflang="ar" dir="rtl">إنقاذ مهاجرين</a>', page)
    assert '<p class="excerpt" lang="en" dir="ltr">In English</p>' in page


# Stories --------------------------------------------------------------------------------------------------------------


def test_a_story_stands_once_with_the_others_that_tell_it_below(desk, reader):
    of, story = desk(feed), uuid.uuid4()
    desk(article, of, title="First", story=story, published_at=NOON - timedelta(hours=3))
    desk(article, of, title="Newest", story=story)
    desk(article, of, title="Another")
    client = reader("stranger")
    assert sorted(headlines(client, "/en/news/")) == ["Another", "Newest"]
    assert "1 more article on this" in body_of(client.get("/en/news/")).decode()


def test_a_story_is_told_by_what_the_reader_may_see(desk, reader):
    """Its newest article is hidden from the public, which then reads the one before it, and no count of others."""
    story = uuid.uuid4()
    desk(article, desk(feed), title="Open", story=story, published_at=NOON - timedelta(hours=3))
    desk(article, desk(feed, audience=THEME), title="Restricted", story=story)
    assert headlines(reader("stranger"), "/en/news/") == ["Open"]
    assert "more article" not in body_of(reader("stranger").get("/en/news/")).decode()
    assert headlines(reader("official.mar"), "/en/news/") == ["Restricted"]


# The article ----------------------------------------------------------------------------------------------------------


def test_the_way_to_the_publisher_comes_first(desk, reader):
    morocco = Subject.objects.get(kind="country", slug="morocco").pk
    row = desk(article, desk(feed), excerpt="What it says.", subjects=[morocco], categories=["diaspora"])
    page = body_of(reader("stranger").get(f"/en/news/{row.address_number}/")).decode()
    link = page.index(f'<a href="{row.link}" rel="external noopener noreferrer"')
    assert link < page.index("What it says.")
    assert "Read the article at Sahel Desk" in page
    assert 'href="/en/news/?subject=morocco"' in page
    assert 'href="/en/news/?category=diaspora"' in page


@pytest.mark.parametrize("hidden", ["inbox", "hidden", "restricted"])
def test_what_a_reader_may_not_see_is_not_there(desk, reader, hidden):
    row = desk(article, desk(feed, audience=THEME if hidden == "restricted" else ["public"]))
    if hidden != "restricted":
        desk(Article.objects.filter(pk=row.pk).update, status=hidden, audience=[])
    client = reader("stranger")
    here, nowhere = f"news/{row.address_number}/", f"news/{'9' * len(str(row.address_number))}/"
    assert answer_to(client, f"/en/{here}", here) == answer_to(client, f"/en/{nowhere}", nowhere)
    assert client.get(f"/en/{here}").status_code == 404
    assert headlines(client, "/en/news/") == []


def test_reading_what_is_restricted_leaves_a_line_in_the_log(desk, reader):
    open_one, restricted = desk(article, desk(feed)), desk(article, desk(feed, audience=THEME))
    for row in (open_one, restricted):
        assert reader("official.mar").get(f"/en/news/{row.address_number}/").status_code == 200
    with viewing(DESK):
        assert list(LogEntry.objects.values_list("object", flat=True)) == [f"news/{restricted.address_number}"]


def test_publishers_of_restricted_feeds_are_not_named_to_others(desk, reader):
    secret = desk(Publisher.objects.create, slug="first-hand", name="First hand reports")
    desk(article, desk(feed, publisher=secret, audience=THEME))
    assert "First hand" not in body_of(reader("stranger").get("/en/news/")).decode()
    assert "First hand" in body_of(reader("official.mar").get("/en/news/")).decode()


def test_markup_in_a_title_is_text(desk, reader):
    nasty = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    row = desk(article, desk(feed), title=nasty, excerpt=nasty)
    for address in ("/en/news/", f"/ar/news/{row.address_number}/"):
        page = body_of(reader("stranger").get(address)).decode()
        assert "<img" not in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_news_are_only_read(desk, reader, method):
    row = desk(article, desk(feed))
    for address in ("/en/news/", f"/en/news/{row.address_number}/"):
        assert getattr(reader("stranger"), method)(address).status_code in (403, 405)
