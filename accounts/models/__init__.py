"""People and what they stand for, how partners nominate them, and the log of what was read."""

from accounts.models.log import Action, LogEntry
from accounts.models.nominations import ApprovedAddress, Event, Invitation, MandateEvent, Nomination, State, Submission
from accounts.models.people import Affiliation, Engagement, ReadingGroup, Scope, SecretariatMember, User, UserManager
from accounts.models.policies import PartnerPolicy
from accounts.models.reminders import Reminder

__all__ = [
    "Action",
    "Affiliation",
    "ApprovedAddress",
    "Engagement",
    "Event",
    "Invitation",
    "LogEntry",
    "MandateEvent",
    "Nomination",
    "PartnerPolicy",
    "ReadingGroup",
    "Reminder",
    "Scope",
    "SecretariatMember",
    "State",
    "Submission",
    "User",
    "UserManager",
]
