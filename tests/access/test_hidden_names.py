"""Names that a reader may not be told of: no page, list, filter, feed or address says them, nor that they are there."""

import re
from urllib.parse import quote, quote_plus

import pytest
from django.utils.html import escape

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import ReadingGroup
from atlas.models import Dialogue, NameVariant, Subject, SubjectKind
from indicators.models import Source
from newscentre.models import Article, Feed, Publisher, Status
from routes.models import Layer, Stop, StopDrawing
from tests.access.planting import plant_other_desk
from tests.access.planting_news import article
from tests.conftest import STRANGER, browser_of
from tests.readers import Answer, answer_to

pytestmark = pytest.mark.django_db

DESK = Viewer.secretariat_of("mtm")
SLUG, NAME = "kapikule-river-ford", "Kapikule river ford"


@pytest.fixture
def hub() -> Subject:
    """A hub in a layer for its Secretariat alone, on no map yet, and in the news."""
    country = Subject.objects.get(kind=SubjectKind.COUNTRY, slug="turkey")
    hub = Subject.objects.create(
        kind=SubjectKind.HUB, slug=SLUG, name_en=NAME, name_fr=NAME, name_ar="مخاضة نهر كابيكولي", country=country
    )
    _made_by_the_desk(hub)
    NameVariant.objects.create(subject=hub, language="en", text="Kapikule crossing")
    with viewing(DESK):
        layer = Layer.objects.create(
            dialogue_id="mtm", theme_id="irregular-mixed-migration", slug="hidden", name_en="Hidden"
        )
        stop = Stop.objects.create(layer=layer, place=hub, kind="crossing")
        StopDrawing.objects.create(stop=stop, point={"type": "Point", "coordinates": [26.3, 41.2]})
        publisher = Publisher.objects.create(slug="open-press", name="Open press")
        feed = Feed.objects.create(publisher=publisher, name="All", dialogue_id="mtm", audience=["public"])
        told = article(feed, title="Told of a crossing", subjects=[hub.pk])
        told.status, told.audience = Status.PUBLISHED, None
        told.save()
    return hub


def _made_by_the_desk(hub: Subject) -> None:
    hub.made_by_id = "mtm"
    hub.save()


@pytest.fixture
def other_desk(db):
    return plant_other_desk()


@pytest.mark.parametrize("login", [STRANGER, "official.mar", "editor.rabat"])
def test_a_hub_that_stands_only_in_a_hidden_layer_is_named_nowhere(hub, login, other_desk):
    client = browser_of(login)
    pages = [
        "/en/countries/turkey/",
        "/en/news/",
        f"/en/news/{Article.objects.get(title='Told of a crossing').address_number}/",
    ]
    for path in (*pages, "/en/news/rss/", "/en/search/?q=kapikule", "/en/search/suggestions/?q=kap", "/en/library/"):
        assert NAME not in client.get(path).content.decode(), path


@pytest.mark.parametrize("login", [STRANGER, "official.mar", "editor.rabat"])
def test_asking_for_a_hidden_hub_is_answered_as_asking_for_none(hub, login, other_desk):
    client, absent = browser_of(login), "x" * len(SLUG)
    client.get("/en/news/")
    for path in (
        f"/en/news/of/{SLUG}/", f"/en/news/?subject={SLUG}", f"/en/news/rss/?subject={SLUG}", f"/en/library/?subject={SLUG}",
        f"/en/news/atom/?subject={SLUG}", f"/en/maps/mtm/routes/of/hub/{SLUG}/", f"/ar/news/of/{SLUG}/",
    ):  # fmt: skip
        there, missing = client.get(path), client.get(path.replace(SLUG, absent))
        assert there.status_code == missing.status_code, path
        assert _plain(there, SLUG) == _plain(missing, absent), path


def _plain(response, slug: str) -> str:
    """Without what differs between any two answers: the address that was asked for, and marks of the moment."""
    text = response.content.decode().replace(slug, "~")
    return re.sub(r'nonce="[^"]*"|nonce-[^\']*|name="(?:csrfmiddlewaretoken|_once)" value="[^"]*"', "", text)


