-- The names that whoever asks may be told, under the lock of the rows that name them (`access/names.py`).
-- The function runs as whoever asks; PostgreSQL plans the view once in a session, not in each question.
CREATE VIEW newscentre_publisher_sayable WITH (security_invoker = true) AS
SELECT n.slug AS key
FROM newscentre_publisher n
WHERE n.is_reference
   OR ('secretariat:' || n.made_by_id) = ANY ((SELECT imap_viewer())::text[])
   OR EXISTS (SELECT FROM newscentre_feed t WHERE t.publisher_id = n.slug);

CREATE FUNCTION newscentre_publisher_sayable_keys() RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN QUERY SELECT key::text FROM newscentre_publisher_sayable;
END
$$;
