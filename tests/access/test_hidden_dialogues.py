"""A dialogue that not everyone may know of: for the others neither it nor anything that belongs to it is there."""

import json
import re

import pytest
from django.db import connection, transaction
from django.test import Client

from access import tokens
from access.viewer import ANYONE, Viewer
from access.viewing import every_secretariat, viewing
from accounts.models import Action, LogEntry
from atlas.models import Coverage, Dialogue, DialogueTheme, Membership, OutlineSection, Subject
from demo.cast import ALL_FOUR
from imap.models import JournalEntry
from indicators.models import Indicator, Observation, Source
from newscentre.models import Link, Meeting, Project, Publication, Review
from profiles.models import Profile
from profiles.visible_edition import Address, visible_edition_of
from tests.access.planting_dialogues import HEADING, HIDDEN, THEME
from tests.accounts.page_forms import fields_of
from tests.conftest import STRANGER, browser_of, forget_all_pages, user_of
from tests.newscentre.feeds_of_tests import NOON, article, feed
from tests.readers import answer_to, body_of

RABAT = "rabat-process"
DESK = Viewer.secretariat_of(RABAT)
NAMES = ("Rabat Process", "Processus de Rabat", "عملية الرباط", "rabat-process")
PARTS = (DialogueTheme, OutlineSection, Coverage, Membership, Profile)
FORM = f"/secretariat/atlas/dialogue/{RABAT}/change/"


def narrow(*audience: str, dialogue: str = RABAT) -> None:
    with viewing(Viewer.secretariat_of(dialogue)):
        Dialogue.objects.filter(pk=dialogue).update(audience=list(audience))


@pytest.fixture
def narrowed(db) -> None:
    """One of the demonstration's own, with its profiles, maps, meetings and people, is for its Secretariat alone."""
    narrow()


def addresses_of(dialogue: str, theme: str, heading: str) -> list[str]:
    own = [f"/en/maps/{dialogue}/{tail}" for tail in ("", "about/", "partners/", "supporters/", "contact/", "by-year/")]
    own += [f"/en/maps/{dialogue}/{tail}" for tail in ("routes/", f"{theme}/", f"{theme}/across/{heading}/")]
    filtered = [f"/en/{page}?dialogue={dialogue}" for page in ("news/", "calendar/", "library/")]
    return [
        *own,
        f"/ar/maps/{dialogue}/",
        f"/fr/maps/{dialogue}/{theme}/",
        *filtered,
        f"/en/calendar/meetings.ics?dialogue={dialogue}",
    ]


@pytest.mark.parametrize("login", [STRANGER, "official.mar", "editor"])
def test_asking_for_a_hidden_dialogue_is_answered_as_asking_for_none(planted, login):
    client, words = browser_of(login), (HIDDEN, THEME, HEADING)
    client.get("/en/maps/")
    missing = [len(word) * letter for word, letter in zip(words, "xyz", strict=True)]
    for path, absent in zip(addresses_of(*words), addresses_of(*missing), strict=True):
        there, not_there = answer_to(client, path, *words), answer_to(client, absent, *missing)
        assert there == not_there, path
    feed = "/en/news/rss/?dialogue={}"  # its ETag is a digest of the bytes, its own address among them
    there, not_there = (
        client.get(feed.format(word)).content.decode().replace(word, "~") for word in (HIDDEN, missing[0])
    )
    assert there == not_there


PAGES = (
    "/en/", "/ar/", "/fr/", "/en/maps/", "/en/countries/", "/en/countries/morocco/", "/fr/countries/senegal/",
    "/ar/countries/mali/", "/en/news/", "/en/news/rss/", "/en/calendar/", "/en/library/", "/sitemap.xml",
    "/en/search/suggestions/?q=rab", "/api/ogc/collections", "/en/maps/mtm/", "/en/maps/mtm/partners/",
)  # fmt: skip


@pytest.mark.parametrize("login", [STRANGER, "official.ukr", "editor"])
def test_no_page_names_a_dialogue_that_was_narrowed(narrowed, login):
    client = browser_of(login)
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert [name for name in NAMES if name in text] == [], path


@pytest.mark.parametrize("login", ["focalpoint.mar", "official.mar"])
def test_pages_of_ones_own_answer_without_it_for_those_who_were_nominated_there(narrowed, login):
    client = browser_of(login)
    for path in ("/en/accounts/", "/en/nominations/", "/en/nominations/people/", "/en/nominations/new/", "/en/"):
        answer = client.get(path, follow=True)
        assert answer.status_code in (200, 404), path
        assert "Rabat Process" not in answer.content.decode(), path


