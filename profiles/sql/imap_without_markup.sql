-- Tags and entities are no words; what is cleaned has no other entities than those of punctuation and spaces.
CREATE FUNCTION imap_without_markup(html text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(html, '<(?:[^">]|"[^"]*")*>|&#?[0-9A-Za-z]+;', ' ', 'g')
$$;
