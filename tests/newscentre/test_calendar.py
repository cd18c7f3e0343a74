"""The calendar: what readers see of meetings and their documents, and what calendar programs are told."""

import csv
import re
from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.utils import timezone
from icalendar import Calendar

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import Action, Affiliation, LogEntry, PersonalToken, TokenScope
from accounts.signing_in.personal_tokens import make_token, revoke
from atlas.sorting import sort_key
from atlas.wording import span
from demo.cast import ALL_FOUR
from imap.logs import JsonFormatter
from newscentre.calendar.months import Month, weeks_of
from newscentre.models import Meeting, MeetingDocument, ParticipantList
from newscentre.private_files import kind_of, validate_file_type
from search.kinds import kind_named
from search.query import search
from tests.access.planting_calendar import a_pdf, subscribe
from tests.conftest import STRANGER, browser_of, user_of
from tests.newscentre.office_files import office_file
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
THEME = ["dialogue:mtm:irregular-mixed-migration"]


def meeting(**values) -> Meeting:
    of = {"dialogue_id": "mtm", "slug": f"m-{Meeting.objects.count()}", "audience": ["public"], "name_en": "A meeting"}
    with viewing(DESK):
        return Meeting.objects.create(**{**of, "starts": "2013-06-18", **values})


def page(path: str, login: str = STRANGER) -> str:
    answer = browser_of(login).get(path)
    assert answer.status_code == 200, path
    return body_of(answer).decode()


def events(path: str, login: str = STRANGER) -> dict[str, object]:
    """Name → event of a calendar file."""
    answer = browser_of(login).get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["summary"]): event for event in Calendar.from_ical(body_of(answer)).walk("VEVENT")}


# The facts ------------------------------------------------------------------------------------------------------------


def test_every_meeting_of_the_facts_is_in_the_calendar_with_its_dates_as_partial_as_they_are():
    with (settings.DATA_DIR / "facts" / "mtm_meetings.csv").open(encoding="utf-8", newline="") as file:
        told = {(row["starts"], row["ends"], row["iso3"], row["theme"]) for row in csv.DictReader(file)}
    loaded = Meeting.objects.visible_to(ANYONE).values_list("starts", "ends", "country__iso3", "theme_id")
    assert {(starts, ends, iso3, theme or "") for starts, ends, iso3, theme in loaded} == told
    assert len(told) == 21


def test_what_the_sources_leave_in_doubt_is_said(reader):
    athens = Meeting.objects.get(slug="2010-athens")
    for language, words in (("en", "2011 in its chapter 3.3"), ("fr", "2011 à son chapitre 3.3"), ("ar", "فصله 3.3")):
        assert words in page(f"/{language}/calendar/{athens.address_number}/")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "29–30 March 2012"), ("fr", "29–30 mars 2012"), ("ar", "29–30 آذار/مارس 2012")],
)
def test_dates_are_written_as_each_language_does(language, words):
    assert words in page(f"/{language}/calendar/")


def test_partial_and_longer_spans_stay_what_they_are():
    assert span("2012", "") == "2012"
    assert span("2011", "2013") == "2011–2013"
    assert span("2012-05", "2012-06") == "May 2012 – June 2012"
    assert span("2012-05-31", "2012-06-01") == "31 May 2012 – 1 June 2012"
    assert span("2012-06-01", "2012-06-03", "fr") == "1er–3 juin 2012"


# Pages ----------------------------------------------------------------------------------------------------------------


def test_what_is_to_come_stands_before_what_was():
    today = timezone.localdate()
    meeting(name_en="Next week", starts=(today + timedelta(days=7)).isoformat())
    meeting(name_en="Tomorrow", starts=(today + timedelta(days=1)).isoformat())
    meeting(name_en="Running", starts=(today - timedelta(days=1)).isoformat(), ends=today.isoformat())
    meeting(name_en="Some day this month", starts=f"{today:%Y-%m}")
    meeting(name_en="Yesterday", starts=(today - timedelta(days=1)).isoformat())
    html = page("/en/calendar/")
    coming, past = html[html.index('id="to-come"') : html.index('id="past"')], html[html.index('id="past"') :]
    assert coming.index("Running") < coming.index("Tomorrow") < coming.index("Next week")
    assert "Some day this month" in coming
    assert "Yesterday" in past
    assert "Yesterday" not in coming


