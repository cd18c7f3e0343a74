CREATE VIEW newscentre_link_entries WITH (security_invoker = true) AS
SELECT 'link' AS kind, r.id AS record, said.language, r.changed_at AS at,
       imap_narrowing(r.audience::text, d.audience::text) AS audiences,
       setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.name))), 'A')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.about))), 'B') AS vector
FROM newscentre_link r
JOIN atlas_dialogue d ON d.slug = r.dialogue_id
CROSS JOIN LATERAL (
    VALUES ('en', r.name_en, r.about_en),
           ('fr', r.name_fr, r.about_fr),
           ('ar', r.name_ar, r.about_ar)) AS said (language, name, about)
WHERE coalesce(said.name, '') <> '';
