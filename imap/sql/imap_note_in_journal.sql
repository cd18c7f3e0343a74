-- Arguments: the columns that name the row; those whose new values are noted; what is noted beside them, as JSON. The fourth:
-- `again`, only of rows of which the journal knows something already, by the key that they have now; `gone`, the row is what
-- it was no more, as if it were removed.
CREATE FUNCTION imap_note_in_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    how text := coalesce(TG_ARGV[3], '');
    named_by jsonb := CASE WHEN TG_OP = 'INSERT' OR how = 'again' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    row_key jsonb;
    becomes jsonb;
    noted jsonb;
BEGIN
    IF coalesce(current_setting('imap.replaying', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_object_agg(name, named_by -> name) INTO row_key FROM unnest(string_to_array(TG_ARGV[0], ',')) AS name;
    IF how = 'again' AND NOT EXISTS (SELECT FROM imap_journal WHERE of_table = TG_TABLE_NAME AND key = row_key) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' AND how <> 'gone' THEN
        becomes := to_jsonb(NEW);
        SELECT jsonb_object_agg(name, becomes -> name) INTO noted
        FROM unnest(string_to_array(nullif(TG_ARGV[1], ''), ',')) AS name;
        noted := coalesce(noted, '{}') || coalesce(nullif(TG_ARGV[2], ''), '{}')::jsonb;
    END IF;
    INSERT INTO imap_journal (id, at, of_table, key, change)
    VALUES (gen_random_uuid(), clock_timestamp(), TG_TABLE_NAME, row_key, noted);
    RETURN NULL;
END
$$;
