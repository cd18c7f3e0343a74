import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

import access.fields
from access.lock import Lock

AUDIENCES = ("audience", "second", "third", "fourth")
# A secretariat among those who read it: each row's audience names the secretariat that keeps it.
HOLDS_ONE = (
    "EXISTS (SELECT 1 FROM unnest((SELECT imap_viewer())::text[]) held WHERE held LIKE 'secretariat:%' AND ("
    + " OR ".join(f"held = ANY ({{}}{name})" for name in AUDIENCES)
    + "))"
)
OF_ENTRY = "EXISTS (SELECT 1 FROM search_readers r WHERE r.id = readers_id AND " + HOLDS_ONE.replace("{}", "r.") + ")"

# Of the audiences of a record and of what it belongs to those that leave somebody out.
NARROWING = """
CREATE FUNCTION imap_narrowing(VARIADIC audiences text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT one ORDER BY one), '{}') FROM unnest(audiences) one
    WHERE NOT 'public' = ANY (one::text[])
$$
"""
# Whoever changes a record may not see all that hangs on it: for these statements the database is asked as all secretariats.
# Who changes a record holds its row; who changes what others' entries are made of waits for those, and they for him.
WRITE = """
CREATE FUNCTION imap_write_entries(of_kind text, view_of_kind text, of_records bigint[], is_own boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
    made text := format('%I', view_of_kind);
BEGIN
    PERFORM set_config('imap.viewer', array_agg('secretariat:' || slug)::text, true) FROM atlas_dialogue;
    IF is_own THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('search ' || of_kind));
    ELSE
        PERFORM pg_advisory_xact_lock(hashtext('search ' || of_kind));
    END IF;
    IF of_records IS NULL THEN
        DELETE FROM search_entry WHERE kind = of_kind;
        DELETE FROM search_restricted_entry WHERE kind = of_kind;
    ELSE
        made := format('(SELECT * FROM %s WHERE record = ANY ($1)) made', made);
        DELETE FROM search_entry WHERE kind = of_kind AND record = ANY (of_records);
        DELETE FROM search_restricted_entry WHERE kind = of_kind AND record = ANY (of_records);
    END IF;
    EXECUTE 'INSERT INTO search_readers (id, audience, second, third, fourth)
             SELECT DISTINCT md5(audiences::text)::uuid, audiences[1]::text[], audiences[2]::text[], audiences[3]::text[],
                    audiences[4]::text[] FROM ' || made || $insert$ WHERE audiences <> '{}' ORDER BY 1
             ON CONFLICT (id) DO NOTHING $insert$ USING of_records;
    EXECUTE 'WITH made AS MATERIALIZED (SELECT kind, record, language, at, audiences, vector FROM ' || made || $insert$),
        opened AS (
            INSERT INTO search_entry (kind, record, language, at, vector)
            SELECT kind, record, language, at, vector FROM made WHERE audiences = '{}')
        INSERT INTO search_restricted_entry (kind, record, language, at, readers_id, vector)
        SELECT kind, record, language, at, md5(audiences::text)::uuid, vector FROM made WHERE audiences <> '{}'
        $insert$ USING of_records;
    PERFORM set_config('imap.viewer', viewer, true);
END
$$
"""
# Its arguments: kind, view, a query of `changed` (and `former`) that gives numbers of records, whether they are the rows' own.
KEEP = """
CREATE FUNCTION imap_keep_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
    records bigint[];
BEGIN
    IF NOT EXISTS (SELECT 1 FROM changed) THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('imap.viewer', array_agg('secretariat:' || slug)::text, true) FROM atlas_dialogue;
    EXECUTE 'SELECT array_agg(DISTINCT id) FROM (' || TG_ARGV[2] || ') AS of_changed (id)' INTO records;
    IF records IS NOT NULL THEN
        PERFORM imap_write_entries(TG_ARGV[0], TG_ARGV[1], records, TG_ARGV[3]::boolean);
    END IF;
    PERFORM set_config('imap.viewer', viewer, true);
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    """The rooms' next migrations write all entries anew."""

    dependencies = [
        ("search", "0004_one_folding"),
        ("access", "0002_viewing_as_in_the_database"),
        ("atlas", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM search_entry", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="entry", name="audience"),
        migrations.RemoveField(model_name="entry", name="parents"),
        migrations.CreateModel(
            name="Readers",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("audience", access.fields.AudienceField()),
                ("second", access.fields.AudienceField(default=None, null=True)),
                ("third", access.fields.AudienceField(default=None, null=True)),
                ("fourth", access.fields.AudienceField(default=None, null=True)),
            ],
            options={"db_table": "search_readers"},
        ),
        migrations.CreateModel(
            name="RestrictedEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("record", models.BigIntegerField()),
                ("language", models.CharField(blank=True, max_length=7)),
                ("at", models.DateTimeField()),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
                (
                    "readers",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="search.readers"
                    ),
                ),
            ],
            options={
                "db_table": "search_restricted_entry",
                "indexes": [models.Index(fields=["kind", "-at", "-record"], name="restricted_newest_of_a_kind")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "record", "language"), name="one_restricted_entry_of_a_record"
                    )
                ],
            },
        ),
        Lock("search_readers", audience="own", further=AUDIENCES[1:], parents={}, write=HOLDS_ONE.replace("{}", "")),
        Lock("search_restricted_entry", audience=None, parents={"readers_id": "search_readers"}, write=OF_ENTRY),
        migrations.RunSQL(NARROWING, "DROP FUNCTION imap_narrowing(text[])"),
        migrations.RunSQL([(WRITE, None)], "DROP FUNCTION imap_write_entries(text, text, bigint[], boolean)"),
        migrations.RunSQL(KEEP, "DROP FUNCTION imap_keep_entries()"),
    ]
