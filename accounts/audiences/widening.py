"""Changes of audience: narrowing takes effect at once, widening beyond the theme's proposal needs a second person.

Every change makes a line of the log, with the preset before and after.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.presets import Preset
from accounts import mail
from accounts.activity_log.writer import log_action
from accounts.audiences.presets import names_in, preset_of
from accounts.models import Action, User, Widening, WideningState

Audience = list[str] | None  # None: as the row it belongs to


class AudienceRow(Protocol):
    """A row with an audience. `log_name` identifies it in the log and to a colleague."""

    pk: int
    audience: Audience

    @property
    def log_name(self) -> str: ...

    def save(self, *, update_fields: Iterable[str]) -> None: ...


@dataclass(frozen=True)
class Change:
    """`applied` is written now; `wanted` needs a second person where it is wider than may be applied at once."""

    before: Audience
    applied: Audience
    wanted: Audience = None
    is_asked: bool = False


def apply_audience_change(change: Change, row: AudienceRow, dialogue: str, by: User) -> None:
    """Logs the change that was written, and asks for confirmation of the rest."""
    if not _is_same(change.before, change.applied):
        _overtake(row)
        _note(Action.AUDIENCE_CHANGED, row.log_name, dialogue, change.before, change.applied, by)
    waiting = waiting_for(row)
    if change.is_asked and not (waiting and _is_same(waiting.wanted, change.wanted)):
        _overtake(row)
        _ask(row, dialogue, change.wanted, by)


def note_change(change: Change, name: str, dialogue: str, by: User) -> None:
    """Logs a change that needs no second person. `name` identifies the row in the log."""
    if not _is_same(change.before, change.applied):
        _note(Action.AUDIENCE_CHANGED, name, dialogue, change.before, change.applied, by)


def readers_of(audience: Audience, row: AudienceRow) -> list[str]:
    """Who reads the row with this audience; a row that inherits is read by the readers of its parent."""
    return row.audience_parent.audience if audience is None else audience  # type: ignore[attr-defined]


def who_could_confirm(dialogue: str, asked_by: User) -> list[User]:
    members = User.objects.filter(secretariats__dialogue=dialogue, is_active=True).exclude(pk=asked_by.pk)
    return list(members.order_by("pk"))


def waiting_for(row: AudienceRow) -> Widening | None:
    return _of(row).first()


@transaction.atomic
def confirm(widening: Widening, by: User) -> bool:
    """Applies what was asked. False, and nothing is applied, when the row's audience changed since, or the row is gone.

    Raises PermissionDenied for whoever asked, and for everyone outside that secretariat.
    """
    widening = _to_decide(widening, by)
    rows = widening.rows_for(by.viewer).select_for_update(of=("self",))
    row = rows.filter(pk=widening.object_id).first()
    if row is None or not _is_same(row.audience, widening.held):
        _decide(widening, WideningState.OVERTAKEN, by)
        return False
    row.audience = widening.wanted
    row.save(update_fields=["audience"])
    _decide(widening, WideningState.CONFIRMED, by)
    _note(Action.AUDIENCE_CHANGED, widening.name, widening.dialogue_id, widening.held, widening.wanted, by)
    return True


@transaction.atomic
def refuse(widening: Widening, by: User) -> None:
    """Raises PermissionDenied as `confirm` does."""
    widening = _to_decide(widening, by)
    _decide(widening, WideningState.REFUSED, by)
    _note(Action.WIDENING_REFUSED, widening.name, widening.dialogue_id, widening.held, widening.wanted, by)


def _ask(row: AudienceRow, dialogue: str, wanted: Audience, by: User) -> None:
    widening = Widening.objects.create(
        content_type=ContentType.objects.get_for_model(row),  # type: ignore[arg-type]
        object_id=row.pk,
        name=row.log_name[:200],
        dialogue_id=dialogue,
        held=row.audience,
        wanted=wanted,
        asked_by=by,
    )
    _note(Action.WIDENING_ASKED, widening.name, dialogue, row.audience, wanted, by)
    for member in who_could_confirm(dialogue, by):
        page = mail.address_of("admin:accounts_widening_change", member.language, widening.pk)
        mail.send("widening", member.email, member.language, {"name": widening.name, "by": by, "page": page})


def _to_decide(widening: Widening, by: User) -> Widening:
    locked = Widening.objects.visible_to(by.viewer).select_for_update().get(pk=widening.pk)
    if not locked.is_waiting or not locked.can_be_decided_by(by):
        raise PermissionDenied
    return locked


def _decide(widening: Widening, state: WideningState, by: User | None) -> None:
    widening.state, widening.decided_by, widening.decided_at = state, by, timezone.now()
    widening.save(update_fields=["state", "decided_by", "decided_at"])


def _overtake(row: AudienceRow) -> None:
    _of(row).update(state=WideningState.OVERTAKEN, decided_at=timezone.now())


def _of(row: AudienceRow):
    kind = ContentType.objects.get_for_model(row)  # type: ignore[arg-type]
    return Widening.objects.filter(content_type=kind, object_id=row.pk, state=WideningState.WAITING)


def _is_same(one: Audience, other: Audience) -> bool:
    return (one is None) is (other is None) and set(one or ()) == set(other or ())


def _note(action: Action, name: str, dialogue: str, before: Audience, after: Audience, by: User) -> None:
    log_action(action, by, dialogue=dialogue, objects=[f"{name}: {_in_words(before)} → {_in_words(after)}"])


def _in_words(audience: Audience) -> str:
    """The preset of an audience with the slugs that it names."""
    if audience is None:
        return "inherited"
    preset = preset_of(audience)
    kinds = {Preset.PARTNERS: "partner", Preset.GROUP: "group"}
    names = ",".join(names_in(audience, kinds[preset])) if preset in kinds else ""
    return f"{preset.value} {names}".strip()
