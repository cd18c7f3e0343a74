"""The countries of a dialogue's map under its boundary policy, as routes cross them."""

from pathlib import Path

from django.conf import settings

from atlas.basemaps import BOUNDARIES, SHAPES, policy_of
from atlas.models import Dialogue
from atlas.shapes import apply_boundaries, iso3_by_numeric, read_countries
from routes.geometry.country_crossings import Countries


def countries_of(dialogue: str, data: Path | None = None) -> Countries:
    """Takes half a second, and the libraries of geometry: for publishing, never for a reader's page."""
    data = data or settings.DATA_DIR
    policy = policy_of(Dialogue.objects.get(pk=dialogue), data / BOUNDARIES)
    frame = apply_boundaries(read_countries(data / SHAPES), policy, iso3_by_numeric())
    return Countries(frame["code"].tolist(), frame.geometry.tolist())
