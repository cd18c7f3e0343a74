-- What someone else would see, within what the secretariat itself may read.
CREATE FUNCTION imap_sees_as(audience text[]) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN audience && nullif(current_setting('imap.viewer', true), '')::text[]
       AND audience && nullif(current_setting('imap.within', true), '')::text[];
END
$$;
