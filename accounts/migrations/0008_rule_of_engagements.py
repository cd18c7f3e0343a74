from importlib import import_module

from django.db import migrations

THE_RULE = import_module("accounts.migrations.0004_rule_and_lock").THE_RULE
# As it was before a group and a name counted only with standing in a dialogue; accounts.tokens_sql holds today's.
RULE_OF_ENGAGEMENTS = """
CREATE OR REPLACE FUNCTION imap_tokens_of(who bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH affiliated AS (
        SELECT id, partner_id, may_nominate OR is_focal_point AS may_nominate FROM accounts_affiliation
        WHERE user_id = who AND ended_at IS NULL
          AND begins_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
    ), scope AS (SELECT * FROM accounts_scope), 
    held AS (
        SELECT * FROM affiliated held WHERE EXISTS (SELECT 1 FROM atlas_membership m WHERE m.partner_id = held.partner_id AND (m.left IS NULL OR m.left > extract(year FROM CURRENT_DATE)))
    ), for_partners AS (
        SELECT 'nominated' AS token FROM held
        UNION ALL SELECT 'partner:' || partner_id FROM held
        UNION ALL SELECT 'authority:' || partner_id FROM held WHERE may_nominate
        UNION ALL
        SELECT 'dialogue:' || s.dialogue_id || ':' || s.theme_id
        FROM held JOIN scope s ON s.affiliation_id = held.id
        WHERE EXISTS (
            SELECT 1 FROM atlas_membership m
            WHERE m.dialogue_id = s.dialogue_id AND (m.role = 'partner' OR s.is_granted) AND m.partner_id = held.partner_id AND (m.left IS NULL OR m.left > extract(year FROM CURRENT_DATE))
        )
    )
, seats AS (
        SELECT dialogue_id FROM accounts_secretariatmember WHERE user_id = who
    ), named AS (
        SELECT who WHERE NOT EXISTS (SELECT 1 FROM accounts_engagement e WHERE e.user_id = who)
            OR EXISTS (SELECT 1 FROM accounts_engagement e
                       WHERE e.user_id = who AND e.ended_at IS NULL AND e.ends_on >= CURRENT_DATE)
            OR EXISTS (SELECT 1 FROM held) OR EXISTS (SELECT 1 FROM seats)
    )
    SELECT array_agg(DISTINCT token ORDER BY token) FROM (
        SELECT 'public' AS token
        UNION ALL SELECT 'person:' || who FROM named
        UNION ALL SELECT token FROM for_partners
        UNION ALL SELECT 'secretariat:' || dialogue_id FROM seats
        UNION ALL
        SELECT 'group:' || g.slug FROM named, accounts_readinggroup g
        JOIN accounts_readinggroup_members m ON m.readinggroup_id = g.slug
        WHERE m.user_id = who AND (g.ends_on IS NULL OR g.ends_on >= CURRENT_DATE)
    ) AS tokens
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_mandates")]
    operations = [migrations.RunSQL(RULE_OF_ENGAGEMENTS, THE_RULE)]
