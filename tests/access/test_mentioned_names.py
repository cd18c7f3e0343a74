"""What a visible row merely mentions is said where its name may be said, and nowhere else: in pages, forms, sentences."""

import re

import pytest
from django.db import connection

from access import tokens
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.audiences.presets import who_can_read
from accounts.models import Affiliation, ReadingGroup
from atlas.models import Partner, Subject, SubjectKind, Theme
from imap.models import FormerAddress
from newscentre.models import Meeting, Project, Publication, Watch
from routes.models import MapEdition
from tests.access.planting import plant_other_desk
from tests.conftest import STRANGER, browser_of, user_of
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK, RABAT = Viewer.secretariat_of("mtm"), Viewer.secretariat_of("rabat-process")
GUILD, THEIR_THEME, THEIR_COUNTRY = "Harbour guild", "Quiet returns", "Quietland"


@pytest.fixture
def others() -> None:
    """A partner, a theme and a country that the Rabat Process keeps for itself."""
    plant_other_desk()
    Partner.objects.create(slug="harbour-guild", kind="organisation", name=GUILD, made_by_id="rabat-process")
    Theme.objects.create(slug="quiet-returns", name_en=THEIR_THEME, made_by_id="rabat-process")
    Subject.objects.create(
        kind=SubjectKind.COUNTRY, slug="quietland", name_en=THEIR_COUNTRY, iso3="QQQ", made_by_id="rabat-process"
    )


@pytest.fixture
def meeting(others) -> Meeting:
    country = Subject.objects.get(slug="quietland")
    with viewing(DESK):
        row = Meeting.objects.create(
            dialogue_id="mtm", theme_id="quiet-returns", slug="talks", name_en="Talks at sea", starts="2027-03-02",
            ends="2027-03-03", audience=["public"], country=country, host_id="harbour-guild",
        )  # fmt: skip
        row.supporters.set(["harbour-guild", "unhcr"])
        row.delegations.set(["harbour-guild", "morocco"])
    return row


def says(login: str, path: str, *words: str) -> list[str]:
    page = body_of(browser_of(login).get(path, follow=True)).decode()
    return [word for word in words if word in page]


@pytest.mark.parametrize("login", [STRANGER, "official.mar"])
def test_a_meeting_names_no_host_supporter_country_or_theme_that_its_reader_may_not_be_told_of(meeting, login):
    for path in (
        f"/en/calendar/{meeting.address_number}/",
        "/en/calendar/",
        "/en/calendar/2027-03/",
        f"/en/calendar/{meeting.address_number}.ics",
    ):
        assert says(login, path, GUILD, THEIR_THEME, THEIR_COUNTRY) == [], path
    assert says(login, f"/en/calendar/{meeting.address_number}/", "Talks at sea", "Morocco") == [
        "Talks at sea",
        "Morocco",
    ]
    said = says("editor.rabat", f"/en/calendar/{meeting.address_number}/", GUILD, THEIR_THEME, THEIR_COUNTRY)
    assert {GUILD, THEIR_COUNTRY} <= set(said)


def test_a_filter_by_a_name_that_may_not_be_told_finds_what_one_that_is_none_finds(meeting):
    client = browser_of(STRANGER)
    for address in ("country=quietland", "theme=quiet-returns"):
        name, word = address.split("=")
        there, missing = (
            body_of(client.get(f"/en/calendar/?{name}={asked}")).decode() for asked in (word, "x" * len(word))
        )
        assert "Talks at sea" not in there
        assert there.replace(word, "~") == missing.replace("x" * len(word), "~")
    assert says("editor.rabat", "/en/calendar/?country=quietland", "Talks at sea")


def test_the_library_names_no_theme_or_maker_that_its_reader_may_not_be_told_of(others):
    with viewing(DESK):
        shared = {"dialogue_id": "mtm", "theme_id": "quiet-returns", "audience": ["public"]}
        publication = Publication.objects.create(slug="a-book", title="A book", year=2027, **shared)
        project = Project.objects.create(slug="a-project", name_en="A project", starts="2027", **shared)
        for row in (publication, project):
            row.made_with.set(["harbour-guild", "unhcr"])
    for path in (
        f"/en/library/{publication.address_number}/",
        f"/en/library/projects/{project.address_number}/",
        "/en/library/",
    ):
        assert says(STRANGER, path, GUILD, THEIR_THEME) == [], path
    assert says("editor.rabat", f"/en/library/{publication.address_number}/", GUILD) == [GUILD]
    assert says(STRANGER, "/en/library/?theme=quiet-returns", "A book", "A project") == []


@pytest.mark.parametrize("path", ["profiles/profile/add/", "newscentre/meeting/add/", "indicators/source/add/"])
def test_forms_offer_no_partner_as_readers_that_their_desk_may_not_name(others, path):
    assert says("editor", f"/secretariat/{path}", GUILD, "Morocco") == ["Morocco"]
    assert says("editor.rabat", f"/secretariat/{path}", GUILD) == [GUILD]


