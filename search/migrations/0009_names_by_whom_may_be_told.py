from django.db import migrations

# The question in these stems, in which each word of a name of these subjects stands for their marks too.
QUESTION = """
CREATE FUNCTION imap_question(stems regconfig, words text, subjects bigint[]) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE
    question tsquery := websearch_to_tsquery(stems, words);
    word text;
    marks text;
BEGIN
    IF subjects = '{}' THEN
        RETURN question;
    END IF;
    FOR word, marks IN
        SELECT quote_literal(held.lexeme), string_agg(DISTINCT imap_mark_of_subject(s.id), ' | ')
        FROM atlas_subject s
        CROSS JOIN LATERAL unnest(to_tsvector(stems, imap_searched(concat_ws(' . ', s.name_en, s.name_fr, s.name_ar,
            (SELECT string_agg(v.text, ' . ') FROM atlas_namevariant v WHERE v.subject_id = s.id))))) held
        WHERE s.id = ANY (subjects) AND held.lexeme = ANY (tsvector_to_array(to_tsvector(stems, words)))
        GROUP BY held.lexeme
    LOOP
        question := ts_rewrite(question, word::tsquery, (word || ' | ' || marks)::tsquery);
    END LOOP;
    RETURN question;
END
$$
"""
# No word that anybody writes has this sign.
MARK = """
CREATE FUNCTION imap_mark_of_subject(subject bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT quote_literal('§subject' || subject)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0008_audience_of_the_dialogue"), ("atlas", "0007_audience_of_dialogues")]

    operations = [
        migrations.RunSQL(MARK, "DROP FUNCTION imap_mark_of_subject(bigint)"),
        migrations.RunSQL(QUESTION, "DROP FUNCTION imap_question(regconfig, text, bigint[])"),
    ]
