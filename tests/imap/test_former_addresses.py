"""What is cited stays found: a former address leads on to today's, for those who may read what stands there."""

import pytest
from django.contrib import admin
from django.db.models import SlugField
from django.test import RequestFactory
from django.urls import get_resolver, resolve

from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import OutlineSection, Subject
from demo.cast import ALL_FOUR
from imap.former_addresses import LEADING_ON, address_now
from newscentre.models import Review
from profiles.models import Profile
from routes.models import Story
from tests.access.test_matrix import patterns
from tests.conftest import browser_of
from tests.readers import answer_to

pytestmark = pytest.mark.django_db
EVERYTHING = Viewer.secretariat_of(*ALL_FOUR)
OPEN, RESTRICTED = "/maps/mtm/migration-development/", "/maps/mtm/irregular-mixed-migration/"


def rename(row, word: str) -> None:
    name = "month" if isinstance(row, Review) else "slug"
    with viewing(EVERYTHING):
        setattr(row, name, word)
        row.save()


def profile(theme: str = "migration-development", slug: str = "morocco") -> Profile:
    with viewing(EVERYTHING):
        return Profile.objects.get(dialogue="mtm", theme=theme, slug=slug)


def led_to(client, path: str) -> str:
    """Where a permanent redirect leads, which is a page."""
    answer = client.get(path)
    assert answer.status_code == 301, path
    assert answer["Cache-Control"] == "private, no-store"
    assert client.get(answer["Location"]).status_code == 200
    return answer["Location"]


@pytest.mark.parametrize("login", ["stranger", "official.mar"])
@pytest.mark.parametrize("tail", ["", "remittances/", "print/", "editions/1/", "?from=a-report"])
def test_the_permalinks_of_a_profile_lead_on_when_its_word_changes(login, tail):
    rename(profile(), "kingdom-of-morocco")
    client = browser_of(login)
    for language in ("en", "fr", "ar"):
        there = led_to(client, f"/{language}{OPEN}morocco/{tail}")
        assert there == f"/{language}{OPEN}kingdom-of-morocco/{tail}"


def test_every_word_that_it_ever_had_leads_to_todays():
    row = profile()
    for word in ("second", "third", "fourth"):
        rename(row, word)
    for word in ("morocco", "second", "third"):
        assert led_to(browser_of("stranger"), f"/en{OPEN}{word}/") == f"/en{OPEN}fourth/"


def test_a_word_that_another_profile_took_leads_to_that_one():
    first, second = profile(), profile(slug="senegal")
    rename(first, "second-word")
    rename(second, "morocco")
    client = browser_of("editor")
    assert client.get(f"/en{OPEN}morocco/").status_code == 200
    rename(second, "third-word")
    assert led_to(client, f"/en{OPEN}morocco/") == f"/en{OPEN}third-word/", "it stood there last"


TAILS = ["editions/99/", "no-such-section/"]


@pytest.mark.parametrize("tail", TAILS)
def test_what_stands_at_an_address_today_leads_to_nothing_else(tail):
    first, second = profile(), profile(slug="senegal")
    rename(first, "second-word")
    rename(second, "morocco")
    for login in ("stranger", "editor"):
        answer = browser_of(login).get(f"/en{OPEN}morocco/{tail}")
        assert answer.status_code == 404, "it led to the profile that stood there before"


@pytest.mark.parametrize("tail", TAILS)
def test_two_that_changed_their_words_with_each_other_do_not_lead_in_a_circle(tail):
    first, second = profile(), profile(slug="senegal")
    rename(first, "for-a-moment")
    rename(second, "morocco")
    rename(first, "senegal")
    for word in ("morocco", "senegal"):
        assert browser_of("stranger").get(f"/en{OPEN}{word}/{tail}").status_code == 404
    assert led_to(browser_of("stranger"), f"/en{OPEN}for-a-moment/") == f"/en{OPEN}senegal/"


def test_subjects_that_changed_their_words_with_each_other_do_not_lead_in_a_circle():
    one, other = Subject.objects.get(kind="country", slug="mali"), Subject.objects.get(kind="country", slug="italy")
    for row, word in ((one, "for-a-moment"), (other, "mali"), (one, "italy")):
        rename(row, word)
    request = RequestFactory().get("/en/countries/mali/")
    for word in ("mali", "italy"):
        request.resolver_match = resolve(f"/en/countries/{word}/")
        with viewing(EVERYTHING):
            assert address_now(request, EVERYTHING) is None


