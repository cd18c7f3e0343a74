-- Audiences name a group by its identifier alone, those of published editions for good: what it is called in them and
-- its dialogue stay, and it ends by its date. Were it removed, another of the same name would open what was shared with it.
CREATE FUNCTION accounts_readinggroup_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the group % stays in its dialogue, and ends by its date', OLD.slug USING ERRCODE = 'check_violation';
END
$$;