def test_the_list_is_filtered_without_a_script():
    shown = page("/en/calendar/?theme=migration-development&country=netherlands&year=2011")
    assert "Fifth i-Map expert meeting" in shown
    assert "Second i-Map expert meeting" not in shown
    for nothing in ("?dialogue=nowhere", "?year=20", "?year=%25", "?country=morocco%27", "?theme=" + "x" * 500):
        assert "There is no meeting here." in page(f"/en/calendar/{nothing}")


def test_pages_of_the_list_follow_each_other_without_a_gap():
    for number in range(60):
        meeting(name_en=f"Meeting no {number:02}.", slug=f"no-{number}", starts=f"19{30 + number}-05-04")
    pages = [page("/en/calendar/"), page("/en/calendar/?page=2")]
    found = [[number for number in range(60) if f"Meeting no {number:02}." in html] for html in pages]
    assert sorted(found[0] + found[1]) == list(range(60))
    assert "Earlier meetings" in pages[0]
    assert "Earlier meetings" not in pages[1]


def test_a_month_shows_each_meeting_on_each_of_its_days_and_those_without_a_day_beside():
    html = page("/en/calendar/2012-05/")
    assert "Seventh i-Map expert meeting" in html[: html.index("<table")]
    table = html[html.index("<table") :]
    day = table[table.index('datetime="2012-05-22"') :]
    assert "10-Year Anniversary" in day[: day.index("</td>")]
    assert page("/en/calendar/2012-03/").count("i-Map expert meeting on migration and development, Rome") == 2


@pytest.mark.parametrize(("language", "first"), [("en", "Monday"), ("fr", "lundi"), ("ar", "السبت")])
def test_a_week_begins_as_the_readers_language_has_it(language, first):
    html = page(f"/{language}/calendar/2012-05/")
    assert html[html.index("<abbr title=") :].startswith(f'<abbr title="{first}">')


def test_a_table_of_weeks_holds_every_day_once_whatever_the_week_begins_with():
    lasting = SimpleNamespace(first_day=date(2012, 1, 31), last_day=date(2012, 2, 2), has_days=True)
    for first in range(7):
        weeks = weeks_of(Month(2012, 2), first, [lasting])
        days = [day for week in weeks for day in week if day.date]
        assert [day.date.day for day in days] == list(range(1, 30))
        assert all(len(week) == 7 for week in weeks)
        assert [day.date.day for day in days if day.meetings] == [1, 2]
    assert Month(2012, 1).before == Month(2011, 12)
    assert Month(2012, 12).after == Month(2013, 1)
    assert Month(1, 1).before is None
    assert Month(9999, 12).after is None


@pytest.mark.parametrize("address", ["0001-01", "9999-12", "1900-02"])
def test_a_month_far_off_is_a_month(address):
    assert "There is no meeting in this month." in page(f"/en/calendar/{address}/")


@pytest.mark.parametrize("address", ["2012-13/", "2012-00/", "0000-01/", "999999999999999999/", "٢٠١٢-٠٥/", "2012/"])
def test_what_is_no_month_and_no_meeting_is_not_there(reader, address):
    assert reader(STRANGER).get(f"/en/calendar/{address}").status_code == 404


def test_partners_stand_alphabetically_in_the_readers_language():
    anniversary = Meeting.objects.get(slug="2012-05-22-valletta")
    assert anniversary.delegations.count() == 34
    html = page(f"/fr/calendar/{anniversary.address_number}/")
    listed = html[html.index("34 délégations") :]
    names = re.findall(r"<li>([^<]+)</li>", listed[: listed.index("</details>")])
    assert len(names) == 34
    assert names == sorted(names, key=lambda name: sort_key(name, "fr"))
    assert "Ministère de l’Intérieur" in html


# Documents and names --------------------------------------------------------------------------------------------------


@pytest.fixture
def agenda() -> MeetingDocument:
    of = meeting(name_en="With an agenda")
    with viewing(DESK):
        row = MeetingDocument(meeting=of, kind="agenda", title="Ordre du jour", language="fr", audience=None)
        row.file = ContentFile(a_pdf("agenda"), name="../../x\r\n\u202efdp.exe")
        row.save()
    return row


def test_a_document_is_handed_out_as_a_file_to_keep_and_nothing_in_it_would_run(agenda, reader):
    answer = reader(STRANGER).get(f"/en/calendar/documents/{agenda.address_number}/")
    assert body_of(answer) == a_pdf("agenda")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{agenda.meeting.slug}-agenda-fr.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in answer["Cache-Control"]


