CREATE VIEW newscentre_article_entries WITH (security_invoker = true) AS
SELECT 'article' AS kind, a.id AS record, said.language, a.published_at AS at,
       imap_narrowing(a.audience::text, f.audience::text, d.audience::text) AS audiences,
       setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.title))), 'A')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.excerpt, said.summary))), 'B')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', names.said))), 'C')
       || coalesce((SELECT string_agg(imap_mark_of_subject(s.id) || ':1C', ' ')::tsvector FROM atlas_subject s
        WHERE s.id = ANY (a.subjects) AND NOT s.is_reference), '') AS vector
FROM newscentre_article a
JOIN newscentre_feed f ON f.id = a.feed_id
JOIN atlas_dialogue d ON d.slug = f.dialogue_id
CROSS JOIN LATERAL (
    SELECT string_agg((SELECT concat_ws(' . ', s.name_en, s.name_fr, s.name_ar,
                (SELECT string_agg(v.text, ' . ' ORDER BY v.id) FROM atlas_namevariant v WHERE v.subject_id = s.id))
        FROM atlas_subject s WHERE s.id = of_article.id AND s.is_reference), ' . ' ORDER BY of_article.id) AS said
    FROM (SELECT DISTINCT id FROM unnest(a.subjects) id) of_article
) names
CROSS JOIN LATERAL (
    SELECT a.title_language AS language, a.title, a.excerpt,
           CASE a.title_language WHEN 'en' THEN a.summary_en WHEN 'fr' THEN a.summary_fr WHEN 'ar' THEN a.summary_ar END AS summary
    UNION ALL
    SELECT summaries.language, '', '', summaries.text
    FROM (VALUES ('en', a.summary_en), ('fr', a.summary_fr), ('ar', a.summary_ar)) AS summaries (language, text)
    WHERE summaries.text <> '' AND summaries.language <> a.title_language
) said
WHERE a.status = 'published';
