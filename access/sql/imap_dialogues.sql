-- The dialogues that the viewer may know of, asked once for a statement: whatever belongs to another is not there.
CREATE FUNCTION imap_dialogues() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT slug FROM public.atlas_dialogue);
END
$$;
