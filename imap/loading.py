"""Loads all files below data/ in one transaction, in the order of the rooms."""

from pathlib import Path

from django.db import transaction

from access.viewing import every_secretariat, viewing
from accounts.loading import load_terms
from accounts.permissions import editors
from atlas.basemaps import ShapesError, draw_basemaps
from atlas.loading import Loading, RefusedData
from atlas.loading.world import World
from atlas.reference_version import advance
from indicators.loading import load_figures
from newscentre.calendar.loading import load_meetings
from newscentre.library.loading import load_library
from newscentre.links.loading import load_links
from newscentre.loading import load_categories
from profiles.loading import load_profiles
from routes.loading import load_routes


@transaction.atomic
def load_world(data: Path) -> Loading:
    """Raises RefusedData (file, line, reason) when one row is bad; then nothing is changed."""
    loading = Loading()
    with viewing(every_secretariat()):  # of dialogues that were loaded before, and may have been narrowed since
        World(data, loading).load()
        load_terms(data, loading)
        load_categories(data, loading)
        editors()  # with the rights of this version
        try:
            drawn = draw_basemaps(data)
        except ShapesError as error:
            raise RefusedData("shapes", 0, str(error)) from None
        loading.note("maps drawn", "changed" if drawn else "skipped", drawn or 1)
    with viewing(every_secretariat()):
        load_figures(data, loading)
        load_routes(data, loading)
        load_profiles(data, loading)
        load_meetings(data, loading)
        load_library(data, loading)
        load_links(data, loading)
        if loading.has_written:
            advance()
    return loading
