-- What is asked for is part of the policy of restricted entries, so that the index of words serves it: `@@` is not leakproof,
-- and under a policy no index serves such an operator of a query. Where nothing is asked for, a word that no entry holds is
-- excluded: all are read.
CREATE FUNCTION imap_asked() RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('imap.asked', true), ''), '!''§''')::tsquery
$$;
