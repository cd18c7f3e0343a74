"""Who read which restricted edition: one line, one statement; what everyone may read makes none."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import profiles.views
from access.viewer import Viewer
from access.viewing import viewing
from accounts.activity_log.csv_export import as_csv
from accounts.activity_log.day_chart import day_chart
from accounts.activity_log.purging import purge_log
from accounts.activity_log.querysets import LINES_ON_A_PAGE, page_of
from accounts.activity_log.usage import ReportedUse
from accounts.activity_log.writer import log_action
from accounts.models import Action, Affiliation, LogEntry, UseOfQuarter, User
from accounts.tasks import count_use_by_quarter
from profiles.models import Profile, Section
from tests.conftest import user_of

pytestmark = pytest.mark.django_db
MTM = Viewer.secretariat_of("mtm")
EVERY_DESK = Viewer.secretariat_of("mtm", "budapest-process", "prague-process", "rabat-process")
IRREGULAR = "/en/maps/mtm/irregular-mixed-migration/morocco/"
OPEN = "/en/maps/mtm/migration-development/morocco/"
MOROCCO = "mtm/irregular-mixed-migration/morocco#1"
LOG = "/secretariat/accounts/logentry/"
USE = "/secretariat/accounts/useofquarter/"


def lines(action: Action = Action.READ) -> list[str]:
    with viewing(EVERY_DESK):
        return sorted(LogEntry.objects.filter(action=action).values_list("object", flat=True))


def inserts(client: Client, path: str, **how) -> int:
    """How many statements wrote to the log while this page was asked for."""
    method = how.pop("method", "get")
    with CaptureQueriesContext(connection) as queries:
        getattr(client, method)(path, **how)
    return sum("INSERT INTO accounts_logentry" in query["sql"] for query in queries)


# Writing: reads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        ("", f"{MOROCCO}/general-background"),
        ("detection/", f"{MOROCCO}/detection"),
        ("print/", MOROCCO),
        ("editions/1/", MOROCCO),
    ],
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_a_restricted_edition_makes_one_line_in_one_statement(reader, tail, words, method):
    assert inserts(reader("official.mar"), IRREGULAR + tail, method=method) == 1
    assert lines() == [words]
    with viewing(MTM):
        line = LogEntry.objects.get(action=Action.READ)
    assert (line.person, line.dialogue_id) == (user_of("official.mar"), "mtm")


def test_a_section_read_again_unchanged_is_read_again(reader):
    official = reader("official.mar")
    etag = official.get(IRREGULAR)["ETag"]
    assert inserts(official, IRREGULAR, headers={"If-None-Match": etag}) == 1
    assert official.get(IRREGULAR, headers={"If-None-Match": etag}).status_code == 304
    assert len(lines()) == 3


def test_reading_across_makes_a_line_for_each_restricted_text_in_one_statement(reader):
    official = reader("official.mar")
    assert inserts(official, "/en/maps/mtm/irregular-mixed-migration/across/detection/") == 1
    shown = lines()
    assert len(shown) > 10
    assert all(words.endswith("/detection") for words in shown)
    assert f"{MOROCCO}/detection" in shown
    assert len(set(shown)) == len(shown)


def test_what_everyone_may_read_makes_no_line_whoever_reads_it(reader):
    across = "/en/maps/mtm/migration-development/across/overview/"
    for login in ("official.mar", "editor", "stranger"):
        for path in (OPEN, f"{OPEN}overview/", f"{OPEN}print/", f"{OPEN}editions/1/", across, "/en/", "/en/maps/"):
            assert inserts(reader(login), path) == 0, (login, path)
    assert lines() == []


def test_what_is_not_there_makes_no_line(reader):
    official = reader("official.mar")
    for path in (f"{IRREGULAR}nosuch/", f"{IRREGULAR}editions/99/", "/en/maps/mtm/irregular-mixed-migration/nowhere/"):
        assert official.get(path).status_code == 404
    assert reader("official.ukr").get(IRREGULAR).status_code == 404
    assert lines() == []


def test_a_restricted_section_of_an_open_profile_makes_a_line_and_its_neighbours_none(reader):
    with viewing(MTM):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")
        Section.objects.filter(profile=profile, heading__slug="remittances").update(
            audience=["partner:morocco", "secretariat:mtm"]
        )
    official = reader("official.mar")
    assert inserts(official, f"{OPEN}overview/") == 0
    assert inserts(official, f"{OPEN}remittances/") == 1
    assert inserts(official, f"{OPEN}print/") == 1
    assert inserts(reader("unhcr"), f"{OPEN}print/") == 0, "UNHCR sees open texts only"
    assert inserts(official, "/en/maps/mtm/migration-development/across/remittances/") == 1
    words = "mtm/migration-development/morocco#1"
    assert lines() == [words, f"{words}/remittances", f"{words}/remittances"]


def test_a_page_that_fails_is_not_read(reader, monkeypatch):
    def failing(*arguments, **named):
        raise RuntimeError

    monkeypatch.setattr(profiles.views, "read", failing)
    official = reader("official.mar")
    official.raise_request_exception = False
    assert official.get(f"{IRREGULAR}print/").status_code == 500
    assert lines() == []


def test_whoever_views_as_someone_else_reads_under_their_own_name(reader):
    editor = reader("editor")
    editor.post(
        "/en/accounts/view-as/", {"dialogue": "mtm", "whom": "partner:morocco", "themes": ["irregular-mixed-migration"]}
    )
    assert inserts(editor, IRREGULAR) == 1
    with viewing(MTM):
        assert LogEntry.objects.get(action=Action.READ).person == user_of("editor")
    editor.post("/en/accounts/view-as/", {"dialogue": "mtm", "whom": "public"})
    assert inserts(editor, OPEN) == 0


def test_only_reading_goes_without_waiting_for_the_disk():
    for action, waits in ((Action.AUDIENCE_CHANGED, "on"), (Action.NOMINATED, "on"), (Action.READ, "off")):
        with viewing(MTM):
            log_action(action, user_of("editor"), dialogue="mtm", objects=["x"])
            with connection.cursor() as cursor:
                cursor.execute("SHOW synchronous_commit")
                assert cursor.fetchone() == (waits,), action


def test_an_object_with_a_long_name_is_cut_and_no_reading_fails_by_it():
    with viewing(MTM):
        log_action(Action.READ, user_of("editor"), dialogue="mtm", objects=["x" * 300])
    assert lines() == ["x" * 200]


# Showing --------------------------------------------------------------------------------------------------------------


def log(login: str, action: Action, words: str, dialogue: str | None = "mtm", days_ago: int = 0) -> None:
    """A line of some days ago, as the tests cannot change one that was written."""
    person = user_of(login)
    audience = [f"self:{person.pk}", f"secretariat:{dialogue or 'mtm'}"]
    LogEntry.objects.create(
        person=person, action=action, object=words, dialogue_id=dialogue, audience=audience,
        at=timezone.now() - timedelta(days=days_ago),
    )  # fmt: skip


@pytest.fixture
def some_lines():
    Affiliation.objects.update(begins_on="2012-01-01")
    with viewing(EVERY_DESK):
        log("official.mar", Action.READ, MOROCCO)
        log("unhcr", Action.READ, "mtm/irregular-mixed-migration/ghana#2", days_ago=3)
        log("official.mar", Action.SIGNED_IN, "", dialogue=None)
        log("official.mar", Action.READ, "rabat-process/migration-development/morocco#4", dialogue="rabat-process")
        log("editor", Action.VIEWED_AS, "public", days_ago=40)


def rows_of(page: str) -> list[str]:
    body = re.search(r'<table class="log">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)[1]
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]


def test_a_secretariat_sees_the_lines_of_its_own_dialogue_and_signing_in_of_its_people(some_lines, reader):
    rows = rows_of(reader("editor").get(LOG).content.decode())
    assert len(rows) == 3
    assert not any("rabat-process" in row for row in rows)
    assert any("signed in" in row for row in rows)
    assert len(rows_of(reader("secretariat").get(LOG).content.decode())) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("action=read", {MOROCCO, "mtm/irregular-mixed-migration/ghana#2"}),
        ("person=UNHCR", {"mtm/irregular-mixed-migration/ghana#2"}),
        ("person=official.mar@imap&action=read", {MOROCCO}),
        ("partner=unhcr", {"mtm/irregular-mixed-migration/ghana#2"}),
        ("partner=morocco&action=read", {MOROCCO}),
        ("object=ghana", {"mtm/irregular-mixed-migration/ghana#2"}),
        ("action=viewed-as", set()),
        (f"action=viewed-as&since={timezone.localdate() - timedelta(days=50)}", {"public"}),
        (f"until={timezone.localdate() - timedelta(days=1)}", {"mtm/irregular-mixed-migration/ghana#2"}),
    ],
)
def test_lines_are_found_by_person_partner_action_object_and_period(some_lines, reader, query, expected):
    page = reader("editor").get(f"{LOG}?{query}").content.decode()
    rows = rows_of(page)
    assert {
        words
        for words in (MOROCCO, "mtm/irregular-mixed-migration/ghana#2", "public")
        if any(words in row for row in rows)
    } == expected
    if not expected:
        assert rows == ["Nothing in the log answers this."]


def test_nothing_is_chosen_in_the_form_until_someone_chooses(some_lines, reader):
    """Sent as it stands, the form shows what the page showed."""
    page = reader("secretariat").get(LOG).content.decode()
    for name in ("dialogue", "action", "partner"):
        field = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)[0]
        assert re.search(r"<option value=\"(.*?)\"", field)[1] == "", name
        assert "selected" not in re.sub(r'<option value="" selected', "", field), name


def test_a_line_counts_for_the_partner_for_whom_its_person_stood_then(some_lines, reader):
    morocco = Affiliation.objects.get(user=user_of("official.mar"))
    morocco.ended_at = timezone.now() - timedelta(days=1)
    morocco.save()
    Affiliation.objects.create(user=morocco.user, partner_id="unhcr", begins_on=timezone.localdate())
    editor = reader("editor")
    assert MOROCCO not in editor.get(f"{LOG}?partner=morocco").content.decode()
    assert MOROCCO in editor.get(f"{LOG}?partner=unhcr").content.decode()


@pytest.mark.parametrize(
    "query", ["since=2020-01-01", "until=2020-01-01", "since=nonsense", "partner=nobody", "action=x"]
)
def test_a_question_that_cannot_be_answered_is_said_kindly(some_lines, reader, query):
    answer = reader("editor").get(f"{LOG}?{query}")
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert reader("editor").get(f"{LOG}export/?{query}").status_code == 302


@pytest.mark.parametrize(
    "before", ["x", "_", "2012-01-01_1", "2012-13-01T00:00+00:00_1", f"{quote('2012-01-01T00:00:00+00:00')}_{'9' * 40}"]
)
def test_a_place_that_nobody_gave_is_the_first_page(some_lines, reader, before):
    assert len(rows_of(reader("editor").get(f"{LOG}?before={before}").content.decode())) == 3


def test_pages_follow_each_other_without_a_gap_and_nothing_is_counted():
    with viewing(MTM):
        LogEntry.objects.bulk_create(
            LogEntry(action=Action.READ, object=str(number), dialogue_id="mtm", audience=["secretariat:mtm"],
                     at=datetime(2012, 2, 1, tzinfo=timezone.get_current_timezone()))
            for number in range(2 * LINES_ON_A_PAGE + 1)
        )  # fmt: skip
        found, before, pages = [], "", 0
        while pages == 0 or before:
            with CaptureQueriesContext(connection) as queries:
                page = page_of(LogEntry.objects.filter(dialogue="mtm"), MTM, before)
            assert not any("COUNT(" in query["sql"].upper() for query in queries)
            found += [line.object for line in page.lines]
            before, pages = page.before, pages + 1
        assert pages == 3
        assert found == [str(number) for number in reversed(range(2 * LINES_ON_A_PAGE + 1))]


def test_the_number_of_queries_does_not_grow_with_the_lines(some_lines, reader):
    editor = reader("editor")
    editor.get(LOG)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            editor.get(LOG)
        return len(queries)

    few = asked()
    with viewing(EVERY_DESK):
        for login in ("frontex", "official.mar.dev", "unhcr", "focalpoint.mar") * 5:
            log(login, Action.READ, MOROCCO)
    assert asked() == few


def test_the_chart_says_the_same_as_its_table(some_lines, reader):
    page = reader("editor").get(LOG).content.decode()
    assert len(re.findall("<rect ", page)) == 30
    assert 'role="img"' in page
    table = re.search(r"<details>.*?</details>", page, re.DOTALL)[0]
    assert re.findall(r"<td>(\d+)</td>", table) == ["1", "2"]


@pytest.mark.parametrize("login", ["official.mar", "focalpoint.mar", "unhcr", "stranger"])
def test_nobody_outside_a_secretariat_sees_the_log_not_even_who_nominated(some_lines, reader, login):
    for path in (LOG, f"{LOG}export/", USE, f"{USE}export/"):
        assert reader(login).get(path).status_code in (302, 404)
    if login == "focalpoint.mar":
        with viewing(user_of(login).viewer):
            assert not LogEntry.objects.exists()


def test_lines_are_for_reading_only(some_lines, reader):
    with viewing(MTM):
        line = LogEntry.objects.filter(dialogue="mtm").first()
    editor, superuser = reader("editor"), reader("secretariat")
    for client in (editor, superuser):
        assert client.get(f"{LOG}{line.pk}/change/").status_code == 200
        assert client.post(f"{LOG}{line.pk}/change/", {"object": "x"}).status_code == 403
        assert client.post(f"{LOG}{line.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get(f"{LOG}add/").status_code == 403
    with viewing(EVERY_DESK), pytest.raises(DatabaseError), transaction.atomic():
        line.delete()


# Taking along ---------------------------------------------------------------------------------------------------------


def cells(answer) -> list[list[str]]:
    assert answer["Content-Type"].startswith("text/csv")
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_lines_can_be_taken_along_and_that_is_noted(some_lines, reader):
    head, *rows = cells(reader("editor").get(f"{LOG}export/?action=read"))
    assert "object" in head
    assert {row[-1] for row in rows} == {MOROCCO, "mtm/irregular-mixed-migration/ghana#2"}
    assert {row[4] for row in rows} == {"Morocco", "United Nations High Commissioner for Refugees"}
    today = timezone.localdate()
    assert lines(Action.EXPORTED) == [f"log {today - timedelta(days=29)} – {today}"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\u200f=1", "\u202e=1", "＝1", "|x", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_becomes_a_text(cell):
    [[made]] = csv.reader(io.StringIO(as_csv([cell], [])[1:], newline=""))
    assert made == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Morocco", "a=b", "2012-02-01", "المغرب", 'with "quotes", and\na line'])
def test_other_cells_stay_as_they_are(cell):
    assert list(csv.reader(io.StringIO(as_csv([cell], [[cell]])[1:], newline="")))[-1] in ([cell], [])


def test_a_name_that_is_a_formula_does_nothing_in_the_file(some_lines, reader):
    User.objects.filter(email="official.mar@imap.example").update(name='=HYPERLINK("https://x.example")')
    rows = cells(reader("editor").get(f"{LOG}export/?person=official.mar"))
    assert {row[2] for row in rows[1:]} == {'\'=HYPERLINK("https://x.example")'}


# By quarter, and purged -----------------------------------------------------------------------------------------------


@pytest.fixture
def owners_transaction():
    """Lines are written and purged on the owner's connection, whose transaction is rolled back after the test."""
    with transaction.atomic("owner"):
        yield connections["owner"]
        transaction.set_rollback(True, "owner")


