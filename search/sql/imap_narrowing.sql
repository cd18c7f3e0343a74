-- Of the audiences of a record and of what it belongs to those that leave somebody out.
CREATE FUNCTION imap_narrowing(VARIADIC audiences text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT one ORDER BY one), '{}') FROM unnest(audiences) one
    WHERE NOT 'public' = ANY (one::text[])
$$;
