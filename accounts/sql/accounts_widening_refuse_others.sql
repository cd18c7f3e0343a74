-- An audience asked for is checked when it is asked for, not only when a second person confirms it.
CREATE FUNCTION accounts_widening_refuse_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM imap_refuse_others_readers(NEW.wanted, NEW.dialogue_id);
    RETURN NEW;
END
$$;
