from django.db import migrations

from access.lock import OVERLAP
from access.names import SayableView

OF_A_PROFILE = (
    "EXISTS (SELECT FROM profiles_edition e JOIN profiles_profile p ON p.id = e.profile_id WHERE p.{column} = n.{key})"
)
OF_A_MAP = (
    "n.id IN (SELECT unnest(ARRAY[f.route_id, s.place_id])"
    " FROM routes_mapfeature f LEFT JOIN routes_stop s ON s.id = f.stop_id)"
)
OF_A_GROUP = "ARRAY['group:' || n.slug, 'secretariat:' || n.dialogue_id]"


def row_of(table: str, column: str, key: str) -> str:
    return f"EXISTS (SELECT FROM {table} t WHERE t.{column} = n.{key})"


class Migration(migrations.Migration):
    """Here, since what names a subject or a partner stands in the tables of many rooms."""

    dependencies = [
        ("imap", "0002_what_is_noted"),
        ("access", "0002_viewing_as_in_the_database"),
        ("accounts", "0009_viewing_as"),
        ("atlas", "0006_names_that_may_be_said"),
        ("indicators", "0001_initial"),
        ("routes", "0005_mark"),
        ("profiles", "0014_names_that_may_be_said"),
        ("newscentre", "0024_names_that_may_be_said"),
    ]
    operations = [
        SayableView(
            "atlas_subject",
            "id",
            [
                row_of("atlas_coverage", "subject_id", "id"),
                row_of("indicators_observation", "subject_id", "id"),
                OF_A_PROFILE.format(column="subject_id", key="id"),
                OF_A_MAP,
            ],
        ),
        SayableView(
            "atlas_theme",
            "slug",
            [
                row_of("atlas_dialoguetheme", "theme_id", "slug"),
                OF_A_PROFILE.format(column="theme_id", key="slug"),
            ],
        ),
        SayableView("atlas_partner", "slug", [row_of("atlas_membership", "partner_id", "slug")]),
        SayableView(
            "accounts_readinggroup",
            "slug",
            [],
            own=OVERLAP.replace("'public' = ANY (audience) OR ", "").replace("audience", OF_A_GROUP),
        ),
        SayableView("newscentre_category", "slug", []),
        SayableView("newscentre_publisher", "slug", [row_of("newscentre_feed", "publisher_id", "slug")]),
        SayableView(
            "profiles_tag", "slug", ["EXISTS (SELECT FROM profiles_editiontext t WHERE t.tags @> ARRAY[n.slug])"]
        ),
    ]
