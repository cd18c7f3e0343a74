-- A second number beside the first, for what all pages share. A transaction that changes both counts in both.
CREATE FUNCTION atlas_count_reference() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    counted text := coalesce(current_setting('imap.changing', true), '');
BEGIN
    IF counted <> 'reference' THEN
        UPDATE atlas_changecounter SET number = number + (counted = '')::int, reference = reference + 1
         WHERE slot = pg_backend_pid() % 16;
        PERFORM set_config('imap.changing', 'reference', true);
    END IF;
END
$$;
