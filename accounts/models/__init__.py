"""People and what they stand for, how partners nominate them, how they sign in, and the log of what was read."""

from accounts.models.log import Action, LogEntry
from accounts.models.nominations import ApprovedAddress, Event, Invitation, MandateEvent, Nomination, State, Submission
from accounts.models.people import Affiliation, NewsDigest, ReadingGroup, Scope, SecretariatMember, User, UserManager
from accounts.models.policies import PartnerPolicy
from accounts.models.signing_in import Acceptance, PersonalToken, TermsOfUse, TokenScope

__all__ = [
    "Acceptance",
    "Action",
    "Affiliation",
    "ApprovedAddress",
    "Event",
    "Invitation",
    "LogEntry",
    "MandateEvent",
    "NewsDigest",
    "Nomination",
    "PartnerPolicy",
    "PersonalToken",
    "ReadingGroup",
    "Scope",
    "SecretariatMember",
    "State",
    "Submission",
    "TermsOfUse",
    "TokenScope",
    "User",
    "UserManager",
]