def old_line(login: str, at: str, words: str = MOROCCO, dialogue: str = "mtm", action: Action = Action.READ) -> None:
    person = User.objects.using("owner").get(email=f"{login}@imap.example")
    with viewing(EVERY_DESK, using="owner"):
        LogEntry.objects.using("owner").create(
            person_id=person.pk, action=action, object=words, dialogue_id=dialogue, audience=["secretariat:mtm"],
            at=datetime.fromisoformat(f"{at}T12:00+00:00"),
        )  # fmt: skip


def kept(dialogue: str = "mtm") -> dict[str, tuple[int, int, int, int]]:
    with viewing(EVERY_DESK, using="owner"):
        rows = UseOfQuarter.objects.using("owner").filter(dialogue=dialogue)
        return {row.period: (row.reads, row.readers, row.partners, row.profiles) for row in rows}


def left() -> int:
    with viewing(EVERY_DESK, using="owner"):
        return LogEntry.objects.using("owner").count()


NOW = datetime.fromisoformat("2030-06-30T12:00+00:00")
owners_too = pytest.mark.django_db(databases=["default", "owner"])


@owners_too
def test_reads_become_numbers_by_dialogue_and_quarter_before_their_lines_go(owners_transaction):
    Affiliation.objects.using("owner").update(begins_on="2020-01-01")
    for login in ("official.mar", "official.mar", "focalpoint.mar", "unhcr"):
        old_line(login, "2028-05-02")
    old_line("unhcr", "2028-06-30", "mtm/irregular-mixed-migration/ghana#1/detection")
    old_line("unhcr", "2028-07-01")
    old_line("editor", "2028-05-02")
    old_line("official.mar", "2028-05-02", "rabat-process/migration-development/morocco#1", "rabat-process")
    old_line("official.mar", "2028-05-02", "log", action=Action.EXPORTED)
    assert purge_log(NOW) == 9
    assert kept() == {"2028-Q2": (5, 3, 2, 2), "2028-Q3": (1, 1, 1, 1)}
    assert kept("rabat-process") == {"2028-Q2": (1, 1, 1, 1)}
    assert left() == 0