@pytest.mark.parametrize("login", ["stranger", "official.mar.dev", "official.ukr"])
def test_a_former_address_of_what_is_hidden_is_as_one_that_never_was(login):
    rename(profile("irregular-mixed-migration"), "kingdom")
    client = browser_of(login)
    client.get("/en/maps/")
    for tail in ("", "detection/", "print/", "editions/1/"):
        former, never = (answer_to(client, f"/en{RESTRICTED}{word}/{tail}", word) for word in ("morocco", "nowhere"))
        assert former == never
        assert former.text.startswith(b"404")
    assert led_to(browser_of("official.mar"), f"/en{RESTRICTED}morocco/") == f"/en{RESTRICTED}kingdom/"


def a_section():
    return OutlineSection.objects.get(dialogue="mtm", theme="migration-development", kind="country", slug="remittances")


def a_story():
    story = Story.objects.filter(dialogue="mtm", audience__contains=["public"]).first()
    assert story is not None
    return story


def a_review():
    with viewing(EVERYTHING):
        now = "2025-03-04T05:06:07Z"
        return Review.objects.create(dialogue_id="mtm", month="2025-03", audience=["public"], published_at=now)


@pytest.mark.parametrize(
    ("found", "word", "address"),
    [
        (a_section, "money-sent-home", OPEN + "morocco/{}/"),
        (a_section, "money-sent-home", OPEN + "across/{}/"),
        (lambda: Subject.objects.get(kind="country", slug="mali"), "republic-of-mali", "/countries/{}/"),
        (lambda: Subject.objects.get(kind="country", slug="italy"), "italia", "/maps/mtm/routes/of/country/{}/"),
        (lambda: Subject.objects.get(kind="route", slug="west-africa"), "atlantic", "/maps/mtm/routes/of/route/{}/"),
        (a_story, "another-story", "/maps/mtm/routes/stories/{}/"),
        (a_review, "2025-04", "/news/reviews/mtm/{}/"),
    ],
)
def test_each_thing_whose_word_stands_in_an_address_leads_on(found, word, address):
    row = found()
    before = row.month if isinstance(row, Review) else row.slug
    client = browser_of("stranger")
    assert client.get(f"/en{address.format(before)}").status_code == 200
    rename(row, word)
    assert led_to(client, f"/en{address.format(before)}") == f"/en{address.format(word)}"


def test_a_change_in_bulk_is_kept_too():
    with viewing(EVERYTHING):
        Profile.objects.filter(pk=profile().pk).update(slug="in-bulk")
    assert led_to(browser_of("stranger"), f"/en{OPEN}morocco/") == f"/en{OPEN}in-bulk/"


# Addresses with a word that nobody can change: keys, numbers, and words by which rows are known in the database.
WITHOUT_FORMER_ONES = {
    "about", "basemap", "by_year", "contact", "dialogue", "former_terms", "openid_connect_callback", "openid_connect_login",
    "partners", "route_edition", "route_edition_number", "route_export", "route_layers", "route_proof",
    "route_proof_layers", "route_sheet", "routes", "stop_digest", "supporters", "theme",
    "ogc_collection", "ogc_item", "ogc_items", "news_feed",
}  # fmt: skip


def test_every_address_with_a_word_leads_on_or_has_a_word_that_stands():
    with_words = {
        name for name, route in patterns(get_resolver("imap.urls")) if "<slug:" in route or "<month_of_review:" in route
    }
    assert {name for name in with_words if not name.startswith("admin:")} <= set(LEADING_ON) | WITHOUT_FORMER_ONES


def test_a_word_by_which_rows_are_known_in_the_database_cannot_be_changed():
    """The form of another word would add a second row and leave the first."""
    client = browser_of("secretariat")
    for model in admin.site._registry:
        if not isinstance(model._meta.pk, SlugField):
            continue
        row = model._default_manager.first()
        if row is None:
            continue
        answer = client.get(f"/secretariat/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/")
        if answer.status_code == 200:
            assert f'name="{model._meta.pk.name}"' not in answer.content.decode(), model
