-- Another address is not the one that was gone.
CREATE FUNCTION indicators_source_forget_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.gone_on := NULL;
    RETURN NEW;
END
$$;
