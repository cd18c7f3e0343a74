"""What a person may read, on which ground, and until when: one entry for each ground that gives a token."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from access import tokens
from access.viewer import Viewer
from accounts.dialogue_members import memberships_of
from accounts.models import Affiliation, ReadingGroup, Scope, User
from atlas.models import Dialogue


@dataclass(frozen=True)
class Entitlement:
    """`sentence`: “You may read …, because …”. `until`: the last day or None. `token`: the token given, or ''."""

    sentence: str
    until: date | None = None
    token: str = ""


def entitlements_of(user: User) -> list[Entitlement]:
    """Every ground on which this person may read, including grounds that no longer give anything."""
    viewer = user.viewer
    grounds = [*_of_secretariats(user)]
    for affiliation in _affiliations_of(user):
        grounds += _of_affiliation(affiliation, viewer)
    return [*grounds, *_of_engagements(user), *_by_name(user), *_of_groups(user)]


def _affiliations_of(user: User) -> list[Affiliation]:
    rows = Affiliation.objects.open().filter(user=user).select_related("partner__subject")
    known = Scope.objects.filter(dialogue__in=Dialogue.objects.visible_to(user.viewer))
    return list(rows.prefetch_related(Prefetch("scopes", known.select_related("dialogue", "theme"))))


def _of_secretariats(user: User) -> Iterator[Entitlement]:
    for seat in user.secretariats.select_related("dialogue"):
        yield Entitlement(
            _(
                "You may read and edit everything that is collected for %(dialogue)s, because you work in its Secretariat."
            )
            % {"dialogue": seat.dialogue.short_name},
            token=tokens.secretariat(seat.dialogue_id),
        )


def _of_affiliation(affiliation: Affiliation, viewer: Viewer) -> Iterator[Entitlement]:
    partner, until = affiliation.partner.display_name, affiliation.ends_on
    if affiliation.is_suspended:
        yield Entitlement(
            _("What you read for %(partner)s is suspended until %(partner)s confirms you again.") % {"partner": partner}
        )
        return
    held = tokens.partner(affiliation.partner_id)
    if not viewer.may_read([held]):
        yield Entitlement(
            _("You stand for %(partner)s, which gives you nothing to read today.") % {"partner": partner}, until
        )
        return
    for scope in affiliation.scopes.all():
        yield _of_scope(scope, partner, until, viewer)
    yield Entitlement(
        _(
            "You may read what is shared with %(partner)s or with every nominated user, because you stand for %(partner)s."
        )
        % {"partner": partner},
        until,
        held,
    )
    if viewer.may_nominate_for(affiliation.partner_id):
        yield Entitlement(
            _("You may nominate the people of %(partner)s, because %(partner)s authorised you.") % {"partner": partner},
            until,
            tokens.authority(affiliation.partner_id),
        )


def _of_scope(scope: Scope, partner: str, until: date | None, viewer: Viewer) -> Entitlement:
    names = {"dialogue": scope.dialogue.short_name, "theme": scope.theme.name, "partner": partner}
    token = tokens.dialogue(scope.dialogue_id, scope.theme_id)
    if not viewer.may_read([token]):
        sentence = _(
            "%(partner)s nominated you for “%(theme)s” (%(dialogue)s), "
            "but only what the Secretariat grants is open to you there."
        )
        return Entitlement(sentence % names, until)
    if scope.is_granted:
        sentence = _(
            "You may read the restricted profiles of “%(theme)s” (%(dialogue)s), "
            "because %(partner)s nominated you and the Secretariat granted it."
        )
    else:
        sentence = _(
            "You may read the restricted profiles of “%(theme)s” (%(dialogue)s), because %(partner)s nominated you."
        )
    return Entitlement(sentence % names, until, token)


def _of_engagements(user: User) -> Iterator[Entitlement]:
    known = user.engagements.filter(dialogue__in=Dialogue.objects.visible_to(user.viewer))
    for engagement in known.filter(ended_at=None, ends_on__gte=timezone.localdate()).select_related("dialogue"):
        words = {"dialogue": engagement.dialogue.short_name, "purpose": engagement.purpose}
        yield Entitlement(
            _(
                "You may read what is shared with you by name, because the Secretariat invited you (%(dialogue)s: %(purpose)s)."
            )
            % words,
            engagement.ends_on,
            tokens.person(engagement.dialogue_id, user.pk),
        )


def _by_name(user: User) -> Iterator[Entitlement]:
    """Being named: a secretariat may name as readers those who belong to its dialogue by a seat or mandate."""
    ends = dict(user.affiliations.values_list("pk", "ends_on"))
    last_days: dict[str, list[date | None]] = {}
    for one in memberships_of(user):
        if one.kind != "engagement":
            last_days.setdefault(one.dialogue, []).append(ends[one.ground] if one.kind == "affiliation" else None)
    for dialogue in Dialogue.objects.visible_to(user.viewer).filter(pk__in=last_days):
        days = last_days[dialogue.pk]
        yield Entitlement(
            _("You may read what %(dialogue)s shares with you by name, while you take part in it.")
            % {"dialogue": dialogue.short_name},
            None if None in days else max(day for day in days if day),
            tokens.person(dialogue.pk, user.pk),
        )


def _of_groups(user: User) -> Iterator[Entitlement]:
    known = Dialogue.objects.visible_to(user.viewer)
    for group in user.reading_groups.filter(dialogue__in=known).select_related("dialogue"):
        token = tokens.group(group.pk)
        if not user.viewer.may_read([token]):
            if group.is_open:
                yield Entitlement(_without_standing(group), group.ends_on)
        else:
            yield Entitlement(
                _(
                    "You may read what is shared with “%(group)s”, because you are a member of this group and take part in %(dialogue)s."
                )
                % {"group": group.name, "dialogue": group.dialogue.short_name},
                group.ends_on,
                token,
            )


def _without_standing(group: ReadingGroup) -> str:
    sentence = _(
        "You are a member of “%(group)s”, but read nothing by it: you have no mandate, invitation or seat in %(dialogue)s today."
    )
    return sentence % {"group": group.name, "dialogue": group.dialogue.short_name}
