from django.db import migrations

# What stands in the search table of published articles, in the article's own language and in each other one in which
# editors wrote a summary.
ENTRIES = """
CREATE VIEW newscentre_entries WITH (security_invoker = true) AS
SELECT 'article' AS kind, a.id AS record, said.language, a.published_at AS at, a.audience, f.audience AS parents,
       setweight(to_tsvector(imap_stems(said.language), imap_searched(said.title)), 'A')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.excerpt, said.summary))), 'B')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(coalesce(names.said, ''))), 'C') AS vector
FROM newscentre_article a
JOIN newscentre_feed f ON f.id = a.feed_id
LEFT JOIN LATERAL (
    SELECT string_agg(concat_ws(' . ', s.name_en, s.name_fr, s.name_ar, v.spellings), ' . ') AS said
    FROM atlas_subject s
    LEFT JOIN LATERAL (SELECT string_agg(text, ' . ') AS spellings FROM atlas_namevariant WHERE subject_id = s.id) v ON true
    WHERE s.id = ANY (a.subjects)
) names ON true
CROSS JOIN LATERAL (
    SELECT a.title_language AS language, a.title, a.excerpt,
           CASE a.title_language WHEN 'en' THEN a.summary_en WHEN 'fr' THEN a.summary_fr WHEN 'ar' THEN a.summary_ar END AS summary
    UNION ALL
    SELECT summaries.language, '', '', summaries.text
    FROM (VALUES ('en', a.summary_en), ('fr', a.summary_fr), ('ar', a.summary_ar)) AS summaries (language, text)
    WHERE summaries.text <> '' AND summaries.language <> a.title_language
) said
WHERE a.status = 'published'
"""
OF_ARTICLES = """
CREATE OR REPLACE FUNCTION newscentre_article_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search_entry WHERE kind = 'article' AND record = OLD.id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND (
        NEW.status <> 'published' OR (NEW.title_language, NEW.summary_en, NEW.summary_fr, NEW.summary_ar)
            IS DISTINCT FROM (OLD.title_language, OLD.summary_en, OLD.summary_fr, OLD.summary_ar)
    ) THEN
        DELETE FROM search_entry WHERE kind = 'article' AND record = NEW.id;
    END IF;
    INSERT INTO search_entry (kind, record, language, at, audience, parents, vector)
    SELECT kind, record, language, at, audience, parents, vector FROM newscentre_entries WHERE record = NEW.id
    ON CONFLICT (kind, record, language) DO UPDATE
    SET at = EXCLUDED.at, audience = EXCLUDED.audience, parents = EXCLUDED.parents, vector = EXCLUDED.vector;
    RETURN NULL;
END
$$
"""
WITH_A_SUMMARY = """
SELECT set_config('imap.keeping', 'on', true);
UPDATE newscentre_article SET id = id WHERE concat(summary_en, summary_fr, summary_ar) <> '';
SELECT set_config('imap.keeping', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0015_library_and_links_locked_and_in_search")]

    operations = [
        migrations.RunSQL("DROP VIEW newscentre_entries", migrations.RunSQL.noop),
        migrations.RunSQL(ENTRIES, migrations.RunSQL.noop),
        migrations.RunSQL(OF_ARTICLES, migrations.RunSQL.noop),
        migrations.RunSQL(WITH_A_SUMMARY, migrations.RunSQL.noop),
    ]
