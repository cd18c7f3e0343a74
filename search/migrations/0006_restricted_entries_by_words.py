from importlib import import_module

import django.contrib.postgres.indexes
from django.db import migrations

from access.lock import Lock, ReadByTodaysRule

RESTRICTED = import_module("search.migrations.0005_restricted_entries")
# What is asked for is part of the policy, so that the index of words serves it: `@@` is not leakproof, and under a policy
# no index serves such an operator of a query. Where nothing is asked for, a word that no entry holds is excluded: all are read.
ASKED = """
CREATE FUNCTION imap_asked() RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('imap.asked', true), ''), '!''§''')::tsquery
$$
"""
# In its vector each entry has a word for its readers, by which the index leaves out what is for others.
WORD_FOR_READERS = """
CREATE FUNCTION imap_word_for_readers(readers uuid) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY['§' || readers])
$$
"""
# As before, with that word; and whoever writes entries finds all that were there, whatever was asked for before.
WRITE = """
CREATE OR REPLACE FUNCTION imap_write_entries(of_kind text, view_of_kind text, of_records bigint[], is_own boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
    made text := format('%I', view_of_kind);
BEGIN
    PERFORM set_config('imap.asked', '', true);
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
    EXECUTE 'WITH made AS MATERIALIZED (
                 SELECT kind, record, language, at, audiences, md5(audiences::text)::uuid AS readers, vector FROM ' || made || $insert$),
        opened AS (
            INSERT INTO search_entry (kind, record, language, at, vector)
            SELECT kind, record, language, at, vector FROM made WHERE audiences = '{}')
        INSERT INTO search_restricted_entry (kind, record, language, at, readers_id, vector)
        SELECT kind, record, language, at, readers, vector || imap_word_for_readers(readers) FROM made WHERE audiences <> '{}'
        $insert$ USING of_records;
    PERFORM set_config('imap.viewer', viewer, true);
END
$$
"""
# As all secretariats, for this statement.
WORDS_OF_THOSE_THAT_ARE_THERE = """
DO $$
BEGIN
    PERFORM set_config('imap.viewer', array_agg('secretariat:' || slug)::text, true) FROM atlas_dialogue;
    UPDATE search_restricted_entry SET vector = vector || imap_word_for_readers(readers_id);
    PERFORM set_config('imap.viewer', '', true);
END
$$
"""
READ_BY_WORDS = Lock(
    "search_restricted_entry",
    audience=None,
    parents={"readers_id": "search_readers"},
    write=RESTRICTED.OF_ENTRY,
    asked="vector @@ imap_asked()",
)


class Migration(migrations.Migration):
    dependencies = [("search", "0005_restricted_entries")]

    operations = [
        migrations.RunSQL(ASKED, "DROP FUNCTION imap_asked()"),
        migrations.RunSQL(WORD_FOR_READERS, "DROP FUNCTION imap_word_for_readers(uuid)"),
        migrations.RunSQL([(WRITE, None)], migrations.RunSQL.noop),
        migrations.RunSQL(WORDS_OF_THOSE_THAT_ARE_THERE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="restrictedentry",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["vector"], name="restricted_by_words"
            ),
        ),
        ReadByTodaysRule(READ_BY_WORDS),
    ]
