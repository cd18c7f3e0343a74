"""Exports everything that the portal holds about a person, without any secret."""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Model, Q, QuerySet

from access.viewer import Viewer
from accounts.account_page.entitlements import entitlements_of
from accounts.account_page.export_registry import FURTHER
from accounts.models import LogEntry, MandateEvent, Nomination, User


def personal_data_of(user: User, viewer: Viewer) -> dict[str, Any]:
    """Data by kind. Rows that have an audience are included only if the person may see them."""
    return {
        "account": _fields(
            user, "email name language news_digest is_active is_staff joined_at last_login visit_began_at last_visit_at"
        ),
        "may_read": [{"because": ground.sentence, "until": ground.until} for ground in entitlements_of(user)],
        "affiliations": [
            {
                **_fields(row, "partner_id office begins_on ends_on ended_at is_focal_point may_nominate"),
                "scopes": _rows(row.scopes.all(), "dialogue_id theme_id is_granted"),
            }
            for row in user.affiliations.prefetch_related("scopes")
        ],
        "engagements": _rows(user.engagements.all(), "dialogue_id purpose ends_on ended_at"),
        "secretariats": _rows(user.secretariats.all(), "dialogue_id"),
        "groups": _rows(user.reading_groups.all(), "slug dialogue_id ends_on"),
        "nominations": [
            {
                **_fields(row, "partner_id name office email language reason received_on"),
                "letter": row.letter.name.rpartition("/")[2],
                "submissions": _rows(row.submissions.visible_to(viewer), "dialogue_id state reason decided_at"),
            }
            for row in Nomination.objects.visible_to(viewer).filter(Q(user=user) | Q(nominated_by=user))
        ],
        "history": _rows(
            MandateEvent.objects.visible_to(viewer).filter(Q(person=user) | Q(by=user)),
            "at event name partner_id dialogue_id note",
        ),
        "invitations": _rows(user.invitations.all(), "email sent_at expires_at used_at cancelled_at"),
        "terms_accepted": _rows(user.acceptances.all(), "terms_id language at"),
        "second_factors": _rows(Authenticator.objects.filter(user=user), "type created_at last_used_at"),
        "agency_accounts": _rows(user.agency_accounts.all(), "agency subject first_used_at"),
        "sessions": _rows(UserSession.objects.filter(user=user), "created_at ip user_agent"),
        "personal_tokens": _rows(
            user.personal_tokens.all(), "name scope created_at expires_on last_used_on revoked_at"
        ),
        "log": _rows(LogEntry.objects.visible_to(viewer).filter(person=user), "at action dialogue_id object"),
        **{word: held(user, viewer) for word, held in FURTHER.items()},
    }


def _rows(rows: QuerySet | Iterable[Model], names: str) -> list[dict[str, Any]]:
    return [_fields(row, names) for row in rows]


def _fields(row: Model, names: str) -> dict[str, Any]:
    return {name.removesuffix("_id"): getattr(row, name) for name in names.split()}
