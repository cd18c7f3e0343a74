-- Its arguments: kind, view, a query of `changed` (and `former`) that gives numbers of records, whether they are the rows' own.
-- It waits for its turn before it asks which records are meant: one that another editor adds meanwhile is one of them, and a
-- statement that begins after the wait sees it.
CREATE FUNCTION imap_keep_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
    records bigint[];
BEGIN
    IF NOT EXISTS (SELECT 1 FROM changed) THEN
        RETURN NULL;
    END IF;
    IF TG_ARGV[3]::boolean THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('search ' || TG_ARGV[0]));
    ELSE
        PERFORM pg_advisory_xact_lock(hashtext('search ' || TG_ARGV[0]));
    END IF;
    PERFORM set_config('imap.viewer', imap_secretariats()::text, true);
    EXECUTE 'SELECT array_agg(DISTINCT id) FROM (' || TG_ARGV[2] || ') AS of_changed (id)' INTO records;
    IF records IS NOT NULL THEN
        PERFORM imap_write_entries(TG_ARGV[0], TG_ARGV[1], records, TG_ARGV[3]::boolean);
    END IF;
    PERFORM set_config('imap.viewer', viewer, true);
    RETURN NULL;
END
$$;
