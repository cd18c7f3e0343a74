-- What the transaction changed is nobody else's until it commits: `imap.changing` says so to its own questions.
-- A savepoint that is rolled back takes both the count and the setting with it. There are sixteen slots.
CREATE FUNCTION atlas_count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('imap.changing', true), '') = '' THEN
        UPDATE atlas_changecounter SET number = number + 1 WHERE slot = pg_backend_pid() % 16;
        PERFORM set_config('imap.changing', 'on', true);
    END IF;
    RETURN NULL;
END
$$;
