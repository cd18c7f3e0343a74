from django.db import migrations

# Each text apart, with its heading; the subject's names in every language and spelling stand at the first section of an
# edition, so that a name finds the profile once.
ENTRIES = """
CREATE VIEW profiles_entries WITH (security_invoker = true) AS
SELECT 'profile' AS kind, t.id AS record, t.language, e.published_at AS at, t.audience, p.audience AS parents,
       setweight(to_tsvector(imap_stems(t.language), imap_searched(concat_ws(' . ', heading.title, names.said))), 'A')
       || setweight(to_tsvector(imap_stems(t.language), imap_searched(t.html)), 'B') AS vector
FROM profiles_editiontext t
JOIN profiles_edition e ON e.id = t.edition_id
JOIN profiles_profile p ON p.id = e.profile_id
JOIN profiles_section s ON s.id = t.section_id
LEFT JOIN LATERAL (
    SELECT h.position, CASE t.language WHEN 'fr' THEN h.title_fr WHEN 'ar' THEN h.title_ar ELSE h.title_en END AS title
    FROM atlas_outlinesection h WHERE h.id = s.heading_id
) heading ON true
LEFT JOIN LATERAL (
    SELECT concat_ws(' . ', u.name_en, u.name_fr, u.name_ar, v.spellings) AS said
    FROM atlas_subject u
    LEFT JOIN LATERAL (SELECT string_agg(text, ' . ') AS spellings FROM atlas_namevariant WHERE subject_id = u.id) v ON true
    WHERE u.id = p.subject_id AND heading.position IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM profiles_editiontext t1
        JOIN profiles_section s1 ON s1.id = t1.section_id
        JOIN atlas_outlinesection h1 ON h1.id = s1.heading_id
        WHERE t1.edition_id = t.edition_id AND t1.language = t.language AND h1.position < heading.position
    )
) names ON true
"""
OF_TEXTS = """
CREATE FUNCTION profiles_text_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search_entry WHERE kind = 'profile' AND record = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO search_entry (kind, record, language, at, audience, parents, vector)
    SELECT kind, record, language, at, audience, parents, vector FROM profiles_entries WHERE record = NEW.id;
    RETURN NULL;
END
$$
"""
# Whoever may read a profile from now on is asked about its texts from now on.
OF_PROFILES = """
CREATE FUNCTION profiles_profile_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE search_entry n SET parents = NEW.audience
    FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id
    WHERE e.profile_id = NEW.id AND n.kind = 'profile' AND n.record = t.id;
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("profiles", "0007_lock_knows_viewing_as"), ("search", "0002_functions")]
    operations = [
        migrations.RunSQL(ENTRIES, "DROP VIEW profiles_entries"),
        migrations.RunSQL(OF_TEXTS, "DROP FUNCTION profiles_text_in_search()"),
        migrations.RunSQL(OF_PROFILES, "DROP FUNCTION profiles_profile_in_search()"),
        migrations.RunSQL(
            "CREATE TRIGGER in_search AFTER INSERT OR DELETE ON profiles_editiontext "
            "FOR EACH ROW EXECUTE FUNCTION profiles_text_in_search()",
            "DROP TRIGGER in_search ON profiles_editiontext",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER in_search AFTER UPDATE OF audience ON profiles_profile "
            "FOR EACH ROW EXECUTE FUNCTION profiles_profile_in_search()",
            "DROP TRIGGER in_search ON profiles_profile",
        ),
    ]