def test_its_own_people_find_it_marked_as_not_open_to_everyone(narrowed):
    client = browser_of("secretariat")
    for path in ("/en/", "/en/maps/", "/en/maps/rabat-process/", "/en/countries/senegal/"):
        page = client.get(path).content.decode()
        assert "Rabat Process" in page and "Not for every reader of this page" in page, path
    assert "Not for every reader of this page" not in client.get("/en/maps/mtm/about/").content.decode()


def test_whom_its_audience_names_finds_it_and_others_do_not(db):
    narrow(tokens.partner("morocco"))
    assert browser_of("official.mar").get("/en/maps/rabat-process/").status_code == 200
    for login in (STRANGER, "official.ukr", "unhcr"):
        assert browser_of(login).get("/en/maps/rabat-process/").status_code == 404


OPEN_ROWS = {"audience": ["public"], "dialogue_id": RABAT}
MARK = re.compile(r'class="tier (?!public)')


@pytest.fixture
def open_rows(db) -> tuple[list[str], list[str]]:
    """Pages of rows of a dialogue that everyone may read by their own audience, and pages on which such rows stand."""
    with viewing(DESK):
        meeting = Meeting.objects.create(slug="m", name_en="Zugzwang meeting", starts="2031-05-20", **OPEN_ROWS)
        book = Publication.objects.create(slug="b", title="Zugzwang book", year=2031, **OPEN_ROWS)
        project = Project.objects.create(slug="p", name_en="Zugzwang project", starts="2031", **OPEN_ROWS)
        Link.objects.create(
            slug="l", name_en="Zugzwang link", category="forum", address="https://z.example/", **OPEN_ROWS
        )
        told = article(feed(dialogue_id=RABAT), title="Zugzwang news")
        Review.objects.create(month="2026-10", published_at=NOON, **OPEN_ROWS)
        source = Source.objects.create(slug="z", kind="national", name_en="Zugzwang office", **OPEN_ROWS)
        Observation.objects.create(
            indicator=Indicator.objects.get(slug="birth-rate"), subject=Subject.objects.get(slug="mali", kind="country"),
            period="2025", value=1, known_on="2026-01", source=source, **OPEN_ROWS,
        )  # fmt: skip
    own = [
        f"calendar/{meeting.address_number}/",
        f"library/{book.address_number}/",
        f"library/projects/{project.address_number}/",
        f"news/{told.address_number}/",
    ]
    lists = ["calendar/", "calendar/2031-05/", "library/", "library/?dialogue=rabat-process", "links/", "news/"]
    lists += ["news/reviews/", "countries/mali/", "search/?q=zugzwang+meeting", "search/?q=zugzwang+news"]
    return [*own, "news/reviews/rabat-process/2026-10/"], [*lists, "search/?q=zugzwang+book", "search/?q=zugzwang+link"]


def test_each_row_of_it_is_marked_wherever_it_is_shown_and_by_nothing_while_everyone_may_know_of_it(open_rows):
    client = browser_of("official.mar")
    paths = [path for pages in open_rows for path in pages]
    before = [number_marked(client, path) for path in paths]
    narrow(tokens.partner("morocco"))
    forget_all_pages()
    after = [number_marked(client, path) for path in paths]
    assert [path for path, was, now in zip(paths, before, after, strict=True) if now <= was] == []


def number_marked(client, path: str) -> int:
    answer = client.get(f"/en/{path}")
    assert answer.status_code == 200, path
    return len(MARK.findall(answer.content.decode()))


def test_what_is_read_of_it_is_noted_and_kept_confidential_in_calendars(open_rows):
    narrow(tokens.partner("morocco"))
    client = browser_of("official.mar")
    paths, _lists = open_rows
    for path in paths:
        client.get(f"/en/{path}")
    with viewing(every_secretariat()):
        assert LogEntry.objects.filter(action=Action.READ, dialogue=RABAT).count() >= len(paths)
    calendar = client.get("/en/calendar/meetings.ics?dialogue=rabat-process").content.decode()
    assert "CLASS:CONFIDENTIAL" in calendar and "CLASS:PUBLIC" not in calendar


