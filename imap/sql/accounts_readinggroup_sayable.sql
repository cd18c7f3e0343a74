-- The names that whoever asks may be told, under the lock of the rows that name them (`access/names.py`).
-- The function runs as whoever asks; PostgreSQL plans the view once in a session, not in each question.
CREATE VIEW accounts_readinggroup_sayable WITH (security_invoker = true) AS
SELECT n.slug AS key
FROM accounts_readinggroup n
CROSS JOIN LATERAL (SELECT ARRAY['group:' || n.slug, 'secretariat:' || n.dialogue_id] AS tokens) said_to
WHERE coalesce(said_to.tokens && (SELECT imap_viewer()), imap_sees_as(said_to.tokens));

CREATE FUNCTION accounts_readinggroup_sayable_keys() RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN QUERY SELECT key::text FROM accounts_readinggroup_sayable;
END
$$;
