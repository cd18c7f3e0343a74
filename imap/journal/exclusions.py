"""What the journal does not record, with reasons: a restored database may have it as it was in the backup.

Whatever else ends, narrows or withdraws something is noted by triggers (`imap.journal.noted_changes`). A new model or field is either; that
none was forgotten is asked by tests/imap/test_what_is_noted.py. Where a row's removal is not noted, that stands as `removed`.
"""

REMOVED = "removed"

ADDED_ONLY = "Rows are added once; the application's role can neither change nor remove them."
DERIVED = "Made anew from other rows, by triggers or tasks."
OF_CODE = "Made by migrations; nobody changes them in the portal."
OF_SESSIONS = "Everybody signs in anew after a restore: sessions are in no backup."
OF_THE_TEXT = "Part of what a text says, under its audience, which is noted; correcting it ends nothing."
OF_REFERENCE = "Reference data, open to everyone: a name or a definition, not a right."
UNUSED = "No part of the portal reads such rows."
WHO_DID_IT = "Who did it; says nothing of what somebody may."
WHEN_IT_WAS = "When something was; says nothing of what somebody may."
OF_THE_WORKERS = "When the portal asks another host next, and what came of it; it finds that out again."
WHAT_IT_IS = "What it is, not who reads it or what it opens."

# Table → why nothing of it is noted. Audiences are never meant.
OF_TABLES = {
    "account_emailconfirmation": UNUSED,
    "accounts_acceptance": "Who accepted the terms is asked again where the row is lost; none is taken back.",
    "accounts_logentry": ADDED_ONLY,
    "accounts_mandateevent": ADDED_ONLY,
    "accounts_reminder": "That a mail was sent; without it the person is reminded once more.",
    "accounts_sentform": "That a form was sent once; kept for a short time.",
    "accounts_termsofuse": ADDED_ONLY,
    "accounts_useofquarter": "Numbers of a quarter, counted by the portal.",
    "atlas_basemap": DERIVED,
    "atlas_changecounter": DERIVED,
    "atlas_boundaryrule": "How a boundary is drawn for every reader alike; nobody reads less by it.",
    "atlas_formername": OF_REFERENCE,
    "atlas_namevariant": OF_REFERENCE,
    "atlas_outlinesection": "A heading alone says nothing: the sections below it have audiences, and their removal is noted.",
    "atlas_subject_members": OF_REFERENCE,
    "auth_permission": OF_CODE,
    "django_admin_log": "What was done in the admin, for its own pages.",
    "django_content_type": OF_CODE,
    "django_session": OF_SESSIONS,
    "imap_formeraddress": "Written by triggers alone; what an address leads to is asked of the row's own audience.",
    "imap_journal": "The journal itself.",
    "indicators_furthersource": OF_THE_TEXT,
    "indicators_indicator": OF_REFERENCE,
    "indicators_statedefinition": OF_REFERENCE,
    "indicators_topic": OF_REFERENCE,
    "newscentre_articletag": DERIVED,
    "newscentre_mailing": "A mail to be sent, made by tasks; who gets it and what it holds is asked when it is sent.",
    "newscentre_meeting_delegations": OF_THE_TEXT,
    "newscentre_meeting_supporters": OF_THE_TEXT,
    "newscentre_outsideaddress": OF_THE_WORKERS,
    "newscentre_project_made_with": OF_THE_TEXT,
    "newscentre_publication_made_with": OF_THE_TEXT,
    "newscentre_publicationsection": OF_THE_TEXT,
    "profiles_citation": ADDED_ONLY,
    "profiles_citedfigure": ADDED_ONLY,
    "profiles_draft": "What a desk writes and nobody else reads; published, it is an edition.",
    "profiles_edition": ADDED_ONLY,
    "profiles_editiontext": ADDED_ONLY,
    "profiles_gonelink": "That an address of a text does not answer; the portal finds that out again.",
    "profiles_keptdrafts": "What a desk wrote before, and nobody else reads.",
    "profiles_section_sources": OF_THE_TEXT,
    "profiles_section_tags": OF_THE_TEXT,
    "routes_geodataimport": "A file that a desk looks at and nobody else; what was taken of it are rows with audiences.",
    "routes_mapanswer": ADDED_ONLY,
    "routes_mapfeature": ADDED_ONLY,
    "routes_storystep": OF_THE_TEXT,
    "routes_storystep_layers": OF_THE_TEXT,
    "search_entry": DERIVED,
    "search_readers": DERIVED,
    "search_restricted_entry": DERIVED,
    "socialaccount_socialapp": UNUSED,
    "socialaccount_socialtoken": UNUSED,
    "usersessions_usersession": OF_SESSIONS,
}

