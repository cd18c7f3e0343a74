from django.db import migrations

# As it was before affiliations could be ended; accounts.tokens_sql holds today's.
FIRST_RULE = """
CREATE OR REPLACE FUNCTION imap_tokens_of(who bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH held AS (
        SELECT a.id, a.partner_id FROM accounts_affiliation a
        WHERE a.user_id = who AND a.begins_on <= CURRENT_DATE AND (a.ends_on IS NULL OR a.ends_on >= CURRENT_DATE)
    )
    SELECT array_agg(DISTINCT token ORDER BY token) FROM (
        SELECT 'public' AS token
        UNION ALL SELECT 'person:' || who
        UNION ALL SELECT 'nominated' FROM held
        UNION ALL SELECT 'partner:' || partner_id FROM held
        UNION ALL
        SELECT 'dialogue:' || s.dialogue_id || ':' || s.theme_id
        FROM held JOIN accounts_scope s ON s.affiliation_id = held.id
        WHERE s.is_granted OR EXISTS (
            SELECT 1 FROM atlas_membership m
            WHERE m.partner_id = held.partner_id AND m.dialogue_id = s.dialogue_id AND m.role = 'partner'
              AND (m.left IS NULL OR m.left >= extract(year FROM CURRENT_DATE))
        )
        UNION ALL SELECT 'secretariat:' || dialogue_id FROM accounts_secretariatmember WHERE user_id = who
        UNION ALL
        SELECT 'group:' || g.slug FROM accounts_readinggroup g
        JOIN accounts_readinggroup_members m ON m.readinggroup_id = g.slug
        WHERE m.user_id = who AND (g.ends_on IS NULL OR g.ends_on >= CURRENT_DATE)
    ) AS tokens
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("atlas", "0001_initial")]
    operations = [migrations.RunSQL(FIRST_RULE, "DROP FUNCTION imap_tokens_of(bigint)")]
