"""The rest of what ends, narrows or is withdrawn, so that nothing of it is missing; `imap.journal.exclusions` says what is not, and why.

A row whose key holds whose it is (a mandate, a seat) is gone under its former key once it is somebody else's.
"""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("imap.migrations.0002_what_is_noted")

# As before. The fourth argument: `again`, only of rows of which the journal knows something already, by the key that they have
# now; `gone`, the row is what it was no more, as if it were removed.
NOTE = """
CREATE OR REPLACE FUNCTION imap_note_in_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    how text := coalesce(TG_ARGV[3], '');
    named_by jsonb := CASE WHEN TG_OP = 'INSERT' OR how = 'again' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    row_key jsonb;
    becomes jsonb;
    noted jsonb;
BEGIN
    IF coalesce(current_setting('imap.replaying', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_object_agg(name, named_by -> name) INTO row_key FROM unnest(string_to_array(TG_ARGV[0], ',')) AS name;
    IF how = 'again' AND NOT EXISTS (SELECT FROM imap_journal WHERE of_table = TG_TABLE_NAME AND key = row_key) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' AND how <> 'gone' THEN
        becomes := to_jsonb(NEW);
        SELECT jsonb_object_agg(name, becomes -> name) INTO noted
        FROM unnest(string_to_array(nullif(TG_ARGV[1], ''), ',')) AS name;
        noted := coalesce(noted, '{}') || coalesce(nullif(TG_ARGV[2], ''), '{}')::jsonb;
    END IF;
    INSERT INTO imap_journal (id, at, of_table, key, change)
    VALUES (gen_random_uuid(), clock_timestamp(), TG_TABLE_NAME, row_key, noted);
    RETURN NULL;
END
$$
"""

KEYS = {
    "accounts_affiliation": "id,user_id,partner_id",
    "accounts_engagement": "id,user_id,dialogue_id",
    "accounts_partnerpolicy": "partner_id",
    "accounts_readinggroup": "slug",
    "accounts_scope": "affiliation_id,dialogue_id,theme_id",
    "accounts_secretariatmember": "user_id,dialogue_id",
    "accounts_submission_themes": "submission_id,theme_id",
    "accounts_readinggroup_members": "readinggroup_id,user_id",
    "accounts_user_groups": "user_id,group_id",
    "accounts_user_user_permissions": "user_id,permission_id",
    "auth_group_permissions": "group_id,permission_id",
    "atlas_coverage": "dialogue_id,subject_id",
    "atlas_dialogue": "slug",
    "atlas_dialoguetheme": "dialogue_id,theme_id",
    "atlas_membership": "id,dialogue_id,partner_id",
    "atlas_partner": "slug",
    "atlas_theme": "slug",
    "newscentre_category": "slug",
    "newscentre_publisher": "slug",
    "newscentre_reviewitem": "review_id,article_id",
    "profiles_tag": "slug",
    "routes_segmentdrawing": "segment_id",
    "routes_stopdrawing": "stop_id",
}
NARROWED, EARLIER_DATE, SET = EARLIER.NARROWED, EARLIER.EARLIER, EARLIER.SET
PLANNED = NARROWED.replace(".audience", ".planned_audience")
TAKEN = "OLD.{0} AND NOT NEW.{0}"
NAMES = ("atlas_theme", "atlas_subject", "atlas_partner", "profiles_tag", "newscentre_category", "newscentre_publisher")
IS_DECIDED = ("OLD.state = 'waiting' AND NEW.state IN ('refused', 'overtaken')", "state", "")
OVER = '{"ended_at": "2000-01-01T00:00:00Z"}'

