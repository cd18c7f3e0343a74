-- A group, or a person's name, opens a row of the dialogue that gave it and of no other.
CREATE FUNCTION imap_refuse_others_readers(audience text[], dialogue text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    strange text;
BEGIN
    SELECT token INTO strange FROM unnest(audience) AS token
    WHERE (token LIKE 'group:%' AND NOT EXISTS (
              SELECT 1 FROM accounts_readinggroup g WHERE 'group:' || g.slug = token AND g.dialogue_id = dialogue))
       OR (token LIKE 'person:%' AND split_part(token, ':', 2) IS DISTINCT FROM dialogue)
    LIMIT 1;
    IF strange IS NOT NULL THEN
        RAISE EXCEPTION '% names no reader of the dialogue of this row (%)', strange, coalesce(dialogue, 'none')
        USING ERRCODE = 'check_violation';
    END IF;
END
$$;
