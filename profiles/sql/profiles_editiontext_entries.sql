CREATE VIEW profiles_editiontext_entries WITH (security_invoker = true) AS
SELECT 'profile' AS kind, t.id AS record, t.language, e.published_at AS at,
       imap_narrowing(t.audience::text, s.audience::text, e.audience::text, p.audience::text, d.audience::text) AS audiences,
       setweight(to_tsvector(imap_stems(t.language), imap_searched(concat_ws(' . ', heading.title, names.said))), 'A')
       || setweight(to_tsvector(imap_stems(t.language), imap_searched(imap_without_markup(t.html))), 'B') AS vector
FROM profiles_editiontext t
JOIN profiles_edition e ON e.id = t.edition_id
JOIN profiles_profile p ON p.id = e.profile_id
JOIN atlas_dialogue d ON d.slug = p.dialogue_id
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
) names ON true;
