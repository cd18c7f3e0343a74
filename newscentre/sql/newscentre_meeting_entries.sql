CREATE VIEW newscentre_meeting_entries WITH (security_invoker = true) AS
SELECT 'meeting' AS kind, r.id AS record, said.language, imap_first_moment(r.starts) AS at,
       imap_narrowing(r.audience::text, d.audience::text) AS audiences,
       setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.name, said.series))), 'A')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.city, said.about, said.visits))), 'B')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', (SELECT concat_ws(' . ', s.name_en, s.name_fr, s.name_ar,
                (SELECT string_agg(v.text, ' . ' ORDER BY v.id) FROM atlas_namevariant v WHERE v.subject_id = s.id))
        FROM atlas_subject s WHERE s.id = r.country_id AND s.is_reference)))), 'C') AS vector
FROM newscentre_meeting r
JOIN atlas_dialogue d ON d.slug = r.dialogue_id
CROSS JOIN LATERAL (
    VALUES ('en', r.name_en, r.series_en, r.city_en, r.about_en, r.visits_en),
           ('fr', r.name_fr, r.series_fr, r.city_fr, r.about_fr, r.visits_fr),
           ('ar', r.name_ar, r.series_ar, r.city_ar, r.about_ar, r.visits_ar)) AS said (language, name, series, city, about, visits)
WHERE coalesce(said.name, '') <> '';