# Column, in whatever table → why.
OF_COLUMNS_NAMED = {
    **dict.fromkeys(("approved_by_id", "asked_by_id", "decided_by_id", "made_by_id", "nominated_by_id"), WHO_DID_IT),
    **dict.fromkeys(("published_by_id", "recorded_by_id"), WHO_DID_IT),
    **dict.fromkeys(("approved_at", "asked_at", "changed_at", "created_at", "made_at", "received_on", "sent_at"), WHEN_IT_WAS),
    **dict.fromkeys(("date_joined", "first_used_at", "joined_at", "seen_at"), WHEN_IT_WAS),
    **dict.fromkeys(("last_login", "last_used_on", "last_visit_at", "visit_began_at"), WHEN_IT_WAS),
    **dict.fromkeys(("category", "confidence", "flag", "is_schematic", "kind", "language", "mode", "provenance"), WHAT_IT_IS),
    "gone_on": "That an address does not answer any more; the portal finds that out again.",
}  # fmt: skip

# Table → column or REMOVED → why.
OF_COLUMNS = {
    "account_emailaddress": {"primary": "Which of their addresses; each is noted when it changes or goes."},
    "accounts_logentry": {"audience": ADDED_ONLY},
    "accounts_mandateevent": {"audience": ADDED_ONLY},
    "accounts_nomination": {
        "partner_id": "Who nominates is the partner for good; no page changes it.",
        "predecessor_leaves_on": "A wish of who nominates; the mandate's own date is noted.",
        "successor_to_id": "A wish of who nominates; the mandate's own end is noted.",
        "user_id": "The account that came of it; its mandate is noted when it ends.",
    },
    "accounts_policywidening": {
        "decided_at": WHEN_IT_WAS,
        "partner_id": "What was asked for stays what it is; no page changes it.",
        "requires_second_factor": "What was asked for stays what it is; no page changes it.",
        REMOVED: "Kept after it is decided; no page removes it.",
    },
    "accounts_submission": {
        "dialogue_id": "Before whom it lies stays what it is; no page changes it.",
        "nomination_id": "Of which nomination stays what it is; no page changes it.",
    },
    "accounts_widening": {
        "decided_at": WHEN_IT_WAS,
        "dialogue_id": "What was asked for stays what it is; no page changes it.",
        "held": "What was held when it was asked; opens nothing.",
        "wanted": "What was asked for stays what it is; no page changes it.",
        REMOVED: "Kept after it is decided; no page removes it.",
    },
    "atlas_dialogue": {"contact_email": "Where a desk is written to, shown to everyone."},
    "atlas_theme": {"accent": "A colour of its pages."},
    "indicators_observation": {"held_from": WHEN_IT_WAS},
    "newscentre_article": {
        "is_date_known": WHEN_IT_WAS,
        "published_at": "The date that its publisher gives it; whether it is shown is its status, which is noted.",
        "released_at": WHEN_IT_WAS,
    },
    "newscentre_feed": {"owner_id": "Who of the desk is told of its feed; gives no right to it."},
    "newscentre_fetching": {
        **dict.fromkeys(("begun_at", "claimed_until", "fetched_at", "is_slow", "next_at"), OF_THE_WORKERS),
        **dict.fromkeys(("reason", "succeeded_at"), OF_THE_WORKERS),
        REMOVED: "Goes with its feed, whose removal is noted.",
    },
    "newscentre_meeting": {"host_id": OF_THE_TEXT},
    "newscentre_watch": {"audience": "Its owner's alone, for good."},
    "profiles_edition": {"audience": "Set when it is published; who reads it later is its profile's audience, which is noted."},
    "profiles_editiontext": {"audience": "Set when it is published; who reads it later is its section's, which is noted."},
    "profiles_profile": {"endorsement": "Where a text stands, for the desk alone."},
    "routes_mapanswer": {"audience": ADDED_ONLY},
    "routes_mapedition": {"is_proof": ADDED_ONLY, "published_at": WHEN_IT_WAS},
    "routes_mapfeature": {"audience": "Set when it is published; the record that it was made of is asked too, and noted."},
    "search_readers": dict.fromkeys(("audience", "second", "third", "fourth", "fifth"), DERIVED),
}  # fmt: skip
