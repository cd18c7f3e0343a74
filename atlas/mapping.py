"""What a page's map shows besides the drawn countries: names, roles, places, words. All of it is public, but the links."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from atlas.models import Basemap, Dialogue, Membership, PartnerKind, Role, Subject, SubjectKind

EVERYTHING = [[-5.0, -25.0], [60.0, 90.0]]  # [[south, west], [north, east]]


def map_of(dialogue: Dialogue | None, links: Mapping[int, str], places: list[Subject]) -> dict | None:
    """The content of the map, as static/js/map.js reads it; None when no map has been drawn yet.

    `links`: subject → address of what this viewer may read about it. `places`: hubs and towns with a position.
    """
    drawn = basemap_for(dialogue)
    if drawn is None:
        return None
    dialogues = [dialogue] if dialogue else list(Dialogue.objects.all())
    covered = _covered(dialogues)
    partners = _partner_states(dialogues)
    subjects = Subject.objects.filter(kind=SubjectKind.COUNTRY)
    countries = {
        subject.iso3: {
            "name": subject.name,
            "href": links.get(subject.pk),
            "roles": [role for role, group in (("covered", covered), ("partner", partners)) if subject.pk in group],
            "note": _note(subject.pk in partners, subject.pk in covered, subject.pk in links),
        }
        for subject in subjects
    }
    iso3 = {subject.pk: subject.iso3 for subject in subjects}
    boxes = [drawn.bounds[iso3[pk]] for pk in covered if iso3.get(pk) in drawn.bounds] if dialogue else []
    return {
        "address": reverse("basemap", args=[drawn.digest]),
        "content": {
            "bounds": _round(boxes) if boxes else EVERYTHING,
            "countries": countries,
            "places": [
                {"name": place.name, "lat": place.latitude_longitude[0], "lon": place.latitude_longitude[1],
                 "kind": "hub" if place.kind == SubjectKind.HUB else "town", "href": links.get(place.pk)}
                for place in places
                if place.latitude_longitude
            ],
            "highlights": {row.pk: sorted(iso3[pk] for pk in _covered([row]) if iso3.get(pk)) for row in dialogues},
            "words": _words(dialogue),
            "disclaimer": dialogue.disclaimer if dialogue else _common_disclaimer(),
            "source": _("Shapes: Natural Earth."),
        },
    }  # fmt: skip


def basemap_for(dialogue: Dialogue | None) -> Basemap | None:
    """The dialogue's own map, or the common one. Without the drawing itself, which only its own address sends."""
    maps = Basemap.objects.defer("gzipped", "brotli")
    own = maps.filter(dialogue=dialogue).first() if dialogue else None
    return own or maps.filter(dialogue=None).first()


def _covered(dialogues: list[Dialogue]) -> set[int]:
    return {row.subject_id for dialogue in dialogues for row in dialogue.coverage.all()}


def _partner_states(dialogues: list[Dialogue]) -> set[int]:
    rows = Membership.objects.current().filter(
        dialogue__in=dialogues, role=Role.PARTNER, partner__kind=PartnerKind.STATE
    )
    return set(rows.values_list("partner__subject_id", flat=True))


def _round(boxes: list[list[list[float]]]) -> list[list[float]]:
    """One box round all; no farther than the drawn window, so that Russia does not pull the map to the Pacific."""
    (low, left), (high, right) = EVERYTHING
    south, west = min(box[0][0] for box in boxes), min(box[0][1] for box in boxes)
    north, east = max(box[1][0] for box in boxes), max(box[1][1] for box in boxes)
    return [[max(south, low), max(west, left)], [min(north, high), min(east, right)]]


def _note(is_partner: bool, is_covered: bool, has_profile: bool) -> str:
    words = [
        _("Partner State") if is_partner else "",
        _("covered by the i-Map") if is_covered else "",
        _("profile available") if has_profile else "",
    ]
    return " · ".join(word for word in words if word)


def _common_disclaimer() -> str:
    return _(
        "The boundaries and names shown on this map do not imply official endorsement or acceptance. "
        "Dashed lines are undetermined or disputed boundaries."
    )


def _words(dialogue: Dialogue | None) -> dict[str, str]:
    name = dialogue.short_name if dialogue else _("the four regional i-Maps")
    return {
        "map": _("Map of %(dialogue)s") % {"dialogue": name},
        "help": _("Use the arrow keys to move, plus and minus to zoom, and Tab to go from country to country."),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "open": _("Open"),
        "failed": _("The map could not be loaded. The list on this page says the same."),
    }
