CREATE VIEW newscentre_meetingdocument_entries WITH (security_invoker = true) AS
SELECT 'document' AS kind, said.id AS record, said.language, imap_first_moment(m.starts) AS at,
       imap_narrowing(said.audience::text, m.audience::text, d.audience::text) AS audiences,
       setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.title))), 'A')
       || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', m.name_en, m.name_fr, m.name_ar))), 'C') AS vector
FROM newscentre_meetingdocument said
JOIN newscentre_meeting m ON m.id = said.meeting_id
JOIN atlas_dialogue d ON d.slug = m.dialogue_id;