def test_a_file_has_no_address_of_its_own(agenda, reader):
    assert agenda.file.name.startswith("meetings/")
    assert "exe" not in agenda.file.name
    for address in (agenda.file.name, f"media/{agenda.file.name}", f"static/{agenda.file.name}"):
        assert reader("secretariat").get(f"/{address}").status_code == 404


def test_a_document_is_narrowed_with_its_meeting_at_once(agenda, reader):
    address = f"/en/calendar/documents/{agenda.address_number}/"
    with viewing(DESK):
        Meeting.objects.filter(pk=agenda.meeting_id).update(audience=THEME)
    assert reader(STRANGER).get(address).status_code == 404
    assert reader("official.mar").get(address).status_code == 200
    assert (
        LogEntry.objects.filter(action=Action.EXPORTED, object=f"calendar/documents/{agenda.address_number}").exists()
        is False
    )
    with viewing(DESK):
        assert LogEntry.objects.get(action=Action.EXPORTED).object == f"calendar/documents/{agenda.address_number}"


@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx"])
def test_office_documents_are_known_by_their_content(kind):
    assert kind_of(office_file(kind)) == kind
    assert kind_of(office_file(kind, macros=True)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4 without an end", b"PK\x03\x04 broken",
        a_pdf() + b"<script>alert(1)</script>", office_file("docx", "pptx"),
    ],
    ids=["nothing", "page", "drawing", "endless", "broken", "appended", "two-kinds"],
)  # fmt: skip
def test_anything_else_is_refused(content):
    assert kind_of(content) is None
    with pytest.raises(ValidationError):
        validate_file_type(ContentFile(content, name="x.pdf"))


def test_names_of_participants_are_never_for_everyone():
    of = meeting()
    for wide in (["public"], ["nominated"], ["nominated", *THEME]):
        with viewing(DESK), pytest.raises(DatabaseError), transaction.atomic():
            ParticipantList.objects.create(meeting=of, audience=wide, names="Somebody")
        with pytest.raises(ValidationError):
            ParticipantList(meeting=of, audience=wide, names="Somebody").clean_fields()


def test_of_an_open_meeting_the_dialogue_reads_the_names_and_the_public_does_not():
    of = meeting()
    with viewing(DESK):
        ParticipantList.objects.create(meeting=of, audience=THEME, names="A. Person, Ministry\nB. Person, Agency")
    assert "B. Person" in page(f"/en/calendar/{of.address_number}/", "official.mar")
    for login in (STRANGER, "official.mar.dev", "official.ukr", "observer.las"):
        assert "Person" not in page(f"/en/calendar/{of.address_number}/", login)
    with viewing(DESK):
        assert f"calendar/{of.address_number}/participants" in LogEntry.objects.values_list("object", flat=True)


# For calendar programs ------------------------------------------------------------------------------------------------


def test_days_become_days_and_the_end_is_the_day_after():
    [rome] = [event for name, event in events("/en/calendar/meetings.ics?year=2012").items() if "Rome" in name]
    assert rome["dtstart"].dt == date(2012, 3, 29)
    assert rome["dtend"].dt == date(2012, 3, 31)
    assert str(rome["location"]) == "Rome, Italy"


def test_hours_are_those_of_the_place_whatever_the_season():
    of = meeting(
        name_en="With hours", starts="2013-07-01", ends="2013-07-02", opens_at=time(9), closes_at=time(17, 30),
        time_zone="Europe/Malta",
    )  # fmt: skip
    [event] = events(f"/en/calendar/{of.address_number}/meeting.ics").values()
    assert event["dtstart"].params["TZID"] == "Europe/Malta"
    assert event["dtstart"].dt.isoformat() == "2013-07-01T09:00:00+02:00"
    assert event["dtend"].dt.isoformat() == "2013-07-02T17:30:00+02:00"
    assert b"BEGIN:VTIMEZONE" in body_of(browser_of(STRANGER).get(f"/en/calendar/{of.address_number}/meeting.ics"))
    with viewing(DESK), pytest.raises(DatabaseError), transaction.atomic():
        Meeting.objects.filter(pk=of.pk).update(time_zone="")


def test_a_meeting_ends_after_it_begins_and_may_be_the_last_of_all_days():
    for wrong in ({"ends": "2013-06-17"}, {"opens_at": time(9), "closes_at": time(9), "time_zone": "Europe/Malta"}):
        with pytest.raises(ValidationError):
            Meeting(dialogue_id="mtm", starts="2013-06-18", **wrong).clean()
    of = meeting(name_en="The last day", starts="9999-12-31")
    assert list(events(f"/en/calendar/{of.address_number}/meeting.ics")) == ["The last day"]


