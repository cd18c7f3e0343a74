from django.db import migrations

# What stands in the search table of published articles: for one that changes, and for all when entries are made anew.
# Names of the subjects stand in every language and spelling, so that سبها finds what is written on Sebha.
ENTRIES = """
CREATE VIEW newscentre_entries WITH (security_invoker = true) AS
SELECT 'article' AS kind, a.id AS record, a.title_language AS language, a.published_at AS at, a.audience, f.audience AS parents,
       setweight(to_tsvector(imap_stems(a.title_language), imap_searched(a.title)), 'A')
       || setweight(to_tsvector(imap_stems(a.title_language), imap_searched(a.excerpt)), 'B')
       || setweight(to_tsvector(imap_stems(a.title_language), imap_searched(coalesce(names.said, ''))), 'C') AS vector
FROM newscentre_article a
JOIN newscentre_feed f ON f.id = a.feed_id
LEFT JOIN LATERAL (
    SELECT string_agg(concat_ws(' . ', s.name_en, s.name_fr, s.name_ar, v.spellings), ' . ') AS said
    FROM atlas_subject s
    LEFT JOIN LATERAL (SELECT string_agg(text, ' . ') AS spellings FROM atlas_namevariant WHERE subject_id = s.id) v ON true
    WHERE s.id = ANY (a.subjects)
) names ON true
WHERE a.status = 'published'
"""
OF_ARTICLES = """
CREATE OR REPLACE FUNCTION newscentre_article_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search_entry WHERE kind = 'article' AND record = OLD.id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.title_language <> OLD.title_language OR NEW.status <> 'published' THEN
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


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0003_in_search")]

    operations = [
        migrations.RunSQL(ENTRIES, "DROP VIEW newscentre_entries"),
        migrations.RunSQL(OF_ARTICLES, migrations.RunSQL.noop),
    ]
