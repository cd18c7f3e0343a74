-- No word that anybody writes has this sign.
CREATE FUNCTION imap_mark_of_subject(subject bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT quote_literal('§subject' || subject)
$$;
