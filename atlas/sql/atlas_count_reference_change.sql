-- The same, as a trigger.
CREATE FUNCTION atlas_count_reference_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM atlas_count_reference();
    RETURN NULL;
END
$$;
