"""The world of the portal: dialogues, subjects and their names, partners, memberships, coverage, boundaries."""

from atlas.models.boundaries import Basemap, BoundaryRule, Treatment
from atlas.models.change_counters import ChangeCounter
from atlas.models.dialogues import Accent, Dialogue, DialogueTheme, Theme
from atlas.models.keys import IN_TOKENS, ISO3, KEY
from atlas.models.outlines import OutlineSection
from atlas.models.partners import Coverage, Membership, MembershipQuerySet, Partner, PartnerKind, Role
from atlas.models.subjects import FormerName, NameVariant, Subject, SubjectKind

__all__ = [
    "IN_TOKENS",
    "ISO3",
    "KEY",
    "Accent",
    "Basemap",
    "BoundaryRule",
    "ChangeCounter",
    "Coverage",
    "Dialogue",
    "DialogueTheme",
    "FormerName",
    "Membership",
    "MembershipQuerySet",
    "NameVariant",
    "OutlineSection",
    "Partner",
    "PartnerKind",
    "Role",
    "Subject",
    "SubjectKind",
    "Theme",
    "Treatment",
]
