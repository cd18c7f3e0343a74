-- In its vector each entry has a word for its readers, by which the index leaves out what is for others.
CREATE FUNCTION imap_word_for_readers(readers uuid) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY['§' || readers])
$$;
