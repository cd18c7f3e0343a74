"""Records what happened to a mandate: permanently in its history, and as a line of the activity log."""

from collections.abc import Iterable

from access import tokens
from accounts.activity_log.writer import log_action
from accounts.audiences.presets import names_in
from accounts.models import Action, Affiliation, Engagement, Event, MandateEvent, Nomination, User


def audience_of(partner: str | None, dialogues: Iterable[str], person: int | None = None) -> list[str]:
    """Tokens of the partner's authority, of the dialogues' secretariats and, if there is one, of the person."""
    authority = [tokens.authority(partner)] if partner else []
    people = [tokens.own(person)] if person else []
    return [*authority, *map(tokens.secretariat, sorted(dialogues)), *people]


def dialogues_of(nomination: Nomination) -> list[str]:
    """Slugs of all dialogues it was sent to, including those whose decisions the viewer may not see."""
    return names_in(nomination.audience, "secretariat")


def of_nomination(
    event: Event,
    by: User | None,
    nomination: Nomination,
    dialogues: Iterable[str] | None = None,
    remark: str = "",
) -> None:
    """Records an event. `dialogues`: those concerned if not all are, since secretariats do not see each other's decisions."""
    _keep(
        event,
        by,
        f"nominations/{nomination.pk}",
        dialogues_of(nomination) if dialogues is None else dialogues,
        nomination=nomination,
        partner_id=nomination.partner_id,
        person_id=nomination.user_id,
        name=nomination.name,
        note=remark,
    )


def of_affiliation(
    event: Event, by: User | None, affiliation: Affiliation, dialogues: Iterable[str], remark: str = ""
) -> None:
    _keep(
        event,
        by,
        f"mandates/{affiliation.pk}",
        dialogues,
        partner_id=affiliation.partner_id,
        person_id=affiliation.user_id,
        name=affiliation.user.get_short_name(),
        note=remark,
    )


def of_engagement(event: Event, by: User | None, engagement: Engagement, remark: str = "") -> None:
    _keep(
        event,
        by,
        f"engagements/{engagement.pk}",
        [engagement.dialogue_id],
        person_id=engagement.user_id,
        name=engagement.user.get_short_name(),
        note=remark,
    )


def _keep(event: Event, by: User | None, what: str, dialogues: Iterable[str], **values) -> None:
    dialogues = sorted(dialogues)
    only = dialogues[0] if len(dialogues) == 1 else None
    audience = audience_of(values.get("partner_id"), dialogues, values["person_id"])
    MandateEvent.objects.create(event=event, by=by, dialogue_id=only, audience=audience, **values)
    for dialogue in dialogues:
        log_action(Action.NOMINATED, by, dialogue=dialogue, objects=[f"{what}/{event.value}"])
