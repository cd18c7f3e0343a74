"""Which editions' numbers and dates a viewer is told: those in which a part that they may see changed."""

from django.db import connection

from access.viewer import Viewer
from access.visibility import sees, tokens_of
from atlas.visible_versions import ShownRows

SHOWN = "profiles_editions_shown({profile}, {upto}, {most}, %(tokens)s::text[], %(within)s::text[])"
ALL_OF_ONE = f"SELECT ARRAY(SELECT shown FROM {SHOWN.format(profile='%(profile)s', upto='NULL', most='NULL')} shown)"

newest_shown = ShownRows(
    f"""SELECT shown FROM profiles_profile p, {SHOWN.format(profile="p.id", upto="NULL", most=1)} shown
         WHERE {sees("p")} ORDER BY p.id"""
)


def shown_editions(viewer: Viewer) -> list[int]:
    """The key of the newest shown edition of each profile. One query."""
    return newest_shown.to(viewer)


def editions_shown(viewer: Viewer, profile: int) -> list[int]:
    """All those of one profile, by their numbers in the database, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(ALL_OF_ONE, {"profile": profile, **tokens_of(viewer)})
        return cursor.fetchone()[0]
