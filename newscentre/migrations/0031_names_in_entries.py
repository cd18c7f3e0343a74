"""Entries hold the names of reference data, and marks of other subjects: who reads an entry may not be told of them all."""

from collections.abc import Iterator
from importlib import import_module

from django.db import migrations

from search.entries import when, where_differing

news = import_module("newscentre.migrations.0023_entries_by_views")
dialogues = import_module("imap.migrations.0007_what_belongs_to_a_dialogue")
# Kind → where its query names subjects, and of which subjects.
NAMED = {"article": "of_article.id", "meeting": "r.country_id"}
RECORDS = {"article": news.TAGGED, "meeting": news.IN_COUNTRY}
IN_C = news.weighed("C", "names.said")
# As little as a name that stands beside the text.
MARKS = """coalesce((SELECT string_agg(imap_mark_of_subject(s.id) || ':1C', ' ')::tsvector FROM atlas_subject s
        WHERE s.id = ANY (a.subjects) AND NOT s.is_reference), '')"""


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def of_reference_data(kind: str, query: str) -> str:
    names = news.NAMES.format(subject=NAMED[kind])
    today = replaced(query, names, names.removesuffix(")") + " AND s.is_reference)")
    return replaced(today, IN_C, f"{IN_C} || {MARKS}") if kind == "article" else today


def operations() -> Iterator[migrations.RunSQL]:
    for kind in NAMED:
        view = f"newscentre_{kind}_entries"
        former = dialogues.with_dialogue(dialogues.VIEWS[view], *dialogues.JOINED[kind])
        yield dialogues.viewed(view, of_reference_data(kind, former), former)
        records = RECORDS[kind].format(changed="changed c", subject="id")
        before, today = (
            when(kind, view, "atlas_subject", {"changed": where_differing(columns, records)})
            for columns in (news.NAMES_OF_SUBJECT, f"{news.NAMES_OF_SUBJECT} is_reference")
        )
        yield from (migrations.RunSQL(one.reverse_sql or "", one.sql) for one in before)
        yield from today
        made = f"SELECT imap_write_entries('{kind}', '{view}', NULL, false)"
        yield migrations.RunSQL(made, made)


class Migration(migrations.Migration):
    dependencies = [
        ("newscentre", "0030_one_feed_of_first_hand_news"),
        ("imap", "0007_what_belongs_to_a_dialogue"),
        ("search", "0009_names_by_whom_may_be_told"),
    ]
    operations = list(operations())
