-- Adds the row's own secretariat to its audience, so that a row nobody classified is seen by nobody else.
-- Its argument is an SQL expression that gives the dialogue's slug, of the row as $1.
CREATE FUNCTION imap_add_secretariat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    dialogue text;
BEGIN
    IF NEW.audience IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE 'SELECT ' || TG_ARGV[0] INTO dialogue USING NEW;
    IF dialogue IS NOT NULL AND NOT 'secretariat:' || dialogue = ANY (NEW.audience) THEN
        NEW.audience := NEW.audience || ('secretariat:' || dialogue);
    END IF;
    PERFORM imap_refuse_others_readers(NEW.audience, dialogue);
    RETURN NEW;
END
$$;
