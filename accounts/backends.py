"""Authenticates users, and loads a user together with their tokens and pending steps in one query.

It is written by hand, as every request of everyone signed in waits for it.
"""

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from accounts.models import User
from accounts.models.people import EVERY_CODE

FIELDS = [field.attname for field in User._meta.concrete_fields]
ACTIVE_USER = f"""
    SELECT {", ".join(f"u.{field.column}" for field in User._meta.concrete_fields)},
           imap_tokens_of(u.id), imap_owed_by(u.id, {EVERY_CODE})
      FROM {User._meta.db_table} u WHERE u.id = %s AND u.is_active
"""


class NominatedUserBackend(AuthenticationBackend):
    def get_user(self, user_id):
        with connection.cursor() as cursor:
            cursor.execute(ACTIVE_USER, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        *values, tokens, owed = row
        user = User.from_db(connection.alias, FIELDS, values)
        user.held_tokens, user.owed = tokens, owed
        return user
