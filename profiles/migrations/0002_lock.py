from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds


def of_profile(profile_id: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM profiles_profile p WHERE p.id = {profile_id} AND {secretariat_holds('p.dialogue_id')})"
    )


def of_section(section_id: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM profiles_section s JOIN profiles_profile p ON p.id = s.profile_id "
        f"WHERE s.id = {section_id} AND {secretariat_holds('p.dialogue_id')})"
    )


# A published text or citation is its own secretariat's, and stands in an edition of the same profile as its section.
OF_SECTION_IN_EDITION = (
    "EXISTS (SELECT 1 FROM profiles_section s JOIN profiles_profile p ON p.id = s.profile_id "
    "JOIN profiles_edition e ON e.profile_id = p.id "
    f"WHERE s.id = section_id AND e.id = edition_id AND {secretariat_holds('p.dialogue_id')})"
)

DIALOGUE_OF_PROFILE = "(SELECT dialogue_id FROM profiles_profile WHERE id = {})"
SECTION = {"section_id": "profiles_section"}
EDITION_AND_SECTION = {"edition_id": "profiles_edition", "section_id": "profiles_section"}


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0001_initial"),
        ("indicators", "0002_lock"),
        ("access", "0001_the_viewer_in_the_database"),
    ]
    operations = [
        SecretariatInAudience("profiles_profile"),
        SecretariatInAudience("profiles_section", DIALOGUE_OF_PROFILE.format("($1).profile_id")),
        SecretariatInAudience("profiles_edition", DIALOGUE_OF_PROFILE.format("($1).profile_id")),
        SecretariatInAudience(
            "profiles_editiontext",
            DIALOGUE_OF_PROFILE.format("(SELECT profile_id FROM profiles_edition WHERE id = ($1).edition_id)"),
        ),
        Lock("profiles_profile", audience="own", parents={}, write=secretariat_holds("dialogue_id")),
        Lock(
            "profiles_section",
            audience="inherits",
            parents={"profile_id": "profiles_profile"},
            write=of_profile("profile_id"),
        ),
        Lock("profiles_draft", audience=None, parents=SECTION, write=of_section("section_id"), desk_only=True),
        Lock("profiles_section_sources", audience=None, parents=SECTION, write=of_section("section_id")),
        Lock("profiles_section_tags", audience=None, parents=SECTION, write=of_section("section_id")),
        Lock(
            "profiles_edition",
            audience="own",
            parents={"profile_id": "profiles_profile"},
            write=of_profile("profile_id"),
            append_only=True,
        ),
        Lock(
            "profiles_editiontext",
            audience="own",
            parents=EDITION_AND_SECTION,
            write=OF_SECTION_IN_EDITION,
            append_only=True,
        ),
        Lock(
            "profiles_citation",
            audience=None,
            parents=EDITION_AND_SECTION | {"source_id": "indicators_source"},
            write=OF_SECTION_IN_EDITION,
            append_only=True,
        ),
    ]
