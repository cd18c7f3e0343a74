"""Signing in, and the one query that loads a user together with what they may see.

It is written by hand, as every request of everyone signed in waits for it.
"""

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from accounts.models import User

FIELDS = [field.attname for field in User._meta.concrete_fields]
ACTIVE_USER = f"""
    SELECT {", ".join(f"u.{field.column}" for field in User._meta.concrete_fields)}, imap_tokens_of(u.id)
      FROM {User._meta.db_table} u WHERE u.id = %s AND u.is_active
"""


class NominatedUserBackend(AuthenticationBackend):
    def get_user(self, user_id):
        with connection.cursor() as cursor:
            cursor.execute(ACTIVE_USER, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        user = User.from_db(connection.alias, FIELDS, row[:-1])
        user.held_tokens = row[-1]
        return user
