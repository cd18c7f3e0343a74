from django.db import migrations

# Published articles are found, others are not. Names of the subjects stand in every language and spelling, so that سبها
# finds what is written on Sebha.
OF_ARTICLES = """
CREATE FUNCTION newscentre_article_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stems regconfig;
    names text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.title_language <> OLD.title_language OR TG_OP = 'DELETE' THEN
        DELETE FROM search_entry WHERE kind = 'article' AND record = OLD.id;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    IF NEW.status <> 'published' THEN
        DELETE FROM search_entry WHERE kind = 'article' AND record = NEW.id;
        RETURN NULL;
    END IF;
    stems := imap_stems(NEW.title_language);
    SELECT string_agg(concat_ws(' . ', s.name_en, s.name_fr, s.name_ar, v.spellings), ' . ') INTO names
    FROM atlas_subject s
    LEFT JOIN LATERAL (SELECT string_agg(text, ' . ') AS spellings FROM atlas_namevariant WHERE subject_id = s.id) v ON true
    WHERE s.id = ANY (NEW.subjects);
    INSERT INTO search_entry (kind, record, language, at, audience, parents, vector)
    SELECT 'article', NEW.id, NEW.title_language, NEW.published_at, NEW.audience, f.audience,
           setweight(to_tsvector(stems, imap_searched(NEW.title)), 'A')
           || setweight(to_tsvector(stems, imap_searched(NEW.excerpt)), 'B')
           || setweight(to_tsvector(stems, imap_searched(coalesce(names, ''))), 'C')
    FROM newscentre_feed f WHERE f.id = NEW.feed_id
    ON CONFLICT (kind, record, language) DO UPDATE
    SET at = EXCLUDED.at, audience = EXCLUDED.audience, parents = EXCLUDED.parents, vector = EXCLUDED.vector;
    RETURN NULL;
END
$$
"""
# Whoever may read a feed from now on finds its articles from now on.
OF_FEEDS = """
CREATE FUNCTION newscentre_feed_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE search_entry e SET parents = NEW.audience
    FROM newscentre_article a WHERE a.feed_id = NEW.id AND e.kind = 'article' AND e.record = a.id;
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0002_lock"), ("search", "0002_functions")]

    operations = [
        migrations.RunSQL(OF_ARTICLES, "DROP FUNCTION newscentre_article_in_search()"),
        migrations.RunSQL(OF_FEEDS, "DROP FUNCTION newscentre_feed_in_search()"),
        migrations.RunSQL(
            "CREATE TRIGGER in_search AFTER INSERT OR UPDATE OR DELETE ON newscentre_article "
            "FOR EACH ROW EXECUTE FUNCTION newscentre_article_in_search()",
            "DROP TRIGGER in_search ON newscentre_article",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER in_search AFTER UPDATE OF audience ON newscentre_feed "
            "FOR EACH ROW EXECUTE FUNCTION newscentre_feed_in_search()",
            "DROP TRIGGER in_search ON newscentre_feed",
        ),
    ]
