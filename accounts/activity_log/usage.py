"""Counts lines of the log by dialogue and quarter, without persons. The counts stay when the lines are purged."""

from typing import NamedTuple

from django.db import connections
from django.utils.translation import gettext as _

from accounts.models import Action, UseOfQuarter
from atlas.wording import number

FEWEST_READERS = 3  # fewer could be recognised in a number

# A person counts for the partners they stood for at the time. The numbers of a quarter only grow until its first lines
# are purged, so the greatest that was ever counted is the right one.
COUNT = """
    INSERT INTO accounts_useofquarter AS kept (dialogue_id, began_on, reads, readers, partners, profiles)
    SELECT line.dialogue_id, date_trunc('quarter', line.at AT TIME ZONE 'UTC')::date, count(DISTINCT line.id),
           count(DISTINCT line.person_id), count(DISTINCT stood.partner_id),
           count(DISTINCT split_part(line.object, '#', 1))
      FROM accounts_logentry line
      JOIN atlas_dialogue d ON d.slug = line.dialogue_id
      LEFT JOIN accounts_affiliation stood
        ON stood.user_id = line.person_id AND stood.begins_on <= (line.at AT TIME ZONE 'UTC')::date
           AND (stood.ended_at IS NULL OR stood.ended_at >= line.at)
     WHERE line.action = %(read)s
       AND NOT EXISTS (SELECT 1 FROM accounts_secretariatmember own
                        WHERE own.user_id = line.person_id AND own.dialogue_id = line.dialogue_id)
     GROUP BY 1, 2
        ON CONFLICT (dialogue_id, began_on) DO UPDATE
       SET reads = greatest(kept.reads, excluded.reads), readers = greatest(kept.readers, excluded.readers),
           partners = greatest(kept.partners, excluded.partners), profiles = greatest(kept.profiles, excluded.profiles)
"""


def count_use(using: str) -> None:
    """Counts the lines that the viewer of this connection sees. Counting again changes nothing."""
    with connections[using].cursor() as cursor:
        cursor.execute(COUNT, {"read": Action.READ.value})


class ReportedUse(NamedTuple):
    """The numbers of a quarter for a report, formatted in the reader's language."""

    reads: str
    readers: str
    partners: str
    profiles: str

    @classmethod
    def of(cls, use: UseOfQuarter) -> "ReportedUse":
        if use.readers < FEWEST_READERS:
            few = _("fewer than %(number)s") % {"number": number(FEWEST_READERS)}
            return cls("–", few, few, "–")
        return cls(*(number(count) for count in (use.reads, use.readers, use.partners, use.profiles)))