@owners_too
def test_numbers_once_counted_do_not_shrink_when_lines_go(owners_transaction, settings):
    settings.LOG_DAYS = 400
    Affiliation.objects.using("owner").update(begins_on="2020-01-01")
    for day, login in (("2029-05-20", "official.mar"), ("2029-06-10", "unhcr"), ("2029-06-11", "frontex")):
        old_line(login, day)
    assert purge_log(NOW - timedelta(days=20)) == 0
    assert purge_log(NOW) == 1
    assert purge_log(NOW) == 0
    assert left() == 2
    assert kept() == {"2029-Q2": (3, 3, 3, 1)}


def test_the_application_counts_the_present_quarter_and_purges_nothing(some_lines):
    count_use_by_quarter()
    count_use_by_quarter()
    with viewing(EVERY_DESK):
        assert UseOfQuarter.objects.filter(dialogue="mtm").aggregate(Sum("reads"))["reads__sum"] == 2
        assert UseOfQuarter.objects.filter(dialogue="rabat-process").aggregate(Sum("reads"))["reads__sum"] == 1
        assert LogEntry.objects.count() == 5


def test_numbers_of_few_readers_are_not_shown(reader):
    with viewing(EVERY_DESK):
        UseOfQuarter.objects.create(
            dialogue_id="mtm", began_on=date(2012, 4, 1), reads=71, readers=2, partners=1, profiles=33
        )
        UseOfQuarter.objects.create(
            dialogue_id="mtm", began_on=date(2012, 1, 1), reads=1200, readers=3, partners=2, profiles=9
        )
        UseOfQuarter.objects.create(
            dialogue_id="rabat-process", began_on=date(2012, 1, 1), reads=888, readers=9, partners=2, profiles=9
        )
    editor = reader("editor")
    _head, *rows = cells(editor.get(f"{USE}export/"))
    assert rows == [
        ["second quarter of 2012", "MTM", "–", "fewer than 3", "fewer than 3", "–"],
        ["first quarter of 2012", "MTM", "1,200", "3", "2", "9"],
    ]
    page = editor.get(USE).content.decode()
    assert "fewer than 3" in page
    assert "1,200" in page
    assert not {"71", "33", "888"} & set(re.findall(r">(\d+)<", page))
    assert lines(Action.EXPORTED) == ["use by quarter"]