@pytest.fixture
def words_of_hidden_names(hub) -> list[str]:
    """Of a hub, a source, a group and a dialogue that nobody but a Secretariat may be told of; none stands in a text."""
    with viewing(DESK):
        Source.objects.create(slug="hidden-source", name_en="Vexillum office", dialogue_id="mtm", kind="national")
        ReadingGroup.objects.create(slug="hidden-group", name="Quorumite group", dialogue_id="mtm")
    with viewing(Viewer.secretariat_of("hidden-dialogue")):
        hidden = {"short_name_en": "Umbraculum", "name_en": "Umbraculum Process", "audience": []}
        Dialogue.objects.create(slug="hidden-dialogue", languages=["en"], started=2012, position=9, **hidden)
    of_the_hub = ["Kapikule", "كابيكولي", "kapikule -river", '"kapikule"', '"Kapikule river ford"', '"kapikule river"']
    quoted = ['"kapikule crossing"', "«نهر كابيكولي»", 'told or "kapikule crossing"', 'told -"kapikule river ford"']
    return [*of_the_hub, *quoted, "Vexillum", '"Vexillum office"', "quorumite", '"quorumite group"', "umbraculum"]


@pytest.mark.parametrize("login", [STRANGER, "official.mar", "editor.rabat"])
def test_looking_for_a_name_that_may_not_be_told_is_answered_as_looking_for_no_word(
    words_of_hidden_names, login, other_desk
):
    client = browser_of(login)
    client.get("/en/news/")
    for number, word in enumerate(words_of_hidden_names):
        absent = re.sub("[a-z]{7,}", lambda found: "q" * len(found[0]), word, flags=re.IGNORECASE)
        absent = re.sub("[ء-ي]{7,}", lambda found: "ظ" * len(found[0]), absent)
        language = ("en", "fr", "ar")[number % 3]
        for path in ("search/?q={}", "search/?q={}&kind=article", "search/suggestions/?q={}", "news/?publisher={}"):
            there, missing = (_answer_to(client, f"/{language}/{path}", asked) for asked in (word, absent))
            assert there == missing, (word, path)


def _answer_to(client, path: str, asked: str) -> Answer:
    written = quote_plus(asked)
    return answer_to(client, path.format(written), written, quote(asked), escape(asked), asked)


def test_who_may_be_told_of_a_hub_finds_what_was_written_on_it(hub):
    plain = ("Kapikule", "كابيكولي", "kapikule -ferry", "told kapikule")
    quoted = (
        '"Kapikule river ford"',
        '"kapikule crossing"',
        "«نهر كابيكولي»",
        'told "river ford"',
        '"kapikule ford" or told',
    )
    for words in (*plain, *quoted):
        assert "Told of a crossing" in _found_by_the_desk(words), words
    for words in ("told -kapikule", 'told -"kapikule river ford"', '"kapikule ford"', '"told kapikule"'):
        assert "Told of a crossing" not in _found_by_the_desk(words), words


def _found_by_the_desk(words: str) -> str:
    return browser_of("editor").get(f"/en/search/?q={quote(words)}").content.decode()


EVROS = "Evros river crossing"


@pytest.mark.parametrize("login", [STRANGER, "editor.rabat"])
def test_a_crossing_that_a_map_shows_to_few_is_named_to_those_alone(login, other_desk):
    """One of the demonstration's own layers is for the nominated of the dialogue and theme."""
    for path in ("/en/countries/turkey/", "/en/news/"):
        assert EVROS not in browser_of(login).get(path).content.decode(), path
        assert EVROS in browser_of("official.mar").get(path).content.decode(), path


def test_its_own_desk_is_told_of_it_before_any_map_shows_it(hub):
    client = browser_of("editor")
    assert NAME in client.get("/en/countries/turkey/").content.decode()
    assert NAME in client.get("/en/news/").content.decode()


ADMIN = "/secretariat/newscentre"


@pytest.fixture
def press(db) -> Publisher:
    """A publisher that an editor of the MTM Dialogue entered, whose one feed is for its Secretariat alone."""
    form = {"slug": "harbour-notes", "name": "Harbour notes", "link": "", "made_by": "mtm"}
    assert browser_of("editor").post(f"{ADMIN}/publisher/add/", form).status_code == 302
    publisher = Publisher.objects.get(pk="harbour-notes")
    with viewing(DESK):
        Feed.objects.create(publisher=publisher, name="Confidential", dialogue_id="mtm")
    return publisher


