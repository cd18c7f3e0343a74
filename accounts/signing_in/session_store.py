"""Database sessions, as Django's; loading one is a single plain query."""

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

HELD = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self):
        with connection.cursor() as cursor:
            cursor.execute(HELD, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None  # so that the next save begins another session, as Django's own does
            return {}
        return self.decode(row[0])
