-- The owner's role loads, purges and restores; the application's corrects by adding.
CREATE FUNCTION imap_keep_vintages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a figure is not removed but withdrawn from a day on' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (OLD.indicator_id, OLD.subject_id, OLD.period, OLD.breakdown, OLD.value, OLD.known_on, OLD.flag, OLD.source_id)
       IS DISTINCT FROM
       (NEW.indicator_id, NEW.subject_id, NEW.period, NEW.breakdown, NEW.value, NEW.known_on, NEW.flag, NEW.source_id)
       OR (OLD.replaces, OLD.held_from, OLD.reason) IS DISTINCT FROM (NEW.replaces, NEW.held_from, NEW.reason)
       OR OLD.withdrawn_on IS NOT NULL AND (OLD.withdrawn_on, OLD.withdrawn_because)
          IS DISTINCT FROM (NEW.withdrawn_on, NEW.withdrawn_because)
    THEN
        RAISE EXCEPTION 'a figure is not changed but replaced by another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.withdrawn_on IS DISTINCT FROM OLD.withdrawn_on AND NEW.changed_at = OLD.changed_at THEN
        NEW.changed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
