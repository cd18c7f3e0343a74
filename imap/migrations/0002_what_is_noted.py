"""Which changes the journal notes: those by which somebody may read or do less than before."""

from django.db import migrations

# Arguments: the columns that name the row; those whose new values are noted; what is noted beside them, as JSON.
NOTE = """
CREATE FUNCTION imap_note_in_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    becomes jsonb;
    noted jsonb;
BEGIN
    IF coalesce(current_setting('imap.replaying', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        becomes := to_jsonb(NEW);
        SELECT jsonb_object_agg(name, becomes -> name) INTO noted
        FROM unnest(string_to_array(nullif(TG_ARGV[1], ''), ',')) AS name;
        noted := coalesce(noted, '{}') || coalesce(nullif(TG_ARGV[2], ''), '{}')::jsonb;
    END IF;
    INSERT INTO imap_journal (id, at, of_table, key, change)
    SELECT gen_random_uuid(), clock_timestamp(), TG_TABLE_NAME, jsonb_object_agg(name, was -> name), noted
    FROM unnest(string_to_array(TG_ARGV[0], ',')) AS name;
    RETURN NULL;
END
$$
"""

# Tables whose rows say themselves who reads them, and may be changed.
WITH_AUDIENCE = (
    "profiles_profile", "profiles_section", "indicators_source", "indicators_observation", "routes_layer", "routes_stop",
    "routes_segment", "routes_reason", "routes_mapedition", "routes_story", "routes_embed", "newscentre_feed",
    "newscentre_article", "newscentre_review", "newscentre_meeting", "newscentre_meetingdocument",
    "newscentre_participantlist", "newscentre_publication", "newscentre_publicationfile", "newscentre_project",
    "newscentre_link",
)  # fmt: skip
FURTHER_COLUMNS = {"newscentre_article": ",status"}
# Some token is gone, or the row inherits now or does so no more; never where everyone may read from now on.
NARROWED = (
    "OLD.audience IS DISTINCT FROM NEW.audience AND NOT coalesce(NEW.audience @> OLD.audience, false) "
    "AND NOT coalesce('public' = ANY (NEW.audience), false)"
)
EARLIER = "coalesce(NEW.{0}, 'infinity') < coalesce(OLD.{0}, 'infinity')"
SET = "OLD.{0} IS NULL AND NEW.{0} IS NOT NULL"

# Table → name of a trigger → condition, columns that are noted, what is noted beside them.
CHANGES = {
    "accounts_user": {
        "closed": ("OLD.is_active AND NOT NEW.is_active", "is_active", ""),
        "rights": (
            "OLD.is_staff AND NOT NEW.is_staff OR OLD.is_superuser AND NOT NEW.is_superuser", "is_staff,is_superuser", "",
        ),
        # The former one opens nothing again; no password is written down, so its person asks for a new one.
        "password": ("OLD.password <> NEW.password", "", '{"password": "!replayed"}'),
    },
    "accounts_affiliation": {
        "ended": (
            f"{SET.format('ended_at')} OR {EARLIER.format('ends_on')} OR OLD.may_nominate AND NOT NEW.may_nominate"
            " OR OLD.is_focal_point AND NOT NEW.is_focal_point OR NOT OLD.left_dialogues @> NEW.left_dialogues",
            "ended_at,ends_on,leaves_on,may_nominate,is_focal_point,left_dialogues", "",
        ),
        "passed_on": ("OLD.user_id <> NEW.user_id", "", '{"ended_at": "2000-01-01T00:00:00Z"}'),
    },
    "accounts_scope": {"grant": ("OLD.is_granted AND NOT NEW.is_granted", "is_granted", "")},
    "accounts_engagement": {
        "ended": (f"{SET.format('ended_at')} OR {EARLIER.format('ends_on')}", "ended_at,ends_on", ""),
    },
    "accounts_readinggroup": {"ended": (EARLIER.format("ends_on"), "ends_on", "")},
    "accounts_personaltoken": {"revoked": (SET.format("revoked_at"), "revoked_at", "")},
    "accounts_invitation": {
        "closed": (f"{SET.format('cancelled_at')} OR {SET.format('used_at')}", "cancelled_at,used_at", ""),
    },
    "accounts_submission": {
        "refused": ("OLD.state <> NEW.state AND NEW.state IN ('withdrawn', 'declined')", "state", ""),
    },
    "atlas_membership": {
        "left": (f"{EARLIER.format('left').replace('infinity', '9999')} OR OLD.role <> NEW.role", "left,role", ""),
    },
    "routes_embed": {"revoked": (SET.format("revoked_at"), "revoked_at", "")},
    "newscentre_review": {
        "taken_back": ("OLD.published_at IS NOT NULL AND NEW.published_at IS NULL", "published_at", ""),
    },
}  # fmt: skip
# Table → the columns by which a removed row is known again.
REMOVALS = {
    "accounts_user": "id",
    "accounts_affiliation": "id",
    "accounts_scope": "affiliation_id,dialogue_id,theme_id",
    "accounts_secretariatmember": "user_id,dialogue_id",
    "accounts_engagement": "id",
    "accounts_readinggroup_members": "readinggroup_id,user_id",
    "accounts_personaltoken": "id",
    "accounts_approvedaddress": "id",
    "accounts_user_groups": "user_id,group_id",
    "accounts_user_user_permissions": "user_id,permission_id",
    "atlas_membership": "id",
    "mfa_authenticator": "id",
    "socialaccount_socialaccount": "id",
    **dict.fromkeys(WITH_AUDIENCE, "id"),
}


def noting(table: str, name: str, when: str, key: str, columns: str = "", beside: str = "") -> migrations.RunSQL:
    """A trigger after each change of a row for which the condition holds; an empty one: after its removal."""
    event, condition = ("UPDATE", f"WHEN ({when})") if when else ("DELETE", "")
    trigger = f"journal_{name}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {trigger} AFTER {event} ON {table} FOR EACH ROW {condition} "
        f"EXECUTE FUNCTION imap_note_in_journal('{key}', '{columns}', '{beside}')",
        f"DROP TRIGGER {trigger} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("imap", "0001_journal"),
        ("accounts", "0019_groups_stay_in_their_dialogue"),
        ("atlas", "0003_names_of_relations"),
        ("indicators", "0007_source_gone_on"),
        ("routes", "0005_mark"),
        ("profiles", "0009_gone_links"),
        ("newscentre", "0021_watches_are_ones_own"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [
        migrations.RunSQL(NOTE, "DROP FUNCTION imap_note_in_journal()"),
        *(
            noting(table, "narrowed", NARROWED, "id", "audience" + FURTHER_COLUMNS.get(table, ""))
            for table in WITH_AUDIENCE
        ),
        *(
            noting(table, name, when, "slug" if table == "accounts_readinggroup" else "id", columns, beside)
            for table, triggers in CHANGES.items()
            for name, (when, columns, beside) in triggers.items()
        ),
        *(noting(table, "removed", "", key) for table, key in REMOVALS.items()),
    ]
