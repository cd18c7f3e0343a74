-- Arguments: the column that leads to the row; the words of its address, of the row as $1.
CREATE FUNCTION imap_keep_former_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO imap_formeraddress (left_at, dialogue, theme, kind, word, %I) SELECT now(), %s, ($1).id',
                   TG_ARGV[0], TG_ARGV[1]) USING OLD;
    RETURN NULL;
END
$$;
