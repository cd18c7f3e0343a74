"""Claims rows that lead to hosts: one of each host at a time, whoever asks and however often.

The rows have `host`, `next_at`, `claim`, `claimed_until` and `begun_at`. The parts of SQL are constants of the code.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

CLAIM = """
    WITH busy AS (
        SELECT host FROM {table} WHERE claimed_until > %(now)s OR {rests}
    ), due AS (
        SELECT DISTINCT ON (host) id, next_at FROM {table}
        WHERE {is_ready} AND (next_at IS NULL OR next_at <= %(now)s)
          AND (claimed_until IS NULL OR claimed_until <= %(now)s)
          AND host NOT IN (SELECT host FROM busy)
        ORDER BY host, next_at NULLS FIRST
    ), taken AS (
        SELECT r.id FROM {table} r JOIN due ON due.id = r.id
        ORDER BY due.next_at NULLS FIRST LIMIT %(most)s FOR UPDATE OF r SKIP LOCKED
    )
    UPDATE {table} r
    SET claim = gen_random_uuid(), claimed_until = %(until)s, begun_at = NULL
    FROM taken WHERE r.id = taken.id RETURNING r.{returned}, r.claim
"""


@dataclass(frozen=True)
class Claiming:
    """`lock`: the number of the lock by which claims are made one after another, and so one for each host.

    `is_ready`: of rows that may be claimed; `rests`: of those whose host is left alone, told `rested`, a pause ago.
    """

    table: str
    returned: str
    lock: int
    is_ready: str = "true"
    rests: str = "false"

    def claim_due(
        self, now: datetime, until: datetime, most: int, pause: timedelta = timedelta()
    ) -> list[tuple[int, uuid.UUID]]:
        """(row, claim) of those that are due, the longest waiting first. To be called in a transaction."""
        values: dict[str, Any] = {"now": now, "until": until, "most": most, "rested": now - pause}
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [self.lock])
            if not cursor.fetchone()[0]:
                return []  # somebody else is at it
            statement = CLAIM.format(table=self.table, returned=self.returned, is_ready=self.is_ready, rests=self.rests)
            cursor.execute(statement, values)
            return cursor.fetchall()
