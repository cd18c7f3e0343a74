"""Nominations and lines of the log with canaries, for the tables that hold people's affairs."""

from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from access import tokens
from accounts.activity_log.writer import log_action
from accounts.models import (
    Action,
    Event,
    MandateEvent,
    Nomination,
    Submission,
    UseOfQuarter,
    User,
    Widening,
)
from indicators.models import Source

PARTNER, DIALOGUE = "morocco", "mtm"


def nomination(**values) -> Nomination:
    """Of Morocco, before the secretariat of the MTM Dialogue."""
    shared = {"partner_id": PARTNER, "office": "Office", "email": "candidate@imap.example", "reason": "Reason"}
    audience = [tokens.authority(PARTNER), tokens.secretariat(DIALOGUE)]
    return Nomination(**{"name": "Candidate", "audience": audience, **shared, **values})


def submission(of: Nomination, **values) -> Submission:
    audience = [tokens.authority(PARTNER), tokens.secretariat(DIALOGUE)]
    return Submission(**{"nomination": of, "dialogue_id": DIALOGUE, "audience": audience, **values})


def event(of: Nomination, **values) -> MandateEvent:
    shared = {"nomination": of, "name": of.name, "partner_id": PARTNER, "audience": of.audience}
    return MandateEvent(**{"event": Event.NOMINATED, "at": timezone.now(), **shared, **values})


def widening(asked_by: User, **values) -> Widening:
    """Of a row that is not there; the lock asks for the dialogue alone."""
    of = {
        "content_type": ContentType.objects.get_for_model(Source),
        "object_id": 10**12,
        "name": "cnry",
        "dialogue_id": DIALOGUE,
    }
    return Widening(**{"asked_by": asked_by, "wanted": [tokens.PUBLIC], **of, **values})


def use_of_quarter(**values) -> UseOfQuarter:
    numbers = {"reads": 9, "readers": 3, "partners": 2, "profiles": 4}
    return UseOfQuarter(**{"dialogue_id": DIALOGUE, "began_on": date(2012, 1, 1), **numbers, **values})


def plant_people(person: User) -> None:
    """To be called as the secretariat of the MTM Dialogue."""
    planted = nomination()
    planted.save()
    row = submission(planted)
    row.save()
    row.themes.set(["irregular-mixed-migration"])
    event(planted).save()
    log_action(Action.READ, person, dialogue=DIALOGUE, objects=["mtm/irregular-mixed-migration/morocco#1"])
    widening(person).save()
    use_of_quarter().save()
