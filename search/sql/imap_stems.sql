-- The configuration of words of a language.
CREATE FUNCTION imap_stems(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language WHEN 'en' THEN 'pg_catalog.english'::regconfig WHEN 'fr' THEN 'pg_catalog.french'::regconfig
                         WHEN 'ar' THEN 'pg_catalog.arabic'::regconfig ELSE 'pg_catalog.simple'::regconfig END
$$;
