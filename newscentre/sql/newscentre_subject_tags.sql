-- Whoever changes a subject may be of no secretariat: for this one statement the database is asked as all of them.
CREATE FUNCTION newscentre_subject_tags() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
BEGIN
    PERFORM set_config('imap.viewer', imap_secretariats()::text, true);
    UPDATE newscentre_articletag SET tag = 'subject/' || NEW.slug WHERE tag = 'subject/' || OLD.slug;
    PERFORM set_config('imap.viewer', viewer, true);
    RETURN NULL;
END
$$;
