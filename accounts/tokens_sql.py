"""The rule by which a user holds tokens, as the database function that every request asks.

An affiliation counts while it is current and its partner takes part in some dialogue. A theme is read for a partner
whose role in the dialogue is *partner*; for observers, donors and the Commission where a secretariat granted it.
A focal point and a nominating authority both nominate. A group, and a person's name in an audience, count only while the
person stands in the dialogue (`imap_standing`); what is a person's own stays theirs.
The same rule says what a typical person would hold, for a secretariat that views as one.

Who takes part in a dialogue is under its lock, and tokens are asked for before there is a viewer: so these functions read
as the portal (`access.row_level_security.as_the_portal`), and return tokens and standings alone.
"""

from access.row_level_security import as_the_portal

TAKES_PART = "m.partner_id = held.partner_id AND (m.left IS NULL OR m.left > extract(year FROM CURRENT_DATE))"
IS_CURRENT = "held.ended_at IS NULL AND held.begins_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)"
IS_OPEN = "(g.ends_on IS NULL OR g.ends_on >= CURRENT_DATE)"

# What `affiliated` (id, partner_id, may_nominate) gives, for the `scope`s (affiliation_id, dialogue_id, theme_id,
# is_granted) of each.
FOR_PARTNERS = f"""
    held AS (
        SELECT * FROM affiliated held WHERE EXISTS (SELECT 1 FROM atlas_membership m WHERE {TAKES_PART})
    ), for_partners AS (
        SELECT 'nominated' AS token FROM held
        UNION ALL SELECT 'partner:' || partner_id FROM held
        UNION ALL SELECT 'authority:' || partner_id FROM held WHERE may_nominate
        UNION ALL
        SELECT 'dialogue:' || s.dialogue_id || ':' || s.theme_id
        FROM held JOIN scope s ON s.affiliation_id = held.id
        WHERE EXISTS (
            SELECT 1 FROM atlas_membership m
            WHERE m.dialogue_id = s.dialogue_id AND (m.role = 'partner' OR s.is_granted) AND {TAKES_PART}
        )
    )
"""

# The one rule of who stands in which dialogue, and by what: a seat in its secretariat, an open engagement there, or a
# current affiliation, not ended there, to a partner that is a member of it in any role. `ground`: the row's key.
STANDING = as_the_portal(
    "imap_standing(who bigint)",
    "TABLE (dialogue_id text, kind text, ground bigint)",
    f"""
    RETURN QUERY
    SELECT s.dialogue_id::text, 'seat', s.id FROM accounts_secretariatmember s WHERE s.user_id = who
    UNION ALL
    SELECT e.dialogue_id::text, 'engagement', e.id FROM accounts_engagement e
    WHERE e.user_id = who AND e.ended_at IS NULL AND e.ends_on >= CURRENT_DATE
    UNION ALL
    SELECT m.dialogue_id::text, 'affiliation', held.id
    FROM accounts_affiliation held JOIN atlas_membership m ON {TAKES_PART}
    WHERE held.user_id = who AND {IS_CURRENT} AND NOT m.dialogue_id = ANY (held.left_dialogues);
    """,
)

TOKENS_OF = as_the_portal(
    "imap_tokens_of(who bigint)",
    "text[]",
    f"""
    WITH affiliated AS (
        SELECT held.id, partner_id, may_nominate OR is_focal_point AS may_nominate FROM accounts_affiliation held
        WHERE held.user_id = who AND {IS_CURRENT}
    ), scope AS (SELECT * FROM accounts_scope), {FOR_PARTNERS}, standing AS (
        SELECT DISTINCT dialogue_id, kind = 'seat' AS is_seat FROM imap_standing(who)
    )
    SELECT array_agg(DISTINCT token ORDER BY token) INTO answer FROM (
        SELECT 'public' AS token
        UNION ALL SELECT 'self:' || who
        UNION ALL SELECT token FROM for_partners
        UNION ALL SELECT 'secretariat:' || dialogue_id FROM standing WHERE is_seat
        UNION ALL SELECT 'person:' || dialogue_id || ':' || who FROM standing
        UNION ALL
        SELECT 'group:' || g.slug FROM accounts_readinggroup g
        JOIN accounts_readinggroup_members m ON m.readinggroup_id = g.slug
        JOIN standing ON standing.dialogue_id = g.dialogue_id
        WHERE m.user_id = who AND {IS_OPEN}
    ) AS tokens;
    """,
    declare="answer text[];",
)

# Someone of a partner, nominated for these themes of a dialogue; or a member of a group of that dialogue; each may be null.
TOKENS_OF_PERSONA = as_the_portal(
    "imap_tokens_of_persona(partner text, reading_group text, dialogue text, themes text[], granted boolean)",
    "text[]",
    f"""
    WITH affiliated AS (
        SELECT 0 AS id, partner AS partner_id, false AS may_nominate WHERE partner IS NOT NULL
    ), scope AS (
        SELECT 0 AS affiliation_id, dialogue AS dialogue_id, theme AS theme_id, granted AS is_granted
        FROM unnest(themes) AS theme
    ), {FOR_PARTNERS}
    SELECT array_agg(DISTINCT token ORDER BY token) INTO answer FROM (
        SELECT 'public' AS token
        UNION ALL SELECT token FROM for_partners
        UNION ALL
        SELECT 'group:' || g.slug FROM accounts_readinggroup g
        WHERE g.slug = reading_group AND g.dialogue_id = dialogue AND {IS_OPEN}
    ) AS tokens;
    """,
    declare="answer text[];",
)
