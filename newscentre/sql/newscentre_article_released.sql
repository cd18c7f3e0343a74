-- Whoever publishes it, a fetch or an editor. The clock's moment, not the transaction's, which may be minutes before.
CREATE FUNCTION newscentre_article_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'published' THEN
        NEW.released_at := NULL;
    ELSIF TG_OP = 'INSERT' OR OLD.status <> 'published' THEN
        NEW.released_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
