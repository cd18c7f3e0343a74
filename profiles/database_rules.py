"""The database's rules of profiles beside those that stand at the models (`access.installation`)."""

from profiles.shown_editions_sql import LOOKS_ALIKE, SHOWN
from search.entries import when, when_dialogue_opens, when_spelled, where_differing

VIEW = "profiles_editiontext_entries"
OF_EDITION = "SELECT t.id FROM profiles_editiontext t JOIN changed c ON c.id = t.edition_id"
OF_PROFILE = "SELECT t.id FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id JOIN changed c ON c.id = e.profile_id"
OF_SECTION = (
    "SELECT t.id FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id "
    "JOIN changed c ON c.profile_id = e.profile_id"
)
OF_SUBJECT = (
    "SELECT t.id FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id "
    "JOIN profiles_profile p ON p.id = e.profile_id JOIN changed c ON "
)
OF_HEADING = (
    "SELECT t.id FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id WHERE e.profile_id IN "
    "(SELECT s.profile_id FROM profiles_section s JOIN changed c ON c.id = s.heading_id)"
)
OF_DIALOGUE = (
    "SELECT t.id FROM changed c JOIN profiles_profile p ON p.dialogue_id = c.slug "
    "JOIN profiles_edition e ON e.profile_id = p.id JOIN profiles_editiontext t ON t.edition_id = e.id"
)
# The first section of an edition bears the names of its subject: which one that is may change with each of them.
OF_TEXT = (
    "SELECT t.id FROM profiles_editiontext t JOIN changed c ON c.edition_id = t.edition_id AND c.language = t.language"
)

UNLOCKED = {"profiles_tag": "Names: said under the rule of `access.names`."}
FUNCTIONS = (LOOKS_ALIKE, SHOWN)
TRIGGERS = (
    *when(
        "profile",
        VIEW,
        "profiles_editiontext",
        {"added": OF_TEXT, "changed": OF_TEXT, "removed": f"{OF_TEXT} UNION SELECT id FROM changed"},
        is_own=True,
    ),
    *when("profile", VIEW, "profiles_edition", {"changed": OF_EDITION}),
    *when("profile", VIEW, "profiles_profile", {"changed": where_differing("audience subject_id", OF_PROFILE)}),
    *when("profile", VIEW, "profiles_section", {"changed": where_differing("audience heading_id", OF_SECTION)}),
    *when(
        "profile",
        VIEW,
        "atlas_outlinesection",
        {"changed": where_differing("title_en title_fr title_ar position", OF_HEADING)},
    ),
    *when(
        "profile",
        VIEW,
        "atlas_subject",
        {"changed": where_differing("name_en name_fr name_ar", f"{OF_SUBJECT}c.id = p.subject_id")},
    ),
    *when_spelled("profile", VIEW, f"{OF_SUBJECT}c.subject_id = p.subject_id"),
    *when_dialogue_opens("profile", VIEW, OF_DIALOGUE),
)
