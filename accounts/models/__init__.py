"""People and what they stand for, how partners nominate them, how they sign in, and the log of what was read."""

from accounts.models.log import Action, LogEntry, UseOfQuarter
from accounts.models.nominations import ApprovedAddress, Event, Invitation, MandateEvent, Nomination, State, Submission
from accounts.models.people import (
    Affiliation,
    Engagement,
    NewsDigest,
    ReadingGroup,
    Scope,
    SecretariatMember,
    User,
    UserManager,
)
from accounts.models.policies import PartnerPolicy, PolicyWidening
from accounts.models.reminders import Reminder
from accounts.models.sent_forms import SentForm
from accounts.models.signing_in import Acceptance, AgencyAccount, PersonalToken, TermsOfUse, TokenScope
from accounts.models.widening import Widening, WideningState

__all__ = [
    "Acceptance",
    "Action",
    "Affiliation",
    "AgencyAccount",
    "ApprovedAddress",
    "Engagement",
    "Event",
    "Invitation",
    "LogEntry",
    "MandateEvent",
    "NewsDigest",
    "Nomination",
    "PartnerPolicy",
    "PersonalToken",
    "PolicyWidening",
    "ReadingGroup",
    "Reminder",
    "Scope",
    "SecretariatMember",
    "SentForm",
    "State",
    "Submission",
    "TermsOfUse",
    "TokenScope",
    "UseOfQuarter",
    "User",
    "UserManager",
    "Widening",
    "WideningState",
]
