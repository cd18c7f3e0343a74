"""The content of a printed map: as much of an edition as its reader may see, in the active language."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atlas import print_cache, wording
from atlas.country_map import basemap_for
from atlas.models import Basemap
from routes.exports.notice import dates_of
from routes.geometry.widths import width_px
from routes.models import Confidence, MapFeature, StopKind
from routes.page import colour_of, in_language
from routes.printing.drawing import Dot, DrawnLine, Frame, decoded, picture
from routes.printing.labels import Label, Name, placed
from routes.reading import RouteMap, is_there

# Of the routes, as static/css/tokens.css has them: paper knows no style sheet.
COLOURS = {"cm": "#b4441c", "wm": "#bd7100", "wa": "#658a3f", "ea": "#8a3b6b", "em": "#2c6f9e", "ink": "#17222e"}
INK = COLOURS["ink"]
TYPST_DASHES = {Confidence.DOCUMENTED: "", Confidence.INDICATIVE: "dashed", Confidence.PRESUMED: "dotted"}
MM_PER_PX = 0.16
UNKNOWN_PX = 2.5  # of a line without a figure
MOST_SOURCES = 12


@dataclass(frozen=True)
class Paper:
    """Millimetres, in landscape; `map_height`: of its width inside the margins, the map's share is all, of its height this."""

    width: float
    height: float
    map_height: float
    size_pt: float
    margin: float = 10.0

    @property
    def map_width(self) -> float:
        return self.width - 2 * self.margin


PAPERS = {"a4": Paper(297, 210, 146, 8.5), "a3": Paper(420, 297, 218, 11)}


def printed(
    shown: RouteMap, year: int, paper: Paper, ending: str, reader: str = "", may_make: Callable[[], bool] = lambda: True
) -> bytes:
    """The sheet of a year. `reader`: who had what is restricted printed; it stands on the sheet.

    `may_make`: as `atlas.print_cache` asks it. Raises TooManyMade.
    """
    segments = [row for row in shown.segments if is_there(row.properties, year)]
    stops = [row for row in shown.stops if is_there(row.properties, year)]
    points = [point for row in segments for point in row.coordinates]
    frame = Frame.round(points or [(-10, 20), (40, 45)], paper.map_width, paper.map_height)
    lines = [_line(shown, row, year) for row in segments]
    dots = [Dot(row.coordinates, _is_hub(row)) for row in stops if row.properties["kind"] != StopKind.LANDING]
    drawn = picture(frame, _world(shown), lines, dots)
    labels = placed(_names(frame, stops, paper), paper.map_width, paper.map_height)
    sheet = _sheet(shown, year, paper, labels, segments, reader)
    return print_cache.printed("map.typ", sheet, ending, picture=drawn, may_make=may_make)


def _world(shown: RouteMap) -> dict[str, list]:
    drawn = basemap_for(shown.dialogue)
    if drawn is None:
        return {"countries": [], "lines": []}
    gzipped = Basemap.objects.values_list("gzipped", flat=True).get(pk=drawn.pk)
    return decoded(json.loads(gzip.decompress(bytes(gzipped))))


def _line(shown: RouteMap, row: MapFeature, year: int) -> DrawnLine:
    area = next((area for area in shown.areas if area.area.nearest_route_id == row.route_id), None)
    figure = area.in_year(year) if area else None
    width = width_px(figure.value) if figure else None
    colour = COLOURS[colour_of(row.properties["route"])]
    return DrawnLine(row.coordinates, colour, (width or UNKNOWN_PX) * MM_PER_PX, row.properties["confidence"])


def _is_hub(row: MapFeature) -> bool:
    return row.properties["kind"] in (StopKind.HUB, StopKind.CROSSING)


def _names(frame: Frame, stops: list[MapFeature], paper: Paper) -> list[Name]:
    return [
        Name(in_language(row.properties["name"]), frame.at(row.coordinates), paper.size_pt - (0 if _is_hub(row) else 1), 0 if _is_hub(row) else 1)
        for row in stops
        if row.properties["kind"] != StopKind.LANDING and frame.holds(row.coordinates)
    ]  # fmt: skip


def _sheet(
    shown: RouteMap, year: int, paper: Paper, labels: list[Label], segments: list[MapFeature], reader: str
) -> dict:
    edition = shown.edition
    return {
        "language": get_language(), "title": edition.title, "year": str(year), "dates": dates_of(edition),
        "access": _restricted(reader) if shown.is_restricted else "",
        "paper": [paper.width, paper.height], "margin": paper.margin, "size": paper.size_pt,
        "map": [paper.map_width, paper.map_height],
        "labels": [
            {"text": label.text, "x": label.x, "y": label.y, "width": label.width, "height": label.height,
             "size": label.size_pt, "rank": label.rank, "side": label.side, "colour": INK}
            for label in labels
        ],
        "legend": _legend(shown), "notes": _notes(shown, segments),
    }  # fmt: skip


def _restricted(reader: str) -> str:
    return _("Restricted access. Printed for %(reader)s on %(day)s.") % {
        "reader": reader, "day": wording.day(timezone.localdate()),
    }  # fmt: skip


def _legend(shown: RouteMap) -> list[dict[str, str]]:
    routes = [{"text": route.name, "colour": COLOURS[colour_of(route.slug)], "dash": ""} for route in shown.routes]
    ways = [{"text": str(word.label), "colour": INK, "dash": TYPST_DASHES[word]} for word in Confidence]
    return routes + ways


def _notes(shown: RouteMap, segments: list[MapFeature]) -> list[str]:
    """How widths are made, that lines are schematic, the sources, the disclaimer."""
    said = [row.properties["source"] for row in segments]
    said += [row.source.name for area in shown.areas for row in [area.newest_year] if row and row.source]
    sources = [source for source in dict.fromkeys(said) if source]
    listed = _(", ").join(sources[:MOST_SOURCES]) + ("…" if len(sources) > MOST_SOURCES else "")
    return [
        _("Lines are schematic: they show which towns follow on which, not where anyone walked or sailed."),
        _("The wider a line, the more detections in the reporting area beside its route; without a figure it is thin."),
        _("Sources: %(sources)s") % {"sources": _(", ").join([listed, _("Shapes: Natural Earth.")] if listed else [_("Shapes: Natural Earth.")])},
        shown.dialogue.disclaimer,
    ]  # fmt: skip