# Table → name of a trigger → condition, columns that are noted, what is noted beside them. Of the same name as before: instead.
CHANGES = {
    "account_emailaddress": {"address": ("OLD.email <> NEW.email OR " + TAKEN.format("verified"), "email,verified", "")},
    "accounts_user": {
        "address": ("OLD.email <> NEW.email", "email", ""),
        "digest": ("OLD.news_digest <> 'none' AND NEW.news_digest = 'none'", "news_digest", ""),
    },
    "accounts_affiliation": {
        "ended": (
            f"{SET.format('ended_at')} OR {EARLIER_DATE.format('ends_on')} OR {EARLIER_DATE.format('leaves_on')}"
            f" OR NEW.begins_on > OLD.begins_on OR {TAKEN.format('may_nominate')} OR {TAKEN.format('is_focal_point')}"
            " OR NOT OLD.left_dialogues @> NEW.left_dialogues",
            "begins_on,ended_at,ends_on,leaves_on,may_nominate,is_focal_point,left_dialogues", "",
        ),
        "passed_on": ("(OLD.user_id, OLD.partner_id) IS DISTINCT FROM (NEW.user_id, NEW.partner_id)", "", OVER),
    },
    "accounts_scope": {"grant": (TAKEN.format("is_granted"), "is_granted", "")},
    "accounts_engagement": {
        "ended": (f"{SET.format('ended_at')} OR {EARLIER_DATE.format('ends_on')}", "ended_at,ends_on", ""),
        "passed_on": ("(OLD.user_id, OLD.dialogue_id) IS DISTINCT FROM (NEW.user_id, NEW.dialogue_id)", "", OVER),
    },
    "accounts_readinggroup": {"moved": ("OLD.dialogue_id <> NEW.dialogue_id", "dialogue_id", "")},
    "accounts_personaltoken": {
        "revoked": (
            f"{SET.format('revoked_at')} OR NEW.expires_on < OLD.expires_on OR OLD.scope <> NEW.scope",
            "revoked_at,expires_on,scope", "",
        ),
    },
    "accounts_invitation": {
        "closed": (
            f"{SET.format('cancelled_at')} OR {SET.format('used_at')} OR NEW.expires_at < OLD.expires_at",
            "cancelled_at,used_at,expires_at", "",
        ),
    },
    "accounts_nomination": {
        "narrowed": (NARROWED, "audience", ""),
        "address": ("OLD.email <> NEW.email", "email", ""),
        "rights": (
            f"{TAKEN.format('may_nominate')} OR {TAKEN.format('is_focal_point')}", "may_nominate,is_focal_point", "",
        ),
    },
    "accounts_submission": {
        "narrowed": (NARROWED, "audience", ""),
        # Who declines says why, and the database asks for it.
        "refused": (
            "OLD.state <> NEW.state AND NEW.state IN ('withdrawn', 'declined')", "state,reason,decided_at", "",
        ),
    },
    "accounts_widening": {"refused": IS_DECIDED},
    "accounts_policywidening": {"refused": IS_DECIDED},
    "accounts_partnerpolicy": {
        "narrowed": (
            "NOT NEW.domains @> OLD.domains OR NEW.months < OLD.months"
            " OR NEW.requires_second_factor AND NOT OLD.requires_second_factor",
            "domains,months,requires_second_factor", "",
        ),
    },
    "atlas_dialoguetheme": {"preset": ("OLD.preset <> NEW.preset", "preset", "")},
    "atlas_membership": {
        "left": (
            f"{EARLIER_DATE.format('left').replace('infinity', '9999')} OR OLD.role <> NEW.role"
            " OR coalesce(NEW.joined, 0) > coalesce(OLD.joined, 0)",
            "joined,left,role", "",
        ),
    },
    **{
        table: {
            "reference": (
                TAKEN.format("is_reference") + " OR OLD.made_by_id IS DISTINCT FROM NEW.made_by_id", "is_reference,made_by_id", "",
            )
        }
        for table in NAMES
    },
    "indicators_observation": {"withdrawn": (SET.format("withdrawn_on"), "withdrawn_on", "")},
    "routes_layer": {"coarser": ('NEW."precision" < OLD."precision"', "precision", "")},
    "routes_stopdrawing": {"hidden": (TAKEN.format("is_shown"), "is_shown", "")},
    "routes_segmentdrawing": {"hidden": (TAKEN.format("is_shown"), "is_shown", "")},
    "routes_embed": {"sites": ("OLD.origins <> NEW.origins", "origins", "")},
    "newscentre_feed": {"rule": ("OLD.rule <> NEW.rule OR NEW.is_first_hand AND NOT OLD.is_first_hand", "rule,is_first_hand", "")},
    "newscentre_fetching": {"paused": ("NEW.is_paused AND NOT OLD.is_paused", "is_paused", "")},
    "newscentre_article": {
        "narrowed": (
            f"({NARROWED}) OR ({PLANNED}) OR NEW.is_first_hand AND NOT OLD.is_first_hand"
            " OR OLD.status = 'published' AND NEW.status <> 'published'",
            "audience,planned_audience,status,is_first_hand", "",
        ),
    },
    "newscentre_review": {
        "narrowed": (f"({NARROWED}) OR ({PLANNED}) OR {TAKEN.format('is_mailed')}", "audience,planned_audience,is_mailed", ""),
    },
    "newscentre_meeting": {"cancelled": ("OLD.state <> NEW.state AND NEW.state = 'cancelled'", "state", "")},
}  # fmt: skip
OF_A_DIALOGUE = (
    "indicators_source", "indicators_observation", "routes_layer", "routes_reason", "routes_mapedition", "routes_story",
    "profiles_profile", "newscentre_feed", "newscentre_review", "newscentre_meeting", "newscentre_publication",
    "newscentre_project", "newscentre_link",
)  # fmt: skip
for table in OF_A_DIALOGUE:
    moved = ("OLD.dialogue_id IS DISTINCT FROM NEW.dialogue_id", "dialogue_id", "")
    CHANGES[table] = {**CHANGES.get(table, {}), "moved": moved}