def test_the_log_names_no_partner_that_its_desk_may_not_name(others):
    with viewing(Viewer.of(["public"])):
        Affiliation.objects.create(user=user_of("official.mar"), partner_id="harbour-guild", office="Office")
    assert says("official.mar", "/en/maps/mtm/irregular-mixed-migration/morocco/", "Morocco")
    assert says("editor", "/secretariat/accounts/logentry/", GUILD, "Morocco") == ["Morocco"]


def test_who_can_read_names_none_but_those_that_may_be_named(others):
    with viewing(DESK):
        ReadingGroup.objects.create(slug="round-table", dialogue_id="mtm", name_en="Round table of Rome")
    desk = tokens.secretariat("mtm")
    audiences = [
        ["partner:harbour-guild", desk],
        ["partner:harbour-guild", "partner:morocco", desk],
        ["group:round-table", desk],
    ]
    with viewing(ANYONE):
        sentences = [who_can_read(audience) for audience in audiences]
    assert sentences == [
        "Restricted access: the nominated users of named partners can read this.",
        "Restricted access: the nominated users of Morocco and of others can read this.",
        "Restricted access: the members of a named group can read this.",
    ]
    with viewing(RABAT):
        assert GUILD in who_can_read(audiences[0])
    with viewing(DESK):
        assert "Round table of Rome" in who_can_read(audiences[2])


def test_a_map_names_no_agency_that_its_reader_may_not_be_told_of(others):
    with viewing(DESK), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('imap.owner_access', '', true)")
        newest = MapEdition.objects.filter(dialogue="mtm", is_proof=False).order_by("-year", "-number").first()
        values = {field.attname: getattr(newest, field.attname) for field in MapEdition._meta.concrete_fields}
        features = list(newest.features.all())
        edition = MapEdition.objects.create(
            **(values | {"id": None, "number": newest.number + 1, "checked": [["harbour-guild", "2027-01-01"]]})
        )
        for row in features:
            row.pk, row.edition = None, edition
        type(features[0]).objects.bulk_create(features)
    assert says(STRANGER, "/en/maps/mtm/routes/", GUILD) == []
    assert says("editor.rabat", "/en/maps/mtm/routes/", GUILD) == [GUILD]


@pytest.fixture
def hidden_town() -> Subject:
    return Subject.objects.create(
        kind=SubjectKind.CITY, slug="quiet-harbour", name_en="Quiet harbour", made_by_id="mtm"
    )


def test_a_former_address_of_a_subject_is_read_by_those_who_may_be_told_of_it(hidden_town):
    Subject.objects.filter(pk=hidden_town.pk).update(slug="calm-harbour")
    Subject.objects.filter(kind="country", slug="mali").update(slug="republic-of-mali")
    seen = {}
    for name, viewer in (("anyone", ANYONE), ("rabat", RABAT), ("desk", DESK)):
        with viewing(viewer):
            under_the_lock = set(FormerAddress.objects.values_list("word", flat=True))
            assert set(FormerAddress.objects.visible_to(viewer).values_list("word", flat=True)) == under_the_lock
            seen[name] = under_the_lock
    assert seen == {"anyone": {"mali"}, "rabat": {"mali"}, "desk": {"mali", "quiet-harbour"}}


def test_a_saved_search_says_nothing_that_its_reader_may_no_longer_be_told(hidden_town):
    country = Subject.objects.get(kind="country", slug="mali")
    reader = browser_of("official.mar")
    Subject.objects.filter(pk=hidden_town.pk).update(is_reference=True)
    keep = "/en/news/searches/keep/"
    reader.post(keep, {"query": "?subject=quiet-harbour&language=ar", "name": ""})
    reader.post(keep, {"query": "?subject=quiet-harbour", "name": "Ships of Quiet harbour"})
    reader.post(keep, {"query": f"?subject={country.slug}", "name": ""})
    assert says("official.mar", "/en/news/searches/", "Arabic, Quiet harbour", "Ships of Quiet harbour", "Mali") == [
        "Arabic, Quiet harbour", "Ships of Quiet harbour", "Mali",
    ]  # fmt: skip
    with viewing(user_of("official.mar").viewer):
        kept = Watch.objects.exclude(query__contains="name").values_list("name", flat=True)
        assert "Quiet harbour" not in kept
    Subject.objects.filter(pk=hidden_town.pk).update(is_reference=False)
    page = body_of(browser_of("official.mar").get("/en/news/searches/")).decode()
    assert re.findall("<bdi>(.*?)</bdi>", page) == [
        "no longer available",
        "Arabic, no longer available",
        "Mali",
    ] or set(re.findall("<bdi>(.*?)</bdi>", page)) >= {"no longer available", "Arabic, no longer available", "Mali"}
    assert "Quiet harbour" not in page
