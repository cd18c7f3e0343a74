-- What a user owes before they may read on; every request asks it.
-- `terms`: the newest terms of use are not accepted. `factor`: there is no second factor, or none that still opens.
-- `codes`: there is one, a list of codes on paper, and it is used up. `policy`: a partner wants one of all its people.
-- What follows from these is for `accounts.signing_in.pending_steps` to say.
-- PL/pgSQL, unlike SQL, keeps its plans from one request to the next (before PostgreSQL 18).
CREATE FUNCTION imap_owed_by(who bigint, every_code bigint) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    owed text[] := '{}';
    has_device boolean;
    has_codes boolean;
    has_code boolean;
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT version FROM accounts_termsofuse ORDER BY version DESC LIMIT 1) AS newest
        WHERE NOT EXISTS (
            SELECT 1 FROM accounts_acceptance a WHERE a.user_id = who AND a.terms_id = newest.version
        )
    ) THEN
        owed := owed || 'terms'::text;
    END IF;
    SELECT coalesce(bool_or(type <> 'recovery_codes'), false),
           coalesce(bool_or(type = 'recovery_codes'), false),
           coalesce(bool_or(type = 'recovery_codes'
                            AND (data ->> 'used_mask')::bigint & every_code <> every_code), false)
      INTO has_device, has_codes, has_code
      FROM mfa_authenticator WHERE user_id = who;
    IF NOT (has_device OR has_code) THEN
        owed := owed || 'factor'::text;
        IF has_codes THEN
            owed := owed || 'codes'::text;
        END IF;
    END IF;
    IF EXISTS (
        SELECT 1 FROM accounts_affiliation a JOIN accounts_partnerpolicy p ON p.partner_id = a.partner_id
        WHERE a.user_id = who AND p.requires_second_factor AND a.ended_at IS NULL
          AND a.begins_on <= CURRENT_DATE AND (a.ends_on IS NULL OR a.ends_on >= CURRENT_DATE)
    ) THEN
        owed := owed || 'policy'::text;
    END IF;
    RETURN owed;
END
$$;