# What is decided once, or noted whenever it changes.
NOT_AGAIN = {"refused", "address", "passed_on", "preset", "sites"}

# Rows that are what they were no more → when.
USED_A_CODE = "OLD.type = 'recovery_codes' AND OLD.last_used_at IS DISTINCT FROM NEW.last_used_at"
GONE = {
    "account_emailaddress": "OLD.user_id <> NEW.user_id",
    "accounts_agencyaccount": "(OLD.user_id, OLD.agency, OLD.subject) IS DISTINCT FROM (NEW.user_id, NEW.agency, NEW.subject)",
    "accounts_approvedaddress": "(OLD.partner_id, OLD.email) IS DISTINCT FROM (NEW.partner_id, NEW.email)",
    "accounts_invitation": "(OLD.user_id, OLD.email) IS DISTINCT FROM (NEW.user_id, NEW.email)",
    "accounts_personaltoken": "OLD.user_id <> NEW.user_id",
    "mfa_authenticator": f"OLD.user_id <> NEW.user_id OR {USED_A_CODE}",
    "newscentre_watch": "OLD.owner_id <> NEW.owner_id",
    "socialaccount_socialaccount": "(OLD.user_id, OLD.provider, OLD.uid) IS DISTINCT FROM (NEW.user_id, NEW.provider, NEW.uid)",
}
REMOVALS = (
    *NAMES, "account_emailaddress", "accounts_affiliation", "accounts_agencyaccount", "accounts_engagement", "accounts_invitation",
    "accounts_nomination", "accounts_partnerpolicy", "accounts_readinggroup", "accounts_submission",
    "accounts_submission_themes", "atlas_coverage", "atlas_dialoguetheme", "atlas_membership", "auth_group",
    "auth_group_permissions", "newscentre_reviewitem", "newscentre_watch", "routes_segmentdrawing", "routes_stopdrawing",
)  # fmt: skip
# What is removed, or becomes somebody else's, and comes back as the same row → the columns that are noted of it.
COMES_BACK = {
    "accounts_affiliation": CHANGES["accounts_affiliation"]["ended"][1],
    "accounts_engagement": CHANGES["accounts_engagement"]["ended"][1],
    "accounts_partnerpolicy": CHANGES["accounts_partnerpolicy"]["narrowed"][1],
    "accounts_readinggroup_members": "",
    "accounts_scope": "is_granted",
    "accounts_secretariatmember": "",
    "accounts_submission_themes": "",
    "accounts_user_groups": "",
    "accounts_user_user_permissions": "",
    "atlas_coverage": "",
    "atlas_dialoguetheme": "preset",
    "atlas_membership": CHANGES["atlas_membership"]["left"][1],
    "auth_group_permissions": "",
    "newscentre_reviewitem": "",
    "routes_segmentdrawing": "is_shown",
    "routes_stopdrawing": "is_shown",
}
ENDS_BY_ITSELF = {"accounts_affiliation", "accounts_engagement"}  # `passed_on` says more
NARROWER_THAN_NONE = "NEW.requires_second_factor OR NEW.months < 12"  # a partner without a policy has twelve months


