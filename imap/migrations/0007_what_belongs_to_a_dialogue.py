from collections.abc import Iterator
from importlib import import_module

from django.db import migrations

from access.lock import InItsDialogue
from accounts.tokens_sql import STANDING, TOKENS_OF, TOKENS_OF_PERSONA
from search.entries import when

journal = import_module("imap.migrations.0002_what_is_noted")
as_all_secretariats = import_module("search.migrations.0008_audience_of_the_dialogue").as_all_secretariats

# Each with a column `dialogue_id`. What belongs to one of their rows follows it.
TABLES = (
    "accounts_submission", "accounts_useofquarter", "accounts_widening", "indicators_observation", "indicators_source",
    "newscentre_feed", "newscentre_link", "newscentre_meeting", "newscentre_outsideaddress", "newscentre_project",
    "newscentre_publication", "newscentre_review", "profiles_profile", "routes_geodataimport", "routes_layer",
    "routes_mapedition", "routes_reason", "routes_story",
)  # fmt: skip
news, texts = (
    import_module(f"{name}")
    for name in ("newscentre.migrations.0023_entries_by_views", "profiles.migrations.0013_entries_by_a_view")
)
OF_DIALOGUE = "JOIN atlas_dialogue d ON d.slug = {}.dialogue_id"
# View of entries → its query, in which the audience of the dialogue is one more.
VIEWS = {
    f"newscentre_{name}_entries": query.replace(".audience::text) AS", ".audience::text, d.audience::text) AS")
    for name, query in news.VIEWS.items()
}
JOINED = {
    "article": ("JOIN newscentre_feed f ON f.id = a.feed_id", "f"),
    "meetingdocument": ("JOIN newscentre_meeting m ON m.id = said.meeting_id", "m"),
    **{name: (f"FROM newscentre_{name} r", "r") for name in ("meeting", "publication", "project", "link")},
}
# Whose audience is another now.
NARROWED_OR_OPENED = """(SELECT changed.slug FROM changed JOIN former USING (slug)
    WHERE changed.audience IS DISTINCT FROM former.audience) c"""
RECORDS = {
    "article": f"""SELECT a.id FROM {NARROWED_OR_OPENED} JOIN newscentre_feed f ON f.dialogue_id = c.slug
        JOIN newscentre_article a ON a.feed_id = f.id WHERE a.status = 'published'""",
    "meetingdocument": f"""SELECT r.id FROM {NARROWED_OR_OPENED} JOIN newscentre_meeting m ON m.dialogue_id = c.slug
        JOIN newscentre_meetingdocument r ON r.meeting_id = m.id""",
    **{
        name: f"SELECT r.id FROM {NARROWED_OR_OPENED} JOIN newscentre_{name} r ON r.dialogue_id = c.slug"
        for name in ("meeting", "publication", "project", "link")
    },
}
OF_TEXTS = f"""SELECT t.id FROM {NARROWED_OR_OPENED} JOIN profiles_profile p ON p.dialogue_id = c.slug
    JOIN profiles_edition e ON e.profile_id = p.id JOIN profiles_editiontext t ON t.edition_id = e.id"""

# A former word of a heading's address follows the heading.
OF_HEADING = """
CREATE POLICY in_its_dialogue ON imap_formeraddress AS RESTRICTIVE FOR SELECT USING (
    heading_id IS NULL OR EXISTS (SELECT 1 FROM atlas_outlinesection h WHERE h.id = heading_id))
"""


def with_dialogue(query: str, after: str, alias: str) -> str:
    """The query with the dialogue joined `after` these words."""
    assert after in query and "d.audience::text" in query
    return query.replace(after, f"{after} {OF_DIALOGUE.format(alias)}", 1)


def entries() -> Iterator[migrations.RunSQL]:
    for name, (after, alias) in JOINED.items():
        view, former = f"newscentre_{name}_entries", news.VIEWS[name]
        made = with_dialogue(VIEWS[view], after, alias)
        yield viewed(view, made, former)
        yield from when(news.KINDS[name], view, "atlas_dialogue", {"changed": RECORDS[name]})
    former = texts.ENTRIES.partition(" AS\n")[2]
    made = former.replace("p.audience::text)", "p.audience::text, d.audience::text)")
    yield viewed(texts.VIEW, with_dialogue(made, "JOIN profiles_profile p ON p.id = e.profile_id", "p"), former)
    yield from when("profile", texts.VIEW, "atlas_dialogue", {"changed": OF_TEXTS})


def viewed(view: str, query: str, former: str) -> migrations.RunSQL:
    made = f"CREATE OR REPLACE VIEW {view} WITH (security_invoker = true) AS "
    return migrations.RunSQL(made + query, made + former)


class Migration(migrations.Migration):
    """Here, since what belongs to a dialogue stands in the tables of many rooms."""

    dependencies = [
        ("imap", "0006_former_addresses_of_names"),
        ("atlas", "0007_audience_of_dialogues"),
        ("accounts", "0023_name_of_sign_ins_ended"),
        ("indicators", "0010_names_that_may_be_said"),
        ("newscentre", "0026_planned_audiences"),
        ("profiles", "0015_reference_is_counted"),
        ("routes", "0008_schematic_lines"),
        ("search", "0008_audience_of_the_dialogue"),
    ]
    operations = [
        *map(InItsDialogue, TABLES),
        migrations.RunSQL(OF_HEADING, "DROP POLICY in_its_dialogue ON imap_formeraddress"),
        *(migrations.RunSQL(function, migrations.RunSQL.noop) for function in (STANDING, TOKENS_OF, TOKENS_OF_PERSONA)),
        *as_all_secretariats("newscentre.migrations.0019_article_tags", "OF_SUBJECTS"),
        *entries(),
        journal.noting("atlas_dialogue", "narrowed", journal.NARROWED, "slug", "audience"),
        journal.noting("atlas_dialogue", "removed", "", "slug"),
    ]
