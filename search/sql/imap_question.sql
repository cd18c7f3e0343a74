-- The question in these stems. A term (a word or a phrase, excluded or not) that is a name of one of these subjects, or a part
-- of one, stands for the subject's mark too: an entry holds one mark, not as many as the name has words. `names` are folded
-- and stand each beside its subject. `or` is a choice where `websearch_to_tsquery` takes it for one: between two terms.
CREATE FUNCTION imap_question(stems regconfig, words text, subjects bigint[], names text[]) RETURNS tsquery
LANGUAGE plpgsql STABLE AS $$
DECLARE
    terms text[] := ARRAY(SELECT term[1] FROM regexp_matches(words, '-?"[^"]*"|\S+', 'g') AS term);
    said tsvector[] := ARRAY(
        SELECT to_tsvector(stems, name) FROM unnest(names) WITH ORDINALITY AS named (name, place) ORDER BY place
    );
    question tsquery := '';  -- the choices before
    every tsquery := '';  -- the terms of this choice
    is_begun boolean := false;
    asked tsquery;
    marks text;
BEGIN
    FOR place IN 1 .. cardinality(terms) LOOP
        IF terms[place] = 'or' AND is_begun AND place < cardinality(terms) THEN
            question := question || every;
            every := '';
            is_begun := false;
            CONTINUE;
        END IF;
        asked := websearch_to_tsquery(stems, ltrim(terms[place], '-'));
        SELECT string_agg(DISTINCT imap_mark_of_subject(named.subject), ' | ') INTO marks
            FROM unnest(subjects, said) AS named (subject, name) WHERE named.name @@ asked;
        asked := asked || coalesce(marks, '')::tsquery;
        every := every && CASE WHEN terms[place] LIKE '-%' THEN !!asked ELSE asked END;
        is_begun := true;
    END LOOP;
    RETURN question || every;
END
$$;
