"""The log is kept for its time: only the owner's role removes lines, and only old ones."""

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from access.owner_access import owner_access
from access.viewer import Viewer
from access.viewing import viewing
from accounts.activity_log.purging import purge_log
from accounts.models import Action, LogEntry

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

KEPT = settings.LOG_DAYS
AGES = {"today": 0, "just kept": KEPT - 1, "just too old": KEPT + 1, "long ago": 4000}  # days


@pytest.fixture
def lines() -> None:
    """Written by the owner, as nobody else can write a line of another day."""
    now = timezone.now()
    with owner_access():
        LogEntry.objects.using("owner").bulk_create(
            LogEntry(at=now - timedelta(days=days), action=Action.READ, object=name, audience=["secretariat:mtm"])
            for name, days in AGES.items()
        )


def kept() -> set[str]:
    with owner_access():
        return set(LogEntry.objects.using("owner").filter(object__in=AGES).values_list("object", flat=True))


def test_lines_are_removed_when_their_time_is_over_and_not_before(lines):
    said = StringIO()
    call_command("purge", stdout=said)
    assert kept() == {"today", "just kept"}
    assert said.getvalue() == "lines of the log older than 400 days: 2 removed\n"
    assert purge_log() == 0


def test_the_time_is_the_installations_to_choose(lines, settings):
    settings.LOG_DAYS = 5000
    assert purge_log() == 0
    assert kept() == set(AGES)


def test_without_keeping_the_owner_removes_nothing(lines):
    assert LogEntry.objects.using("owner").all().delete()[0] == 0
    assert kept() == set(AGES)


@pytest.mark.parametrize("viewer", [Viewer.of(()), Viewer.secretariat_of("mtm")], ids=["anyone", "the secretariat"])
def test_the_application_removes_and_changes_no_line(viewer):
    for statement in ("DELETE FROM accounts_logentry", "UPDATE accounts_logentry SET object = ''"):
        with viewing(viewer), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connections["default"].cursor().execute(statement)