def test_a_meeting_of_which_the_day_is_unknown_is_in_no_file(reader):
    athens = Meeting.objects.get(slug="2010-athens")
    assert events("/en/calendar/meetings.ics?year=2010") == {}
    assert reader(STRANGER).get(f"/en/calendar/{athens.address_number}/meeting.ics").status_code == 404
    assert "meeting.ics" not in page(f"/en/calendar/{athens.address_number}/")


def test_hostile_words_stay_words_of_their_event():
    of = meeting(name_en="A\r\nEND:VEVENT\nATTENDEE:x;,\\ " + "ع" * 90, about_en="B\nBEGIN:VALARM")
    body = body_of(browser_of(STRANGER).get(f"/en/calendar/{of.address_number}/meeting.ics"))
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not [line for line in lines if line.startswith((b"ATTENDEE", b"BEGIN:VALARM"))]
    [event] = Calendar.from_ical(body).walk("VEVENT")
    assert "ع" * 90 in str(event["summary"])


def test_a_cancelled_meeting_says_so():
    of = meeting(state="cancelled")
    [event] = events(f"/en/calendar/{of.address_number}/meeting.ics").values()
    assert str(event["status"]) == "CANCELLED"
    assert "This meeting was cancelled." in page(f"/en/calendar/{of.address_number}/")


def test_a_subscription_ends_with_the_mandate_and_follows_the_audience_at_once(reader):
    of = meeting(name_en="For the dialogue", audience=THEME)
    person = user_of("official.mar")
    address = f"/en/calendar/subscriptions/{subscribe(person)}.ics"
    assert "For the dialogue" in events(address)
    with viewing(DESK):
        Meeting.objects.filter(pk=of.pk).update(audience=["secretariat:mtm"])
    assert "For the dialogue" not in events(address)
    Affiliation.objects.filter(user=person).update(ended_at=timezone.now())
    assert reader(STRANGER).get(address).status_code == 404


def test_a_revoked_a_wrong_and_a_machines_token_get_the_same_answer_as_what_is_not_there(reader):
    person = user_of("official.mar")
    machines = make_token(person, "machine", TokenScope.READ, 30)[1]
    secret = subscribe(person)
    revoke(PersonalToken.objects.get(scope=TokenScope.CALENDAR))
    answers = {
        reader(STRANGER).get(f"/en/calendar/subscriptions/{key}.ics").content.replace(key.encode(), b"~")
        for key in (secret, machines, "x" * 37)
    }
    assert len(answers) == 1
    assert reader(STRANGER).get(f"/en/calendar/subscriptions/{secret}.ics").status_code == 404


def test_a_token_in_an_address_is_in_no_log(caplog):
    secret = subscribe(user_of("official.mar"))
    with caplog.at_level("INFO"):
        browser_of(STRANGER).get(f"/en/calendar/subscriptions/{secret}.ics")
        browser_of(STRANGER).get(f"/en/calendar//subscriptions/{secret}.icsx")
    assert len([record for record in caplog.records if record.name == "imap.requests"]) == 2
    assert not [line for line in map(JsonFormatter().format, caplog.records) if secret in line]


# Search ---------------------------------------------------------------------------------------------------------------


def found(words: str, kind: str, viewer: Viewer = ANYONE) -> set[str]:
    with viewing(viewer):
        return {str(row) for row in search(viewer, words, kind_named(kind)).records}


def test_meetings_are_found_by_their_words_and_places_in_three_languages():
    for words in ("anniversary valletta", "anniversaire", "فاليتا", "Malte"):
        assert "10-Year Anniversary Event of the MTM Dialogue" in found(words, "meeting"), words


def test_documents_are_found_by_title_and_meeting_by_those_who_may_read_them(agenda):
    assert found("ordre du jour", "document") == {"Ordre du jour"}
    assert found("agenda", "document") == {"Ordre du jour"}
    with viewing(DESK):
        Meeting.objects.filter(pk=agenda.meeting_id).update(audience=THEME, name_en="Renamed zugzwang")
    assert found("ordre du jour", "document") == set()
    assert found("zugzwang", "document", Viewer.of(THEME)) == {"Ordre du jour"}
    with viewing(DESK):
        Meeting.objects.get(pk=agenda.meeting_id).delete()
    assert found("zugzwang", "document", Viewer.secretariat_of(*ALL_FOUR)) == set()
