"""Draws the base map of each dialogue: the shapes of the file under the boundary policy of the database."""

import gzip
import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import brotli
from django.conf import settings
from shapely import box

from access.viewing import every_secretariat, viewing
from atlas.models import Basemap, BoundaryRule, Dialogue
from atlas.shapes import (
    Boundary,
    ShapesError,
    Treatment,
    apply_boundaries,
    basemap,
    bounds,
    iso3_by_numeric,
    load_boundaries,
    read_countries,
)

SHAPES = Path("facts") / "ne_50m_countries.topojson"
BOUNDARIES = Path("world") / "boundaries.json"
VIEW = (-25.0, -5.0, 90.0, 71.0)  # west, south, east, north: what a first view may show of a country


@cache
def policy_of_the_files(path: Path) -> tuple[Boundary, ...]:
    return tuple(load_boundaries(path))


def policy_of(dialogue: Dialogue | None, path: Path) -> list[Boundary]:
    """The common policy, with the dialogue's own rules in place of the common ones for the same territory.

    A territory without any rule is drawn as the file of the policy says, never as the shapes alone would have it.
    """
    rules = {rule.territory: rule for rule in BoundaryRule.objects.filter(dialogue=None)}
    if dialogue is not None:
        rules |= {rule.territory: rule for rule in dialogue.boundary_rules.all()}
    policy = []
    for boundary in policy_of_the_files(path):
        rule = rules.get(boundary.territory.key)
        if rule is not None:
            boundary = replace(boundary, treatment=Treatment(rule.treatment), host=rule.host or None)
        policy.append(boundary)
    return policy


def draw_basemaps(data: Path | None = None) -> int:
    """Draws the common map and one for each dialogue that has rules of its own. Returns how many changed.

    Raises ShapesError when the file of shapes is broken or a place of the policy is not where it must be.
    """
    data = data or settings.DATA_DIR
    with viewing(every_secretariat()):
        dialogues: list[Dialogue | None] = [None]
        dialogues += Dialogue.objects.filter(boundary_rules__isnull=False).distinct()
        drawn = [dialogue for dialogue in dialogues if dialogue]
        Basemap.objects.exclude(dialogue=None).exclude(dialogue__in=drawn).delete()
        return sum(_draw(dialogue, data) for dialogue in dialogues)


def _draw(dialogue: Dialogue | None, data: Path) -> bool:
    policy = policy_of(dialogue, data / BOUNDARIES)
    shapes = data / SHAPES
    ingredients = repr(policy).encode() + shapes.read_bytes() + (data / BOUNDARIES).read_bytes()
    digest = hashlib.sha256(ingredients).hexdigest()[:16]
    if Basemap.objects.filter(dialogue=dialogue, digest=digest).exists():
        return False
    codes = iso3_by_numeric()
    countries = read_countries(shapes)
    topology = basemap(countries, policy, codes)
    text = json.dumps(topology, separators=(",", ":"), ensure_ascii=False).encode()
    drawn = apply_boundaries(countries, policy, codes)
    Basemap.objects.update_or_create(
        dialogue=dialogue,
        defaults={
            "gzipped": gzip.compress(text, mtime=0),
            "brotli": brotli.compress(text),
            "digest": digest,
            "bounds": {
                code: bounds([shape], VIEW)
                for code, shape in zip(drawn["code"], drawn.geometry, strict=True)
                if shape.intersects(box(*VIEW))
            },
        },
    )
    return True


__all__ = ["ShapesError", "draw_basemaps", "policy_of", "policy_of_the_files"]
