"""Who re-confirms is reminded 30, 14, 7 and 1 days before, once, on a working day of the partner's country."""

from datetime import date, timedelta

import pytest

from accounts.models import Affiliation, Reminder, User
from accounts.nominations import reminders
from accounts.tasks import remind_of_mandates
from atlas.models import Partner, Subject
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 3, 9)  # an ordinary week in Morocco
LIST = "http://localhost:8000/ar/nominations/people/"


def ends_on(login: str, day: date) -> None:
    Affiliation.objects.filter(user=user_of(login)).update(ends_on=day)


@pytest.fixture
def on(sent):
    """`on(day)` – what is sent on that day, as (to, subject, body)."""

    def run(day: date) -> list:
        with sent() as mails:
            reminders.remind(day)
        return mails

    return run


def told(mails) -> list[str]:
    return sorted(message.to[0].partition("@")[0] for message in mails)


@pytest.mark.parametrize("left", [30, 14, 7, 1])
def test_each_nominating_colleague_gets_one_mail_with_the_names_and_the_address_of_the_list(on, left):
    Affiliation.objects.filter(user=user_of("official.mar.dev")).update(may_nominate=True)
    ends_on("official.mar", MONDAY + timedelta(days=left))
    mails = [message for message in on(MONDAY) if message.to != ["official.mar@imap.example"]]
    assert told(mails) == ["focalpoint.mar", "official.mar.dev"]
    arabic = next(message for message in mails if "focalpoint" in message.to[0])
    assert "Official of Morocco" in arabic.body
    assert LIST in arabic.body
    assert "المغرب" in arabic.subject


def test_nothing_is_said_earlier_or_of_those_who_have_time(on):
    ends_on("official.mar", MONDAY + timedelta(days=31))
    assert on(MONDAY) == []
    assert not Reminder.objects.exists()


def test_a_step_is_told_once_however_often_the_task_runs(on):
    ends_on("official.mar", MONDAY + timedelta(days=30))
    assert told(on(MONDAY)) == ["focalpoint.mar"]
    assert on(MONDAY) == []
    assert on(MONDAY + timedelta(days=1)) == []
    assert told(on(MONDAY + timedelta(days=16))) == ["focalpoint.mar"]


@pytest.mark.parametrize(
    ("country", "day_off", "next_working_day"),
    [
        ("MA", date(2026, 3, 7), date(2026, 3, 9)),  # a Saturday
        ("EG", date(2026, 3, 6), date(2026, 3, 8)),  # a Friday; Sunday is a working day
        ("MA", date(2026, 7, 30), date(2026, 7, 31)),  # Throne Day
        ("", date(2026, 3, 8), date(2026, 3, 9)),  # a Sunday, of an organisation or where nothing is known
    ],
)
def test_a_step_on_a_day_off_is_told_on_the_next_working_day(on, country, day_off, next_working_day):
    Subject.objects.filter(partner="morocco").update(iso2=country)
    ends_on("official.mar", day_off + timedelta(days=14))
    day = day_off
    while day < next_working_day:
        assert told(on(day)) == []
        day += timedelta(days=1)
    assert told(on(next_working_day)) == ["focalpoint.mar"]


def test_the_last_step_is_told_even_when_the_day_has_passed_meanwhile(on):
    """The last day is a Sunday, the day before a Saturday: the list still says on Monday who is suspended."""
    ends_on("official.mar", MONDAY - timedelta(days=1))
    assert told(on(MONDAY)) == ["focalpoint.mar", "official.mar"]
    assert told(on(MONDAY + timedelta(days=1))) == []


def test_steps_that_were_missed_are_told_as_one(on):
    ends_on("official.mar", MONDAY + timedelta(days=6))
    assert told(on(MONDAY)) == ["focalpoint.mar", "official.mar"]


