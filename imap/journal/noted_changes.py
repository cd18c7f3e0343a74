"""Which changes the journal notes: those by which somebody may read or do less than before (`imap.journal.exclusions`: what is not).

Once a row was narrowed, each later change of the same columns is noted too, so that a restored row ends as it was. A row
whose key holds whose it is (a mandate, a seat) is gone under its former key once it is somebody else's.
"""

from collections.abc import Iterator

from access.triggers import Trigger

# Table → the columns by which a row is known again; of others, `id`.
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
# Tables whose rows say themselves who reads them, and may be changed.
WITH_AUDIENCE = (
    "profiles_profile", "profiles_section", "indicators_source", "indicators_observation", "routes_layer", "routes_stop",
    "routes_segment", "routes_reason", "routes_mapedition", "routes_story", "routes_embed", "newscentre_feed",
    "newscentre_article", "newscentre_review", "newscentre_meeting", "newscentre_meetingdocument",
    "newscentre_participantlist", "newscentre_publication", "newscentre_publicationfile", "newscentre_project",
    "newscentre_link",
)  # fmt: skip
# Some token is gone, or the row inherits now or does so no more; never where everyone may read from now on.
NARROWED = (
    "OLD.audience IS DISTINCT FROM NEW.audience AND NOT coalesce(NEW.audience @> OLD.audience, false) "
    "AND NOT coalesce('public' = ANY (NEW.audience), false)"
)
EARLIER_DATE = "coalesce(NEW.{0}, 'infinity') < coalesce(OLD.{0}, 'infinity')"
SET = "OLD.{0} IS NULL AND NEW.{0} IS NOT NULL"
PLANNED = NARROWED.replace(".audience", ".planned_audience")
TAKEN = "OLD.{0} AND NOT NEW.{0}"
NAMES = ("atlas_theme", "atlas_subject", "atlas_partner", "profiles_tag", "newscentre_category", "newscentre_publisher")
IS_DECIDED = ("OLD.state = 'waiting' AND NEW.state IN ('refused', 'overtaken')", "state", "")
OVER = '{"ended_at": "2000-01-01T00:00:00Z"}'

# Table → name of a trigger → condition, columns that are noted, what is noted beside them.
CHANGES = {
    "account_emailaddress": {"address": ("OLD.email <> NEW.email OR " + TAKEN.format("verified"), "email,verified", "")},
    "accounts_user": {
        "closed": ("OLD.is_active AND NOT NEW.is_active", "is_active", ""),
        "rights": (
            "OLD.is_staff AND NOT NEW.is_staff OR OLD.is_superuser AND NOT NEW.is_superuser", "is_staff,is_superuser", "",
        ),
        # The former one opens nothing again; no password is written down, so its person asks for a new one.
        "password": ("OLD.password <> NEW.password", "", '{"password": "!replayed"}'),
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
    "accounts_readinggroup": {
        "ended": (EARLIER_DATE.format("ends_on"), "ends_on", ""),
        "moved": ("OLD.dialogue_id <> NEW.dialogue_id", "dialogue_id", ""),
    },
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
    "routes_embed": {"revoked": (SET.format("revoked_at"), "revoked_at", ""), "sites": ("OLD.origins <> NEW.origins", "origins", "")},
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
        "taken_back": ("OLD.published_at IS NOT NULL AND NEW.published_at IS NULL", "published_at", ""),
        "narrowed": (f"({NARROWED}) OR ({PLANNED}) OR {TAKEN.format('is_mailed')}", "audience,planned_audience,is_mailed", ""),
    },
    "newscentre_meeting": {"cancelled": ("OLD.state <> NEW.state AND NEW.state = 'cancelled'", "state", "")},
}  # fmt: skip
OF_A_DIALOGUE = (
    "indicators_source", "indicators_observation", "routes_layer", "routes_reason", "routes_mapedition", "routes_story",
    "profiles_profile", "newscentre_feed", "newscentre_review", "newscentre_meeting", "newscentre_publication",
    "newscentre_project", "newscentre_link",
)  # fmt: skip
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
    *NAMES, *WITH_AUDIENCE, "atlas_dialogue", "accounts_user", "accounts_scope", "accounts_secretariatmember", "accounts_readinggroup_members",
    "accounts_personaltoken", "accounts_approvedaddress", "accounts_user_groups", "accounts_user_user_permissions",
    "mfa_authenticator", "socialaccount_socialaccount", "account_emailaddress", "accounts_affiliation", "accounts_agencyaccount", "accounts_engagement", "accounts_invitation",
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


def triggers() -> Iterator[tuple[str, Trigger]]:
    """Table and trigger, of all that is noted."""
    yield from _narrowings()
    yield from _comings_and_goings()


def _narrowings() -> Iterator[tuple[str, Trigger]]:
    changes = {table: {"narrowed": (NARROWED, "audience", "")} for table in (*WITH_AUDIENCE, "atlas_dialogue")}
    for table in OF_A_DIALOGUE:
        moved = ("OLD.dialogue_id IS DISTINCT FROM NEW.dialogue_id", "dialogue_id", "")
        changes[table] = {**changes.get(table, {}), "moved": moved}
    for table, of_table in CHANGES.items():
        changes[table] = {**changes.get(table, {}), **of_table}
    for table, of_table in changes.items():
        for name, (when, columns, beside) in of_table.items():
            yield _trigger(table, name, "UPDATE", when, columns, beside)
            if columns and name not in NOT_AGAIN:
                later = f"{_differs(columns)} AND ({when}) IS NOT TRUE"
                yield _trigger(table, f"{name}_again", "UPDATE", later, columns, "", "again")


def _comings_and_goings() -> Iterator[tuple[str, Trigger]]:
    for table, when in GONE.items():
        yield _trigger(table, "gone", "UPDATE", when, "", "", "gone")
    for table in REMOVALS:
        yield _trigger(table, "removed", "DELETE", "")
    for table, columns in COMES_BACK.items():
        yield _trigger(table, "back", "INSERT", "", columns, "", "again")
        if table != "accounts_partnerpolicy":
            is_another = _differs(_key_of(table).removeprefix("id,"))
            yield _trigger(table, "moved_back", "UPDATE", is_another, columns, "", "again")
            if table not in ENDS_BY_ITSELF:
                yield _trigger(table, "moved_away", "UPDATE", is_another, "", "", "gone")
    columns = COMES_BACK["accounts_partnerpolicy"]
    yield _trigger("accounts_partnerpolicy", "made", "INSERT", NARROWER_THAN_NONE, columns, "")


def _trigger(table: str, name: str, event: str, when: str, *arguments: str) -> tuple[str, Trigger]:
    """`arguments`: columns that are noted, what is noted beside them, and how (`imap/sql/imap_note_in_journal.sql`)."""
    told = ", ".join(f"'{argument}'" for argument in (_key_of(table), *arguments))
    return table, Trigger(f"journal_{name}", f"AFTER {event}", f"imap_note_in_journal({told})", when=when)


def _key_of(table: str) -> str:
    return KEYS.get(table, "id")


def _differs(columns: str) -> str:
    was, becomes = (", ".join(f'{row}."{name}"' for name in columns.split(",")) for row in ("OLD", "NEW"))
    return f"({was}) IS DISTINCT FROM ({becomes})"
