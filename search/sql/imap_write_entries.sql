-- Deletes the entries of these records of a kind (null: of all) and inserts what the kind's view says.
-- Whoever changes a record may not see all that hangs on it: for these statements the database is asked as all secretariats,
-- and finds all entries that were there, whatever was asked for before. Who changes a record holds its row; who changes what
-- others' entries are made of waits for those, and they for him.
CREATE FUNCTION imap_write_entries(of_kind text, view_of_kind text, of_records bigint[], is_own boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
    made text := format('%I', view_of_kind);
BEGIN
    PERFORM set_config('imap.asked', '', true);
    PERFORM set_config('imap.viewer', imap_secretariats()::text, true);
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
    EXECUTE 'INSERT INTO search_readers (id, audience, second, third, fourth, fifth)
             SELECT DISTINCT md5(audiences::text)::uuid, audiences[1]::text[], audiences[2]::text[], audiences[3]::text[],
                    audiences[4]::text[], audiences[5]::text[] FROM ' || made || $insert$ WHERE audiences <> '{}' ORDER BY 1
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
$$;
