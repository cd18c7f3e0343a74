CREATE VIEW newscentre_project_entries WITH (security_invoker = true) AS
SELECT 'project' AS kind, r.id AS record, said.language, imap_first_moment(r.starts) AS at,
       imap_narrowing(r.audience::text, d.audience::text) AS audiences,
       setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.name))), 'A')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.about))), 'B') AS vector
FROM newscentre_project r
JOIN atlas_dialogue d ON d.slug = r.dialogue_id
CROSS JOIN LATERAL (
    VALUES ('en', concat_ws(' . ', r.acronym, r.name_en), concat_ws(' . ', r.about_en, r.outcome_en, r.other_partners_en)),
           ('fr', concat_ws(' . ', r.acronym, r.name_fr), concat_ws(' . ', r.about_fr, r.outcome_fr, r.other_partners_fr)),
           ('ar', concat_ws(' . ', r.acronym, r.name_ar), concat_ws(' . ', r.about_ar, r.outcome_ar, r.other_partners_ar))) AS said (language, name, about)
WHERE coalesce(said.name, '') <> '';
