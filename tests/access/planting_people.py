"""Nominations and lines of the log with canaries, for the tables that hold people's affairs."""

from django.utils import timezone

from access import tokens
from accounts.log import note
from accounts.models import Action, Event, MandateEvent, Nomination, Submission, User

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


def plant_people(person: User) -> None:
    """To be called as the secretariat of the MTM Dialogue."""
    planted = nomination()
    planted.save()
    row = submission(planted)
    row.save()
    row.themes.set(["irregular-mixed-migration"])
    event(planted).save()
    note(Action.READ, person, dialogue=DIALOGUE, objects=["mtm/irregular-mixed-migration/morocco"])
