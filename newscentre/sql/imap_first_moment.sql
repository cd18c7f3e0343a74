-- The first day of a partial date, in UTC: 2012, 2012-Q2, 2012-05, 2012-05-22.
CREATE FUNCTION imap_first_moment(said text) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT make_timestamptz(
        substr(said, 1, 4)::int,
        CASE WHEN substr(said, 6, 1) = 'Q' THEN 3 * substr(said, 7, 1)::int - 2
             ELSE coalesce(nullif(substr(said, 6, 2), ''), '1')::int END,
        coalesce(nullif(substr(said, 9, 2), ''), '1')::int, 0, 0, 0, 'UTC')
$$;
