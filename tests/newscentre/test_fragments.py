"""The latest news of a country, on its own page and on its profiles."""

import re
import uuid
from datetime import timedelta

import pytest

from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Subject
from demo.cast import ALL_FOUR
from newscentre.articles.fragments import SHOWN
from tests.newscentre.feeds_of_tests import NOON, article, feed
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
THEME = ["dialogue:mtm:irregular-mixed-migration"]
TITLE = re.compile(r'<a href="/\w\w/news/\d+/"[^>]*>([^<]*)</a>')
COUNTRY, PIECE = "/en/countries/morocco/", "/en/news/of/morocco/"


def told(title: str, country: str = "morocco", audience: tuple[str, ...] = ("public",), **values) -> None:
    with viewing(DESK):
        subject = Subject.objects.get(kind="country", slug=country)
        article(feed(audience=list(audience)), title=title, subjects=[subject.pk], **values)


def titles(client, address: str) -> list[str]:
    return TITLE.findall(body_of(client.get(address)).decode())


@pytest.mark.parametrize("address", [COUNTRY, PIECE])
def test_a_country_shows_its_newest_stories_and_no_others(reader, address):
    story = uuid.uuid4()
    for hours in range(SHOWN + 2):
        told(f"Article {hours}", published_at=NOON - timedelta(hours=hours))
    told("The same story", story=story, published_at=NOON - timedelta(minutes=20))
    told("The same story, newer", story=story, published_at=NOON - timedelta(minutes=10))
    told("Of Libya", "libya")
    client = reader("stranger")
    others = [f"Article {place}" for place in range(1, SHOWN - 1)]
    assert titles(client, address) == ["Article 0", "The same story, newer", *others]
    assert 'href="/en/news/?subject=morocco"' in body_of(client.get(address)).decode()


@pytest.mark.parametrize("address", [COUNTRY, PIECE])
def test_each_reader_sees_the_news_that_they_may_read(reader, address):
    told("Open")
    told("Restricted", audience=tuple(THEME))
    assert titles(reader("stranger"), address) == ["Open"]
    assert set(titles(reader("official.mar"), address)) == {"Open", "Restricted"}
    assert titles(reader("official.ukr"), address) == ["Open"]


def test_a_country_without_news_shows_no_heading_for_them(reader):
    told("Restricted", audience=tuple(THEME))
    assert "Latest news" not in body_of(reader("stranger").get(COUNTRY)).decode()
    answer = reader("stranger").get(PIECE)
    assert (answer.status_code, body_of(answer)) == (204, b"")


def test_a_profile_leads_to_the_news_of_its_country_and_says_where_the_latest_come_from(reader):
    page = body_of(reader("stranger").get("/fr/maps/mtm/migration-development/morocco/")).decode()
    assert (
        'data-fragment="/fr/news/of/morocco/"><p><a href="/fr/news/?subject=morocco">Dernières actualités</a>' in page
    )


def test_a_town_has_its_news_as_a_country_has_them(reader):
    with viewing(DESK):
        hub = Subject.objects.get(kind="hub", slug="agadez")
        article(feed(), title="Of Agadez", subjects=[hub.pk])
    assert titles(reader("stranger"), "/en/news/of/agadez/") == ["Of Agadez"]
    page = body_of(reader("official.mar").get("/en/maps/mtm/irregular-mixed-migration/agadez/")).decode()
    assert 'data-fragment="/en/news/of/agadez/"' in page


@pytest.mark.parametrize("nothing", ["atlantis", "remittances"])
def test_news_of_what_the_press_does_not_name_are_not_there(reader, nothing):
    assert reader("stranger").get(f"/en/news/of/{nothing}/").status_code == 404
