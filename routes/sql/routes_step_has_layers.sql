-- Whether a step of a story shows layers of its own, whoever may see them.
CREATE FUNCTION routes_step_has_layers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE routes_storystep t
       SET has_layers = EXISTS (SELECT 1 FROM routes_storystep_layers l WHERE l.storystep_id = t.id)
     WHERE t.id IN (OLD.storystep_id, NEW.storystep_id);
    RETURN NULL;
END
$$;