def test_a_hidden_feeds_publisher_is_named_to_no_other_desk(press, other_desk):
    client = browser_of("editor.rabat")
    completed = "/secretariat/autocomplete/?app_label=newscentre&model_name=feed&field_name=publisher&term=harb"
    for path in (
        f"{ADMIN}/publisher/", f"{ADMIN}/publisher/?q=harbour", f"{ADMIN}/feed/add/", f"{ADMIN}/feed/", f"{ADMIN}/article/",
        completed, "/en/news/", "/en/news/?publisher=harbour-notes", "/en/library/", "/en/links/",
    ):  # fmt: skip
        assert press.name not in client.get(path, follow=True).content.decode(), path
    own = browser_of("editor")
    assert press.name in own.get(f"{ADMIN}/publisher/").content.decode()
    assert press.name in own.get(f"{ADMIN}/feed/add/").content.decode()


def test_a_desk_changes_its_own_publishers_and_no_others(press, other_desk):
    changed = {"slug": press.pk, "name": "Renamed", "link": ""}
    there = browser_of("editor.rabat").post(f"{ADMIN}/publisher/{press.pk}/change/", changed, follow=True)
    missing = browser_of("editor.rabat").post(f"{ADMIN}/publisher/x{press.pk[1:]}/change/", changed, follow=True)
    assert "doesn’t exist" in there.content.decode() and "doesn’t exist" in missing.content.decode()
    press.refresh_from_db()
    assert press.name == "Harbour notes"
    browser_of("editor").post(f"{ADMIN}/publisher/{press.pk}/change/", changed)
    press.refresh_from_db()
    assert press.name == "Renamed"


def test_reference_data_is_changed_by_the_portals_administrators_alone(press):
    Publisher.objects.filter(pk=press.pk).update(is_reference=True)
    answer = browser_of("editor").post(f"{ADMIN}/publisher/{press.pk}/change/", {"slug": press.pk, "name": "Renamed"})
    assert answer.status_code == 403
    desk_form = browser_of("editor").get(f"{ADMIN}/publisher/add/").content.decode()
    assert 'name="is_reference"' not in desk_form
    assert 'name="is_reference"' in browser_of("secretariat").get(f"{ADMIN}/publisher/add/").content.decode()


def test_a_desk_that_sends_the_flag_along_makes_no_reference_data(db):
    form = {"slug": "own-press", "name": "Own press", "link": "", "made_by": "mtm", "is_reference": "on"}
    browser_of("editor").post(f"{ADMIN}/publisher/add/", form)
    made = Publisher.objects.get(pk="own-press")
    assert not made.is_reference and made.made_by_id == "mtm"


def test_an_address_that_another_desks_publisher_has_is_refused_without_saying_why(press, other_desk):
    Publisher.objects.create(slug="harbour-times", name="Harbour times", is_reference=True)
    client, answers = browser_of("editor.rabat"), []
    for slug in ("harbour-notes", "harbour-times"):
        form = {"slug": slug, "name": "Ours", "link": "", "made_by": "rabat-process"}
        page = client.post(f"{ADMIN}/publisher/add/", form).content.decode()
        assert "This address cannot be used." in page
        answers.append(
            re.sub(r'nonce="[^"]*"|name="(?:csrfmiddlewaretoken|_once)" value="[^"]*"', "", page).replace(slug, "~")
        )
    assert answers[0] == answers[1]


def test_a_feed_cannot_be_given_to_a_publisher_that_its_desk_may_not_name(press, other_desk):
    form = {
        "publisher": press.pk,
        "name": "Taken",
        "dialogue": "rabat-process",
        "preset": "secretariat",
        "rule": "wait",
    }
    page = browser_of("editor.rabat").post(f"{ADMIN}/feed/add/", form).content.decode()
    assert press.name not in page and "Select a valid choice" in page
    with viewing(Viewer.secretariat_of("rabat-process")):
        assert not Feed.objects.filter(name="Taken").exists()
