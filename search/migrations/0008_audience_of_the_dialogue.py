"""An entry's readers are in the audience of the record's dialogue too: one more beside the four of a profile's text."""

from collections.abc import Callable
from importlib import import_module

from django.db import migrations

import access.fields
from access.lock import Lock

before = import_module("search.migrations.0005_restricted_entries")
by_words = import_module("search.migrations.0006_restricted_entries_by_words")
AUDIENCES = (*before.AUDIENCES, "fifth")
HOLDS_ONE = before.HOLDS_ONE.replace("held = ANY ({}fourth)", "held = ANY ({}fourth) OR held = ANY ({}fifth)")
OF_ENTRY = "EXISTS (SELECT 1 FROM search_readers r WHERE r.id = readers_id AND " + HOLDS_ONE.replace("{}", "r.") + ")"

# These asked as the secretariats of the dialogues that whoever changed something may know of.
OF_THOSE_KNOWN = "PERFORM set_config('imap.viewer', array_agg('secretariat:' || slug)::text, true) FROM atlas_dialogue;"
OF_ALL = "PERFORM set_config('imap.viewer', imap_secretariats()::text, true);"
FOUR = "audience, second, third, fourth)"
FOURTH = "audiences[4]::text[]"


def as_all_secretariats(
    migration: str, *functions: str, also: Callable[[str], str] = lambda text: text
) -> list[migrations.RunSQL]:
    """The functions of an earlier migration, by their names there, as all secretariats whoever makes them run."""
    made = import_module(migration)
    former = [getattr(made, name).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") for name in functions]
    assert all(OF_THOSE_KNOWN in text for text in former)
    today = [also(text).replace(OF_THOSE_KNOWN, OF_ALL) for text in former]
    return [migrations.RunSQL([(new, None)], [(old, None)]) for new, old in zip(today, former, strict=True)]


def with_a_fifth(function: str) -> str:
    return function.replace(FOUR, "audience, second, third, fourth, fifth)").replace(
        FOURTH, f"{FOURTH}, audiences[5]::text[]"
    )


LOCKS = [operation for operation in before.Migration.operations if isinstance(operation, Lock)]
assert (
    "fifth" in HOLDS_ONE and "fifth" in with_a_fifth(by_words.WRITE) and "audiences[5]" in with_a_fifth(by_words.WRITE)
)


class Migration(migrations.Migration):
    dependencies = [("search", "0007_in_turn"), ("atlas", "0007_audience_of_dialogues")]
    operations = [
        migrations.AddField("readers", "fifth", access.fields.AudienceField(default=None, null=True)),
        *(migrations.RunSQL(lock.reverse_sql or "", lock.sql) for lock in reversed(LOCKS)),
        Lock("search_readers", audience="own", further=AUDIENCES[1:], parents={}, write=HOLDS_ONE.replace("{}", "")),
        Lock("search_restricted_entry", **by_words.READ_BY_WORDS.arguments | {"write": OF_ENTRY}),
        *as_all_secretariats("search.migrations.0006_restricted_entries_by_words", "WRITE", also=with_a_fifth),
        *as_all_secretariats("search.migrations.0007_in_turn", "KEEP"),
    ]
