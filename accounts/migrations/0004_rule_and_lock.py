from importlib import import_module

from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds

FIRST_RULE = import_module("accounts.migrations.0002_tokens_of_a_user").FIRST_RULE
# As it was before people without a partner were engaged; accounts.tokens_sql holds today's.
TAKES_PART = "m.partner_id = held.partner_id AND (m.left IS NULL OR m.left > extract(year FROM CURRENT_DATE))"

THE_RULE = f"""
CREATE OR REPLACE FUNCTION imap_tokens_of(who bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH affiliated AS (
        SELECT id, partner_id, may_nominate FROM accounts_affiliation
        WHERE user_id = who AND ended_at IS NULL
          AND begins_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
    ), held AS (
        SELECT * FROM affiliated held WHERE EXISTS (SELECT 1 FROM atlas_membership m WHERE {TAKES_PART})
    )
    SELECT array_agg(DISTINCT token ORDER BY token) FROM (
        SELECT 'public' AS token
        UNION ALL SELECT 'person:' || who
        UNION ALL SELECT 'nominated' FROM held
        UNION ALL SELECT 'partner:' || partner_id FROM held
        UNION ALL SELECT 'authority:' || partner_id FROM held WHERE may_nominate
        UNION ALL
        SELECT 'dialogue:' || s.dialogue_id || ':' || s.theme_id
        FROM held JOIN accounts_scope s ON s.affiliation_id = held.id
        WHERE EXISTS (
            SELECT 1 FROM atlas_membership m
            WHERE m.dialogue_id = s.dialogue_id AND (m.role = 'partner' OR s.is_granted) AND {TAKES_PART}
        )
        UNION ALL SELECT 'secretariat:' || dialogue_id FROM accounts_secretariatmember WHERE user_id = who
        UNION ALL
        SELECT 'group:' || g.slug FROM accounts_readinggroup g
        JOIN accounts_readinggroup_members m ON m.readinggroup_id = g.slug
        WHERE m.user_id = who AND (g.ends_on IS NULL OR g.ends_on >= CURRENT_DATE)
    ) AS tokens
$$
"""

VIEWER = "(SELECT imap_viewer())"
SEES = f"audience && {VIEWER}"
AUTHORITY = f"('authority:' || {{}}) = ANY ({VIEWER}::text[])"
A_SECRETARIAT = (
    f"EXISTS (SELECT 1 FROM unnest({VIEWER}::text[]) held WHERE held LIKE 'secretariat:%' AND held = ANY (audience))"
)
PARTNER_OF_NOMINATION = "(SELECT n.partner_id FROM accounts_nomination n WHERE n.id = nomination_id)"
# A partner asks and withdraws; whether it is accepted is the secretariat's word.
OF_SUBMISSION = (
    f"({secretariat_holds('dialogue_id')} OR "
    f"(state IN ('waiting', 'withdrawn') AND {AUTHORITY.format(PARTNER_OF_NOMINATION)}))"
)
SUBMISSION_OF_THEMES = (
    "EXISTS (SELECT 1 FROM accounts_submission s JOIN accounts_nomination n ON n.id = s.nomination_id "
    f"WHERE s.id = submission_id AND ({secretariat_holds('s.dialogue_id')} OR "
    f"(s.state = 'waiting' AND {AUTHORITY.format('n.partner_id')})))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_nominations_and_log"),
        ("access", "0001_the_viewer_in_the_database"),
    ]
    operations = [
        migrations.RunSQL(THE_RULE, FIRST_RULE),
        SecretariatInAudience("accounts_submission"),
        Lock(
            "accounts_nomination",
            audience="own",
            parents={},
            write=f"({AUTHORITY.format('partner_id')} OR {A_SECRETARIAT})",
        ),
        Lock(
            "accounts_submission", audience="own", parents={"nomination_id": "accounts_nomination"}, write=OF_SUBMISSION
        ),
        Lock(
            "accounts_submission_themes",
            audience=None,
            parents={"submission_id": "accounts_submission"},
            write=SUBMISSION_OF_THEMES,
        ),
        Lock(
            "accounts_mandateevent",
            audience="own",
            parents={"nomination_id": "accounts_nomination"},
            write=SEES,
            append_only=True,
        ),
        # Anyone's reading makes a line, which they need not see.
        Lock("accounts_logentry", audience="own", parents={}, write="true", append_only=True),
    ]
