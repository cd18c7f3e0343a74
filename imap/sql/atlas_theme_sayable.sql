-- The names that whoever asks may be told, under the lock of the rows that name them (`access/names.py`).
-- The function runs as whoever asks; PostgreSQL plans the view once in a session, not in each question.
CREATE VIEW atlas_theme_sayable WITH (security_invoker = true) AS
SELECT n.slug AS key
FROM atlas_theme n
WHERE n.is_reference
   OR ('secretariat:' || n.made_by_id) = ANY ((SELECT imap_viewer())::text[])
   OR EXISTS (SELECT FROM atlas_dialoguetheme t WHERE t.theme_id = n.slug)
   OR EXISTS (SELECT FROM profiles_edition e JOIN profiles_profile p ON p.id = e.profile_id WHERE p.theme_id = n.slug);

CREATE FUNCTION atlas_theme_sayable_keys() RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN QUERY SELECT key::text FROM atlas_theme_sayable;
END
$$;