def key_of(table: str) -> str:
    return KEYS.get(table, "id")


def trigger(table: str, name: str, event: str, when: str, *arguments: str) -> migrations.RunSQL:
    condition = f"WHEN ({when})" if when else ""
    told = ", ".join(f"'{argument}'" for argument in (key_of(table), *arguments))
    return migrations.RunSQL(
        f"CREATE OR REPLACE TRIGGER journal_{name} AFTER {event} ON {table} FOR EACH ROW {condition} "
        f"EXECUTE FUNCTION imap_note_in_journal({told})",
        migrations.RunSQL.noop,
    )


def differs(columns: str) -> str:
    was, becomes = (", ".join(f'{row}."{name}"' for name in columns.split(",")) for row in ("OLD", "NEW"))
    return f"({was}) IS DISTINCT FROM ({becomes})"


def changes():
    for table, triggers in CHANGES.items():
        for name, (when, columns, beside) in triggers.items():
            yield trigger(table, name, "UPDATE", when, columns, beside)
            if columns and name not in NOT_AGAIN:
                later = f"{differs(columns)} AND ({when}) IS NOT TRUE"
                yield trigger(table, f"{name}_again", "UPDATE", later, columns, "", "again")


def comings_and_goings():
    for table, when in GONE.items():
        yield trigger(table, "gone", "UPDATE", when, "", "", "gone")
    for table in REMOVALS:
        yield trigger(table, "removed", "DELETE", "")
    for table, columns in COMES_BACK.items():
        yield trigger(table, "back", "INSERT", "", columns, "", "again")
        if table != "accounts_partnerpolicy":
            is_another = differs(key_of(table).removeprefix("id,"))
            yield trigger(table, "moved_back", "UPDATE", is_another, columns, "", "again")
            if table not in ENDS_BY_ITSELF:
                yield trigger(table, "moved_away", "UPDATE", is_another, "", "", "gone")


class Migration(migrations.Migration):
    dependencies = [
        ("imap", "0008_what_is_given_again"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0023_name_of_sign_ins_ended"),
        ("atlas", "0007_audience_of_dialogues"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("indicators", "0010_names_that_may_be_said"),
        ("newscentre", "0030_one_feed_of_first_hand_news"),
        ("profiles", "0016_editions_shown"),
        ("routes", "0011_steps_of_layers"),
    ]
    operations = [
        migrations.RunSQL(NOTE, migrations.RunSQL.noop),
        *changes(),
        *comings_and_goings(),
        trigger(
            "accounts_partnerpolicy", "made", "INSERT", NARROWER_THAN_NONE, COMES_BACK["accounts_partnerpolicy"], ""
        ),
    ]
