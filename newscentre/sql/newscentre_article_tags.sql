-- A hub and a town of one name are one tag.
CREATE FUNCTION newscentre_article_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM newscentre_articletag WHERE article_id = NEW.id;
    END IF;

INSERT INTO newscentre_articletag (article_id, tag, published_at)
SELECT a.id, 'subject/' || s.slug, a.published_at FROM (SELECT NEW.*) a JOIN atlas_subject s ON s.id = ANY (a.subjects)
WHERE a.status = 'published'
UNION SELECT a.id, 'category/' || slug, a.published_at FROM (SELECT NEW.*) a, unnest(a.categories) slug
WHERE a.status = 'published';
    RETURN NULL;
END
$$;
