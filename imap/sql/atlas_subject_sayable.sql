-- The names that whoever asks may be told, under the lock of the rows that name them (`access/names.py`).
-- The function runs as whoever asks; PostgreSQL plans the view once in a session, not in each question.
CREATE VIEW atlas_subject_sayable WITH (security_invoker = true) AS
SELECT n.id AS key
FROM atlas_subject n
WHERE n.is_reference
   OR ('secretariat:' || n.made_by_id) = ANY ((SELECT imap_viewer())::text[])
   OR EXISTS (SELECT FROM atlas_coverage t WHERE t.subject_id = n.id)
   OR EXISTS (SELECT FROM indicators_observation t WHERE t.subject_id = n.id)
   OR EXISTS (SELECT FROM profiles_edition e JOIN profiles_profile p ON p.id = e.profile_id WHERE p.subject_id = n.id)
   OR n.id IN (SELECT unnest(ARRAY[f.route_id, s.place_id]) FROM routes_mapfeature f LEFT JOIN routes_stop s ON s.id = f.stop_id);

CREATE FUNCTION atlas_subject_sayable_keys() RETURNS SETOF bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN QUERY SELECT key::bigint FROM atlas_subject_sayable;
END
$$;