def test_what_everyone_might_read_of_it_is_told_to_be_restricted_in_search_in_files_and_at_the_desk(db):
    narrow(tokens.secretariat("mtm"), dialogue="mtm")
    client = browser_of("editor")
    with viewing(Viewer.secretariat_of("mtm")):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", subject__slug="morocco")
        assert "public" in profile.audience
        before = LogEntry.objects.filter(action=Action.READ).count()
    found = client.get("/en/search/?q=remittances&kind=profile").content.decode()
    badges = re.findall(r"· MTM\s*<span class=\"tier (\w+)\"", found)
    assert set(badges) == {"secretariat"}
    with viewing(Viewer.secretariat_of("mtm")):
        assert LogEntry.objects.filter(action=Action.READ).count() > before
    for ending in ("", "?f=json"):
        assert Client().get(f"/en/maps/mtm/routes/editions/2012/1/routes.geojson{ending}").status_code == 404
    features = json.loads(body_of(client.get("/en/maps/mtm/routes/editions/2012/1/routes.geojson")))["features"]
    assert {row["properties"]["access"] for row in features} == {"restricted"}
    alone = "Restricted access: the Secretariat alone can read this."
    assert alone in client.get(f"/secretariat/profiles/profile/{profile.pk}/change/").content.decode()
    assert alone in client.get(f"/secretariat/profiles/profile/{profile.pk}/preview/en/").content.decode()


def test_a_country_page_says_nothing_of_taking_part_in_it(db):
    said = browser_of(STRANGER).get("/en/countries/senegal/").content.decode()
    assert "Rabat Process" in said
    narrow()
    assert "Rabat Process" not in browser_of(STRANGER).get("/en/countries/senegal/").content.decode()


# The database ---------------------------------------------------------------------------------------------------------


def test_either_lock_hides_it_with_all_that_belongs_to_it(narrowed):
    with viewing(ANYONE):
        assert not Dialogue.objects.filter(pk=RABAT).exists()
        assert [model for model in PARTS if model.objects.filter(dialogue=RABAT).exists()] == []
    with viewing(DESK):
        assert [model for model in PARTS if not model.objects.filter(dialogue=RABAT).exists()] == []
        assert [model for model in PARTS if model.objects.visible_to(ANYONE).filter(dialogue=RABAT).exists()] == []


def test_its_members_people_hold_what_they_held_and_nobody_reads_it_by_the_asking(db):
    official = user_of("official.mar")
    held = official.viewer.tokens
    assert tokens.dialogue(RABAT, "migration-development") in held
    narrow()
    with viewing(ANYONE):
        assert user_of("official.mar").viewer.tokens == held
        assert RABAT in {one for (one,) in _rows("SELECT dialogue_id FROM imap_standing(%s)", official.pk)}
        assert _rows("SELECT current_setting('imap.viewer')") == [(ANYONE.as_setting(),)]
        assert not Membership.objects.filter(dialogue=RABAT).exists()


def test_a_question_that_fails_inside_leaves_the_viewer_as_it_was(narrowed):
    with viewing(ANYONE):
        with pytest.raises(Exception, match="out of range"), transaction.atomic():
            _rows("SELECT imap_tokens_of((9223372036854775807 + %s)::bigint)", 1)
        assert not Dialogue.objects.filter(pk=RABAT).exists()


def test_the_word_of_the_portal_is_held_by_nobody():
    assert not tokens.is_token("portal")
    with pytest.raises(ValueError, match="not a token"):
        Viewer.of(["portal"])


def test_the_portals_own_work_reaches_it(narrowed):
    assert every_secretariat().tokens >= Viewer.secretariat_of(*ALL_FOUR).tokens
    with viewing(every_secretariat()):
        assert Profile.objects.filter(dialogue=RABAT).exists()


