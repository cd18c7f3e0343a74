CREATE VIEW newscentre_publication_entries WITH (security_invoker = true) AS
SELECT 'publication' AS kind, r.id AS record, said.language, make_timestamptz(r.year, 1, 1, 0, 0, 0, 'UTC') AS at,
       imap_narrowing(r.audience::text, d.audience::text) AS audiences,
       setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.name))), 'A')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.about))), 'B') AS vector
FROM newscentre_publication r
JOIN atlas_dialogue d ON d.slug = r.dialogue_id
CROSS JOIN LATERAL (
    VALUES ('en', r.title, concat_ws(' . ', r.about_en, r.remark_en)),
           ('fr', r.title, concat_ws(' . ', r.about_fr, r.remark_fr)),
           ('ar', r.title, concat_ws(' . ', r.about_ar, r.remark_ar))) AS said (language, name, about)
WHERE coalesce(said.name, '') <> '';
