from django.db import migrations

from search.entries import when, where_differing

VIEW = "profiles_editiontext_entries"
# Each text apart, with its heading; the subject's names in every language and spelling stand at the first section of an
# edition, so that a name finds the profile once.
ENTRIES = f"""
CREATE VIEW {VIEW} WITH (security_invoker = true) AS
SELECT 'profile' AS kind, t.id AS record, t.language, e.published_at AS at,
       imap_narrowing(t.audience::text, s.audience::text, e.audience::text, p.audience::text) AS audiences,
       setweight(to_tsvector(imap_stems(t.language), imap_searched(concat_ws(' . ', heading.title, names.said))), 'A')
       || setweight(to_tsvector(imap_stems(t.language), imap_searched(imap_without_markup(t.html))), 'B') AS vector
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
    LEFT JOIN LATERAL (
        SELECT string_agg(text, ' . ' ORDER BY id) AS spellings FROM atlas_namevariant WHERE subject_id = u.id
    ) v ON true
    WHERE u.id = p.subject_id AND heading.position IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM profiles_editiontext t1
        JOIN profiles_section s1 ON s1.id = t1.section_id
        JOIN atlas_outlinesection h1 ON h1.id = s1.heading_id
        WHERE t1.edition_id = t.edition_id AND t1.language = t.language AND h1.position < heading.position
    )
) names ON true
"""
# What a text's entry says depends on the texts beside it, of which the first has the names.
BESIDE = (
    "SELECT t.id FROM profiles_editiontext t JOIN changed c ON c.edition_id = t.edition_id AND c.language = t.language"
)
OF_EDITION = "SELECT t.id FROM profiles_editiontext t JOIN changed c ON c.id = t.edition_id"
OF_PROFILE = """SELECT t.id FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id
    JOIN changed c ON c.id = e.profile_id"""
OF_SECTION = """SELECT t.id FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id
    JOIN changed c ON c.profile_id = e.profile_id"""
OF_HEADING = """SELECT t.id FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id
    WHERE e.profile_id IN (SELECT s.profile_id FROM profiles_section s JOIN changed c ON c.id = s.heading_id)"""
OF_SUBJECT = """SELECT t.id FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id
    JOIN profiles_profile p ON p.id = e.profile_id JOIN {changed} ON c.{subject} = p.subject_id"""
RENAMED = where_differing("name_en name_fr name_ar", OF_SUBJECT.format(changed="changed c", subject="id"))
SPELLED, FORMERLY_SPELLED = (
    OF_SUBJECT.format(changed=changed, subject="subject_id") for changed in ("changed c", "former c")
)


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0012_search_without_markup"),
        ("search", "0005_restricted_entries"),
        ("atlas", "0003_names_of_relations"),
    ]

    operations = [
        migrations.RunSQL(
            [
                "DROP TRIGGER in_search ON profiles_editiontext",
                "DROP TRIGGER in_search ON profiles_profile",
                "DROP FUNCTION profiles_text_in_search()",
                "DROP FUNCTION profiles_profile_in_search()",
                "DROP VIEW profiles_entries",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(ENTRIES, f"DROP VIEW {VIEW}"),
        *when(
            "profile",
            VIEW,
            "profiles_editiontext",
            {"added": BESIDE, "changed": BESIDE, "removed": f"{BESIDE} UNION SELECT id FROM changed"},
            is_own=True,
        ),
        *when("profile", VIEW, "profiles_edition", {"changed": OF_EDITION}),
        *when("profile", VIEW, "profiles_profile", {"changed": where_differing("audience subject_id", OF_PROFILE)}),
        *when("profile", VIEW, "profiles_section", {"changed": where_differing("audience heading_id", OF_SECTION)}),
        *when(
            "profile",
            VIEW,
            "atlas_outlinesection",
            {"changed": where_differing("title_en title_fr title_ar position", OF_HEADING)},
        ),
        *when("profile", VIEW, "atlas_subject", {"changed": RENAMED}),
        *when(
            "profile",
            VIEW,
            "atlas_namevariant",
            {"added": SPELLED, "changed": f"{SPELLED} UNION {FORMERLY_SPELLED}", "removed": SPELLED},
        ),
        migrations.RunSQL(f"SELECT imap_write_entries('profile', '{VIEW}', NULL, false)", migrations.RunSQL.noop),
    ]
