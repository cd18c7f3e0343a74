"""Writes the activity log: one statement for everything that a request did, in its transaction.

A line holds what was done and to what, never content nor what was searched for.
"""

from collections.abc import Iterable
from textwrap import wrap

from django.db import connection

from access import tokens
from accounts.models import Action, Scope, User
from untrusted.characters import clean_line

# A line of reading that is lost with the machine's power is a smaller harm than every reader waiting for the disk.
# Whoever narrows an audience or nominates does wait: there the line's transaction carries the deed itself.
WITHOUT_WAITING = {Action.READ}
LONGEST_OBJECT = 200  # characters
LINES = f"""
    INSERT INTO accounts_logentry (action, person_id, dialogue_id, object, audience)
    SELECT %(action)s, %(person)s, %(dialogue)s, left(object, {LONGEST_OBJECT}), %(audience)s::text[]
      FROM unnest(%(objects)s::text[]) AS object
"""
QUICK_LINES = f"{LINES}, (SELECT set_config('synchronous_commit', 'off', true)) AS quick"


def log_action(
    action: Action, person: User | None, *, dialogue: str | None = None, objects: Iterable[str] = ("",)
) -> None:
    """One line for each object; what is too long for one goes on in others, as a log that is cut says less than was done.

    Read by the person, and by the secretariat of the dialogue. Without a dialogue (signing in) it is read by the secretariats of all dialogues that the person was nominated for.
    """
    said = [clean_line(one) for one in objects]
    done_to = said if action in WITHOUT_WAITING else [line for one in said for line in _lines(one)]
    if not done_to:
        return
    values = {
        "action": action.value,
        "person": person.pk if person else None,
        "dialogue": dialogue,
        "objects": done_to,
        "audience": _audience(person, dialogue),
    }
    with connection.cursor() as cursor:
        cursor.execute(QUICK_LINES if action in WITHOUT_WAITING else LINES, values)


def _lines(text: str) -> list[str]:
    if len(text) <= LONGEST_OBJECT:
        return [text]
    return wrap(text, LONGEST_OBJECT, subsequent_indent="… ", break_on_hyphens=False)


def _audience(person: User | None, dialogue: str | None) -> list[str]:
    held = [tokens.own(person.pk)] if person else []
    dialogues: Iterable[str] = [dialogue] if dialogue else dialogues_of(person) if person else []
    return [*held, *map(tokens.secretariat, dialogues)]


def dialogues_of(person: User) -> list[str]:
    scopes = Scope.objects.filter(affiliation__user=person).values_list("dialogue_id", flat=True)
    return sorted({*scopes, *person.secretariats.values_list("dialogue_id", flat=True)})
