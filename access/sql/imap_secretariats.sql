-- The tokens of all secretariats, as a setting of the viewer, for what the portal does on behalf of them all.
CREATE FUNCTION imap_secretariats() RETURNS text[] LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
    limits text := coalesce(current_setting('imap.within', true), '');
    answer text[];
BEGIN
    PERFORM set_config('imap.viewer', '{portal}', true), set_config('imap.within', '', true);
    SELECT coalesce(array_agg('secretariat:' || slug ORDER BY slug), '{}') INTO answer FROM atlas_dialogue;
    PERFORM set_config('imap.viewer', viewer, true), set_config('imap.within', limits, true);
    RETURN answer;
END
$$;
