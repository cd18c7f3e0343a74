"""Once a row was narrowed, each later change of the same columns is noted too, so that a restored row ends as it was.

Mandates are known by their person as well: what is noted of a successor is nothing of the predecessor's.
"""

from importlib import import_module

from django.db import migrations, models

EARLIER = import_module("imap.migrations.0002_what_is_noted")

# As before; and, where a fourth argument is given, only of rows of which the journal knows something already.
NOTE = """
CREATE OR REPLACE FUNCTION imap_note_in_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    row_key jsonb;
    becomes jsonb;
    noted jsonb;
BEGIN
    IF coalesce(current_setting('imap.replaying', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_object_agg(name, was -> name) INTO row_key FROM unnest(string_to_array(TG_ARGV[0], ',')) AS name;
    IF TG_NARGS > 3 AND NOT EXISTS (SELECT FROM imap_journal WHERE of_table = TG_TABLE_NAME AND key = row_key) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        becomes := to_jsonb(NEW);
        SELECT jsonb_object_agg(name, becomes -> name) INTO noted
        FROM unnest(string_to_array(nullif(TG_ARGV[1], ''), ',')) AS name;
        noted := coalesce(noted, '{}') || coalesce(nullif(TG_ARGV[2], ''), '{}')::jsonb;
    END IF;
    INSERT INTO imap_journal (id, at, of_table, key, change)
    VALUES (gen_random_uuid(), clock_timestamp(), TG_TABLE_NAME, row_key, noted);
    RETURN NULL;
END
$$
"""
# What is removed and comes back as the same row → the columns that are noted of it.
COMES_BACK = {
    "accounts_scope": "is_granted",
    "accounts_secretariatmember": "",
    "accounts_readinggroup_members": "",
    "accounts_user_groups": "",
    "accounts_user_user_permissions": "",
}
OF_MANDATES = "accounts_affiliation"
STAYS_DECIDED = {("accounts_submission", "refused")}  # what was declined is nominated anew


def key_of(table: str) -> str:
    return {"accounts_readinggroup": "slug", "atlas_dialogue": "slug", OF_MANDATES: "id,user_id"}.get(table, "id")


def narrowings():
    """Each trigger that notes a change: table, name, condition, columns, what is noted beside them."""
    for table in EARLIER.WITH_AUDIENCE:
        yield table, "narrowed", EARLIER.NARROWED, "audience" + EARLIER.FURTHER_COLUMNS.get(table, ""), ""
    yield "atlas_dialogue", "narrowed", EARLIER.NARROWED, "audience", ""
    for table, triggers in EARLIER.CHANGES.items():
        for name, (when, columns, beside) in triggers.items():
            yield table, name, when, columns, beside


def trigger(table: str, name: str, event: str, when: str, *arguments: str) -> migrations.RunSQL:
    condition = f"WHEN ({when})" if when else ""
    told = ", ".join(f"'{argument}'" for argument in arguments)
    return migrations.RunSQL(
        f"CREATE OR REPLACE TRIGGER journal_{name} AFTER {event} ON {table} FOR EACH ROW {condition} "
        f"EXECUTE FUNCTION imap_note_in_journal({told})",
        migrations.RunSQL.noop,
    )


def again(table: str, name: str, when: str, columns: str) -> migrations.RunSQL:
    names = columns.split(",")
    was, becomes = (f"({', '.join(f'{row}.{column}' for column in names)})" for row in ("OLD", "NEW"))
    changed = f"{was} IS DISTINCT FROM {becomes} AND ({when}) IS NOT TRUE"
    return trigger(table, f"{name}_again", "UPDATE", changed, key_of(table), columns, "", "again")


class Migration(migrations.Migration):
    dependencies = [("imap", "0007_what_belongs_to_a_dialogue")]
    operations = [
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["of_table", "key"], name="journal_by_row"),
        ),
        migrations.RunSQL(NOTE, migrations.RunSQL.noop),
        *(
            again(table, name, when, columns)
            for table, name, when, columns, _beside in narrowings()
            if columns and (table, name) not in STAYS_DECIDED
        ),
        *(
            trigger(table, name, "UPDATE", when, key_of(table), columns, beside)
            for table, name, when, columns, beside in narrowings()
            if table == OF_MANDATES
        ),
        trigger(OF_MANDATES, "removed", "DELETE", "", key_of(OF_MANDATES)),
        *(
            trigger(table, "back", "INSERT", "", EARLIER.REMOVALS[table], columns, "", "again")
            for table, columns in COMES_BACK.items()
        ),
    ]