def test_the_list_names_everyone_who_is_due_when_one_step_has_come(on):
    ends_on("official.mar", MONDAY + timedelta(days=30))
    ends_on("official.mar.dev", MONDAY + timedelta(days=20))
    [message] = on(MONDAY)
    assert "Official of Morocco (development)" in message.body
    assert message.body.count("Official of Morocco") == 2


def test_re_confirmed_people_are_no_longer_named(on):
    ends_on("official.mar", MONDAY + timedelta(days=14))
    on(MONDAY)
    ends_on("official.mar", MONDAY + timedelta(days=365))
    assert on(MONDAY + timedelta(days=7)) == []


@pytest.mark.parametrize("change", [{"ended_at": "2026-01-01T00:00Z"}, {"leaves_on": MONDAY + timedelta(days=7)}])
def test_who_has_ended_or_hands_over_is_not_named(on, change):
    ends_on("official.mar", MONDAY + timedelta(days=7))
    Affiliation.objects.filter(user=user_of("official.mar")).update(**change)
    assert on(MONDAY) == []


def test_the_person_is_told_a_week_before_and_when_suspended(on):
    last_day = MONDAY + timedelta(days=7)
    ends_on("official.mar", last_day)
    assert "official.mar" in told(on(MONDAY))
    for day in range(1, 8):
        assert "official.mar" not in told(on(MONDAY + timedelta(days=day)))
    mails = [message for message in on(last_day + timedelta(days=1)) if message.to == ["official.mar@imap.example"]]
    assert len(mails) == 1
    assert "suspendu" in mails[0].subject
    assert "official.mar" not in told(on(last_day + timedelta(days=2)))


def test_nobody_is_asked_to_re_confirm_themselves_the_secretariats_are(on):
    ends_on("focalpoint.mar", MONDAY + timedelta(days=14))
    mails = on(MONDAY)
    assert told(mails) == ["mtm", "rabat-process"]
    assert all("Focal point of Morocco" in message.body for message in mails)
    assert all("/secretariat/accounts/affiliation/" in message.body for message in mails)


def test_a_colleague_is_asked_where_there_is_one(on):
    Affiliation.objects.filter(user=user_of("official.mar")).update(is_focal_point=True)
    ends_on("focalpoint.mar", MONDAY + timedelta(days=14))
    assert told(on(MONDAY)) == ["official.mar"]


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"password": "!never-came-in", "last_login": None}],
    ids=["inactive", "not come in"],
)
def test_a_colleague_who_cannot_sign_in_is_not_asked(on, change):
    User.objects.filter(email="focalpoint.mar@imap.example").update(**change)
    ends_on("official.mar", MONDAY + timedelta(days=14))
    assert told(on(MONDAY)) == ["mtm", "rabat-process"]


def test_each_partner_is_told_of_its_own_people_alone(on):
    Affiliation.objects.filter(user=user_of("official.ukr")).update(may_nominate=True)
    ukraine = Partner.objects.get(pk="ukraine")
    colleague = User.objects.create_user("colleague.ukr@imap.example", "a-password-of-2026", name="Colleague")
    Affiliation.objects.create(user=colleague, partner=ukraine, ends_on=MONDAY + timedelta(days=30))
    ends_on("official.mar", MONDAY + timedelta(days=30))
    bodies = {message.to[0].partition("@")[0]: message.body for message in on(MONDAY)}
    assert set(bodies) == {"focalpoint.mar", "official.ukr"}
    assert "Colleague" not in bodies["focalpoint.mar"]
    assert "Morocco" not in bodies["official.ukr"]


def test_the_task_can_be_run(sent):
    with sent() as mails:
        remind_of_mandates()
    assert mails == []


def test_the_scheduler_knows_the_tasks(settings):
    from celery import current_app

    current_app.loader.import_default_modules()  # as a worker does when it starts
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"accounts.tasks.remind_of_mandates", "accounts.tasks.end_what_is_over"} <= names <= set(current_app.tasks)
