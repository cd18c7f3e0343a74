"""A group and a name count only with standing in the dialogue. Who would lose a group by this gets three months first."""

from importlib import import_module

from django.db import migrations

from accounts.tokens_sql import TOKENS_OF

RULE_OF_ENGAGEMENTS = import_module("accounts.migrations.0008_rule_of_engagements").RULE_OF_ENGAGEMENTS

# Members who read by a group today and stand nowhere in its dialogue: an engagement until the group ends, at the latest in
# 90 days, which the desk sees among its people without a partner, and can prolong or end.
ENGAGE_MEMBERS_WITHOUT_STANDING = """
WITH without_standing AS (
    SELECT DISTINCT ON (m.user_id, g.dialogue_id) m.user_id, g.dialogue_id,
           left('Member of “' || coalesce(g.name_en, g.slug) || '”', 160) AS purpose,
           least(g.ends_on, CURRENT_DATE + 90) AS ends_on
    FROM accounts_readinggroup g JOIN accounts_readinggroup_members m ON m.readinggroup_id = g.slug
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    WHERE 'group:' || g.slug = ANY (imap_tokens_of(m.user_id))
      AND NOT EXISTS (SELECT 1 FROM imap_standing(m.user_id) s WHERE s.dialogue_id = g.dialogue_id)
    ORDER BY m.user_id, g.dialogue_id, g.ends_on DESC NULLS FIRST
), engaged AS (
    INSERT INTO accounts_engagement (user_id, dialogue_id, purpose, ends_on)
    SELECT user_id, dialogue_id, purpose, ends_on FROM without_standing
    ON CONFLICT (user_id, dialogue_id) WHERE ended_at IS NULL
    DO UPDATE SET ends_on = EXCLUDED.ends_on, purpose = EXCLUDED.purpose
    RETURNING user_id, dialogue_id, purpose
)
INSERT INTO accounts_mandateevent (at, event, person_id, name, dialogue_id, note, audience)
SELECT now(), 'invited', u.id, left(coalesce(nullif(u.name, ''), u.email), 120), e.dialogue_id, e.purpose,
       ARRAY['secretariat:' || e.dialogue_id, 'self:' || u.id]
FROM engaged e JOIN accounts_user u ON u.id = e.user_id
"""
OWN = """
UPDATE {table} SET audience = ARRAY(SELECT regexp_replace(t, '^person:([0-9]+)$', 'self:\\1') FROM unnest(audience) t)
WHERE EXISTS (SELECT 1 FROM unnest(audience) t WHERE t ~ '^person:[0-9]+$')
"""
OF_THEIR_OWN = ("accounts_nomination", "accounts_submission", "accounts_mandateevent", "accounts_logentry")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_standing_in_a_dialogue")]
    operations = [
        migrations.RunSQL("SET LOCAL imap.keeping = 'on'", migrations.RunSQL.noop),
        migrations.RunSQL(ENGAGE_MEMBERS_WITHOUT_STANDING, migrations.RunSQL.noop),
        *(migrations.RunSQL(OWN.format(table=table), migrations.RunSQL.noop) for table in OF_THEIR_OWN),
        migrations.RunSQL("SET LOCAL imap.keeping = ''", migrations.RunSQL.noop),
        migrations.RunSQL(TOKENS_OF, RULE_OF_ENGAGEMENTS),
    ]