def test_a_quarter_that_is_not_over_says_so(reader):
    began = timezone.localdate().replace(month=(timezone.localdate().month - 1) // 3 * 3 + 1, day=1)
    with viewing(MTM):
        row = UseOfQuarter.objects.create(dialogue_id="mtm", began_on=began, reads=5, readers=4, partners=3, profiles=2)
    assert "(so far)" in reader("editor").get(USE).content.decode()
    assert ReportedUse.of(row) == ("5", "4", "3", "2")


# The chart, without a database ----------------------------------------------------------------------------------------


def test_the_highest_day_fills_the_chart_and_days_without_lines_stay_empty():
    first, last = date(2012, 1, 30), date(2012, 2, 2)
    chart = day_chart(
        {date(2012, 1, 31): 4, date(2012, 2, 2): 1, date(2013, 1, 1): 99}, first, last, width=400, height=100
    )
    assert [(bar.number, bar.height, bar.y) for bar in chart.bars] == [
        (0, "0.00", "100.00"), (4, "100.00", "0.00"), (0, "0.00", "100.00"), (1, "25.00", "75.00"),
    ]  # fmt: skip
    assert chart.highest == 4
    assert [bar.day for bar in chart.with_any] == [date(2012, 1, 31), date(2012, 2, 2)]
    assert float(chart.bars[-1].x) + float(chart.bars[-1].width) <= 400


def test_a_chart_of_nothing_is_flat():
    chart = day_chart({}, date(2012, 1, 1), date(2012, 1, 1))
    assert [bar.height for bar in chart.bars] == ["0.00"]


def test_the_pages_of_log_and_use_are_in_the_index_of_the_admin(reader):
    page = reader("editor").get(reverse("admin:index")).content.decode()
    for path in (LOG, USE, "/secretariat/accounts/widening/"):
        assert f'href="{path}"' in page


def test_a_line_holds_no_control_character():
    log_action(Action.EXPORTED, user_of("editor"), objects=["a\x00\x0bb"])
    with viewing(user_of("editor").viewer):
        assert LogEntry.objects.filter(action=Action.EXPORTED).latest("pk").object == "a b"
