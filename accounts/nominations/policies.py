"""Changes of a partner's policy: a narrower one takes effect at once, a wider one when a second person has confirmed it.

The policy holds in every dialogue of the partner, so a person of another dialogue's secretariat confirms where there is
one, else another of the same, else an administrator of the portal; all secretariats concerned are told.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.viewing import every_secretariat, viewing
from accounts import mail
from accounts.activity_log.writer import log_action
from accounts.models import Action, PartnerPolicy, PolicyWidening, User, WideningState
from accounts.nominations.nominating import desk_language
from atlas.models import Dialogue, Membership, Partner


@dataclass(frozen=True)
class Policy:
    domains: frozenset[str]
    months: int
    requires_second_factor: bool

    @classmethod
    def of(cls, row: PartnerPolicy) -> "Policy":
        return cls(frozenset(row.domains), row.months, row.requires_second_factor)

    def narrowed_to(self, wanted: "Policy") -> "Policy":
        """Of what is wanted, what lets fewer people in than now, or for a shorter time."""
        return Policy(
            self.domains & wanted.domains,
            min(self.months, wanted.months),
            self.requires_second_factor or wanted.requires_second_factor,
        )

    def changes_to(self, after: "Policy") -> str:
        """In the log's words, such as `+gmail.com 12→36 −factor`: what stays is not said again."""
        changes = [f"+{domain}" for domain in sorted(after.domains - self.domains)]
        changes += [f"−{domain}" for domain in sorted(self.domains - after.domains)]
        if self.months != after.months:
            changes.append(f"{self.months}→{after.months}")
        if self.requires_second_factor != after.requires_second_factor:
            changes.append("+factor" if after.requires_second_factor else "−factor")
        return " ".join(changes)


@transaction.atomic
def change(partner: Partner, by: User, wanted: Policy) -> PolicyWidening | None:
    """Applies what narrows, and returns what waits for a second person now, if anything does."""
    row = _held(partner)
    now = Policy.of(row)
    narrowed = now.narrowed_to(wanted)
    if narrowed != now:
        _apply(row, narrowed)
        _note(Action.POLICY_CHANGED, partner, by, now, narrowed)
    if wanted == narrowed:
        if narrowed != now:
            _waiting(partner).update(state=WideningState.OVERTAKEN, decided_at=timezone.now())
        return _waiting(partner).first()
    _waiting(partner).update(state=WideningState.OVERTAKEN, decided_at=timezone.now())
    widening = PolicyWidening.objects.create(
        partner=partner,
        added_domains=sorted(wanted.domains - narrowed.domains),
        months=wanted.months if wanted.months > narrowed.months else None,
        requires_second_factor=False if narrowed.requires_second_factor and not wanted.requires_second_factor else None,
        asked_by=by,
    )
    _note(Action.POLICY_ASKED, partner, by, narrowed, wanted)
    _tell(widening)
    return widening


@transaction.atomic
def confirm(widening: PolicyWidening, by: User) -> None:
    """Raises PermissionDenied for whoever may not, and when it was decided meanwhile."""
    row = _held(widening.partner)
    locked = _to_decide(widening, by)
    now, wider = Policy.of(row), widened(Policy.of(row), locked)
    _apply(row, wider)
    _decide(locked, WideningState.CONFIRMED, by)
    _note(Action.POLICY_CHANGED, locked.partner, by, now, wider)
    _tell(locked)


@transaction.atomic
def refuse(widening: PolicyWidening, by: User) -> None:
    """Raises PermissionDenied as `confirm` does."""
    row = _held(widening.partner)
    locked = _to_decide(widening, by)
    _decide(locked, WideningState.REFUSED, by)
    _note(Action.POLICY_REFUSED, locked.partner, by, Policy.of(row), widened(Policy.of(row), locked))
    _tell(locked)


def widened(now: Policy, widening: PolicyWidening) -> Policy:
    return Policy(
        now.domains | set(widening.added_domains),
        max(now.months, widening.months or 0),
        now.requires_second_factor and widening.requires_second_factor is not False,
    )


def who_could_confirm(widening: PolicyWidening) -> list[User]:
    """Of another dialogue's secretariat; where there is nobody, of the same; else the portal's administrators."""
    others = User.objects.filter(is_active=True).exclude(pk=widening.asked_by_id).order_by("pk")
    concerned = {dialogue.pk for dialogue in dialogues_of(widening.partner)}
    own = set(widening.asked_by.secretariats.values_list("dialogue_id", flat=True))
    for found in (
        others.filter(secretariats__dialogue__in=concerned - own),
        others.filter(secretariats__dialogue__in=concerned),
        others.filter(is_superuser=True),
    ):
        if people := list(found.distinct()):
            return people
    return []


def dialogues_of(partner: Partner) -> list[Dialogue]:
    """Those in which the partner takes part today, whoever asks: all of them are concerned, and nobody is told of them."""
    with viewing(every_secretariat()):
        taking_part = Membership.objects.current().filter(partner=partner).values("dialogue")
        return list(Dialogue.objects.filter(pk__in=taking_part))


def _held(partner: Partner) -> PartnerPolicy:
    """The partner's row, made when there is none, and nobody else's until this is done."""
    PartnerPolicy.objects.get_or_create(partner=partner)
    return PartnerPolicy.objects.select_for_update().get(partner=partner)


def _apply(row: PartnerPolicy, policy: Policy) -> None:
    row.domains = sorted(policy.domains)
    row.months, row.requires_second_factor = policy.months, policy.requires_second_factor
    row.save()


def _waiting(partner: Partner):
    return PolicyWidening.objects.filter(partner=partner, state=WideningState.WAITING)


def _to_decide(widening: PolicyWidening, by: User) -> PolicyWidening:
    locked = PolicyWidening.objects.select_for_update(of=("self",)).select_related("partner", "asked_by")
    found = locked.get(pk=widening.pk)
    if not found.is_waiting or by not in who_could_confirm(found):
        raise PermissionDenied
    return found


def _decide(widening: PolicyWidening, state: WideningState, by: User) -> None:
    widening.state, widening.decided_by, widening.decided_at = state, by, timezone.now()
    widening.save(update_fields=["state", "decided_by", "decided_at"])


def _note(action: Action, partner: Partner, by: User, before: Policy, after: Policy) -> None:
    """In each dialogue of the partner; of one in no dialogue, in those of whoever did it."""
    changes = f"{partner.pk}: {before.changes_to(after)}"
    concerned: list[str | None] = [one.pk for one in dialogues_of(partner)]
    for dialogue in concerned or [None]:
        log_action(action, by, dialogue=dialogue, objects=[changes])


def _tell(widening: PolicyWidening) -> None:
    """All secretariats concerned; and, as long as it waits, each who could confirm it."""
    desks = [(one.contact_email, desk_language(one)) for one in dialogues_of(widening.partner) if one.contact_email]
    people: Iterable[User] = who_could_confirm(widening) if widening.is_waiting else ()
    for address, language in {*desks, *((person.email, person.language) for person in people)}:
        page = mail.address_of("admin:accounts_policywidening_change", language, widening.pk)
        mail.send("policy", address, language, {"widening": widening, "page": page})
