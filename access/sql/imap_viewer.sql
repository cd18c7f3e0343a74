-- Null while a secretariat views as someone else: then nothing is written, and `imap_sees_as` decides about each row.
-- In PL/pgSQL, since the planner would write a plain SQL function out at each of the many places of a page's query.
CREATE FUNCTION imap_viewer() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF coalesce(current_setting('imap.within', true), '') <> '' THEN
        RETURN NULL;
    END IF;
    RETURN coalesce(nullif(current_setting('imap.viewer', true), '')::text[], '{public}'::text[]);
END
$$;