def _rows(sql: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


# Kept pages, and seeing it as others do -------------------------------------------------------------------------------


def test_a_kept_page_of_it_is_taken_back_at_once(db):
    with viewing(ANYONE):
        profile = next(row for row in Profile.objects.filter(dialogue="prague-process").order_by("pk"))
        address = Address(profile.dialogue_id, profile.theme_id, profile.slug)
        standing = visible_edition_of(ANYONE, address)
    path = f"/en/maps/{profile.path}/"
    assert standing is not None and tokens.PUBLIC in standing.audience
    assert browser_of(STRANGER).get(path).status_code == browser_of(STRANGER).get(path).status_code == 200
    narrow(dialogue="prague-process")
    assert browser_of(STRANGER).get(path).status_code == 404
    secretariat = user_of("secretariat").viewer
    with viewing(secretariat):
        seen = visible_edition_of(secretariat, address)
    assert seen is not None and seen.is_restricted(), "reading it is noted"


def test_a_secretariat_sees_it_as_the_public_does_and_finds_the_way_back(narrowed):
    client = browser_of("secretariat")
    client.post("/en/accounts/view-as/", {"dialogue": RABAT, "whom": "public"})
    missing = client.get("/en/maps/rabat-process/")
    assert missing.status_code == 404 and "as the public does" in missing.content.decode()
    assert "Rabat Process" in client.get("/en/accounts/view-as/").content.decode()
    client.post("/en/accounts/view-as/", {"leave": "1"})
    assert client.get("/en/maps/rabat-process/").status_code == 200


# The admin ------------------------------------------------------------------------------------------------------------


def _form(client, **changes) -> dict:
    return (
        fields_of(client.get(FORM).content.decode())
        | {"_save": ["Save"]}
        | {name: [to] for name, to in changes.items()}
    )


def test_an_administrator_narrows_it_with_a_line_of_the_log_and_of_the_journal(db):
    client = browser_of("secretariat")
    answer = client.post(FORM, _form(client, preset="theme"))
    assert answer.status_code == 302, answer.content.decode()
    with viewing(DESK):
        audience = set(Dialogue.objects.get(pk=RABAT).audience)
        lines = list(LogEntry.objects.filter(action=Action.AUDIENCE_CHANGED).values_list("object", flat=True))
    assert audience == {
        "secretariat:rabat-process", "dialogue:rabat-process:irregular-mixed-migration",
        "dialogue:rabat-process:migration-development",
    }  # fmt: skip
    assert lines == ["dialogues/rabat-process: public → theme"]
    [entry] = JournalEntry.objects.filter(of_table="atlas_dialogue")
    assert entry.key == {"slug": RABAT} and set(entry.change["audience"]) == audience
    assert browser_of(STRANGER).get("/en/maps/rabat-process/").status_code == 404
    assert browser_of("official.mar").get("/en/maps/rabat-process/").status_code == 200


def test_saving_it_without_touching_the_audience_notes_nothing(db):
    client = browser_of("secretariat")
    assert client.post(FORM, _form(client, strapline_en="Another line")).status_code == 302
    with viewing(DESK):
        assert "public" in Dialogue.objects.get(pk=RABAT).audience
        assert not LogEntry.objects.filter(action=Action.AUDIENCE_CHANGED).exists()
    assert not JournalEntry.objects.filter(of_table="atlas_dialogue").exists()


def test_an_older_form_does_not_open_what_a_colleague_narrowed_meanwhile(db):
    client = browser_of("secretariat")
    older = _form(client, strapline_en="Another line")
    narrow()
    assert client.post(FORM, older).status_code == 200
    with viewing(DESK):
        assert Dialogue.objects.get(pk=RABAT).audience == ["secretariat:rabat-process"]


def test_no_administrator_closes_it_to_themselves(db):
    administrator = user_of("secretariat")
    administrator.secretariats.filter(dialogue=RABAT).delete()
    client = browser_of("secretariat")
    page = client.post(FORM, _form(client, preset="secretariat")).content.decode()
    assert "first take a seat in its Secretariat" in page
    assert browser_of(STRANGER).get("/en/maps/rabat-process/").status_code == 200


def test_editors_change_no_dialogue(db):
    client = browser_of("editor")
    assert 'name="preset"' not in client.get("/secretariat/atlas/dialogue/mtm/change/").content.decode()
    assert client.post("/secretariat/atlas/dialogue/mtm/change/", {"preset": "secretariat"}).status_code == 403


def test_a_hidden_dialogue_is_offered_in_no_form_or_filter_of_the_admin(narrowed):
    client = browser_of("editor")
    for table in ("atlas/dialogue", "atlas/coverage", "atlas/membership", "atlas/outlinesection", "atlas/boundaryrule"):
        answer = client.get(f"/secretariat/{table}/")
        assert answer.status_code == 200
        assert "Rabat Process" not in answer.content.decode(), table


def test_a_new_dialogue_is_for_everyone_unless_it_is_narrowed(db):
    made = Dialogue.objects.create(
        slug="khartoum-process", short_name_en="Khartoum", name_en="Khartoum", languages=["en"]
    )
    made.refresh_from_db()
    assert set(made.audience) == {"public", "secretariat:khartoum-process"}
