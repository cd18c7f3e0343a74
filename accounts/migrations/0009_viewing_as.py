from importlib import import_module

from django.db import migrations

from access.lock import ReadByTodaysRule

RULE_OF_ENGAGEMENTS = import_module("accounts.migrations.0008_rule_of_engagements").RULE_OF_ENGAGEMENTS
TOKENS_OF_PERSONA = """
CREATE OR REPLACE FUNCTION imap_tokens_of_persona(
    partner text, reading_group text, dialogue text, themes text[], granted boolean
) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH affiliated AS (
        SELECT 0 AS id, partner AS partner_id, false AS may_nominate WHERE partner IS NOT NULL
    ), scope AS (
        SELECT 0 AS affiliation_id, dialogue AS dialogue_id, theme AS theme_id, granted AS is_granted
        FROM unnest(themes) AS theme
    ), 
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

    SELECT array_agg(DISTINCT token ORDER BY token) FROM (
        SELECT 'public' AS token
        UNION ALL SELECT token FROM for_partners
        UNION ALL
        SELECT 'group:' || g.slug FROM accounts_readinggroup g
        WHERE g.slug = reading_group AND g.dialogue_id = dialogue AND (g.ends_on IS NULL OR g.ends_on >= CURRENT_DATE)
    ) AS tokens
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_rule_of_engagements"), ("access", "0002_viewing_as_in_the_database")]
    operations = [
        ReadByTodaysRule.of("accounts.migrations.0004_rule_and_lock"),
        migrations.RunSQL(RULE_OF_ENGAGEMENTS, migrations.RunSQL.noop),
        migrations.RunSQL(TOKENS_OF_PERSONA, "DROP FUNCTION imap_tokens_of_persona(text, text, text, text[], boolean)"),
    ]
