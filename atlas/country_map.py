"""What a page's map shows besides the countries: names, roles, places and links, as far as its viewer may see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from access.viewer import Viewer
from atlas.models import Basemap, Coverage, Dialogue, Membership, Subject, SubjectKind
from atlas.sorting import in_reading_order

EVERYTHING = [[-5.0, -25.0], [60.0, 90.0]]  # [[south, west], [north, east]]


@dataclass(frozen=True)
class MapLink:
    """Where a name on a map leads. `is_narrower`: not everybody who sees the map may read what is there."""

    href: str
    is_narrower: bool = False


@dataclass(frozen=True)
class MapCountry:
    """A country as the map and the list beside it show it. Taking part and being covered are two things."""

    subject: Subject
    is_partner: bool
    covering: frozenset[str]  # the dialogues, of those on the map, whose i-Maps cover it
    lead: MapLink | None

    @property
    def href(self) -> str | None:
        return self.lead.href if self.lead else None

    @property
    def is_narrower(self) -> bool:
        return self.lead is not None and self.lead.is_narrower

    @property
    def is_covered(self) -> bool:
        return bool(self.covering)

    @property
    def roles(self) -> list[str]:
        return [role for role, is_held in (("covered", self.is_covered), ("partner", self.is_partner)) if is_held]

    @property
    def note(self) -> str:
        words = [
            _("Partner State") if self.is_partner else "",
            _("covered by the i-Map") if self.is_covered else "",
            _("profile available") if self.href and not self.is_narrower else "",
            narrower_profile() if self.is_narrower else "",
        ]
        return " · ".join(word for word in words if word)


def narrower_profile() -> str:
    return _("profile available, but not for every reader of this page")


def countries_on_map(dialogues: Iterable[Dialogue], links: Mapping[int, MapLink], viewer: Viewer) -> list[MapCountry]:
    """Every country of which the viewer may be told, by name. `links`: subject → what this viewer may read about it.

    A State that takes part is among them: its membership says it on the page of partners too.
    """
    covering: dict[int, set[str]] = defaultdict(set)
    for subject, dialogue in Coverage.objects.filter(dialogue__in=dialogues).values_list("subject_id", "dialogue_id"):
        covering[subject].add(dialogue)
    states = Membership.objects.of_partner_states().filter(dialogue__in=dialogues)
    partners = set(states.values_list("partner__subject_id", flat=True))
    others = Subject.objects.filter(is_reference=False).sayable_to(viewer).values("pk")
    named = Q(is_reference=True) | Q(pk__in=partners) | Q(pk__in=others)  # in this order: the last is hardly ever asked
    countries = in_reading_order(
        Subject.objects.filter(named, kind=SubjectKind.COUNTRY), name=lambda subject: subject.name
    )
    return [
        MapCountry(subject, subject.pk in partners, frozenset(covering[subject.pk]), links.get(subject.pk))
        for subject in countries
    ]


def map_of(
    dialogue: Dialogue | None, countries: Sequence[MapCountry], places: Sequence[tuple[Subject, MapLink | None]]
) -> dict | None:
    """The content of the map, as static/js/map.js reads it; None when no map has been drawn yet.

    `dialogue`: whose map it is, None for that of all. `places`: hubs and towns with a position, and where they lead.
    """
    drawn = basemap_for(dialogue)
    if drawn is None:
        return None
    covered = [country.subject.iso3 for country in countries if country.is_covered]
    boxes = [drawn.bounds[iso3] for iso3 in covered if iso3 in drawn.bounds] if dialogue else []
    return {
        "address": reverse("basemap", args=[drawn.digest]),
        "content": {
            "bounds": _round(boxes) if boxes else EVERYTHING,
            "countries": {
                country.subject.iso3: {
                    "name": country.subject.name, "href": country.href, "roles": country.roles, "note": country.note,
                    "isNarrower": country.is_narrower,
                }
                for country in countries
            },
            "places": [
                {"name": place.name, "lat": place.latitude_longitude[0], "lon": place.latitude_longitude[1],
                 "kind": "hub" if place.kind == SubjectKind.HUB else "town", "href": lead.href if lead else None,
                 **({"isNarrower": True, "note": narrower_profile()} if lead and lead.is_narrower else {})}
                for place, lead in places
                if place.latitude_longitude
            ],
            "highlights": _covered_by_dialogue(countries),
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


def _covered_by_dialogue(countries: Sequence[MapCountry]) -> dict[str, list[str]]:
    codes: dict[str, list[str]] = defaultdict(list)
    for country in countries:
        for dialogue in country.covering:
            if country.subject.iso3:
                codes[dialogue].append(country.subject.iso3)
    return {dialogue: sorted(held) for dialogue, held in sorted(codes.items())}


def _round(boxes: list[list[list[float]]]) -> list[list[float]]:
    """One box round all; no farther than the drawn window, so that Russia does not pull the map to the Pacific."""
    (low, left), (high, right) = EVERYTHING
    south, west = min(box[0][0] for box in boxes), min(box[0][1] for box in boxes)
    north, east = max(box[1][0] for box in boxes), max(box[1][1] for box in boxes)
    return [[max(south, low), max(west, left)], [min(north, high), min(east, right)]]


def _common_disclaimer() -> str:
    return _(
        "The boundaries and names shown on this map do not imply official endorsement or acceptance. "
        "Dashed lines are undetermined or disputed boundaries."
    )


def _words(dialogue: Dialogue | None) -> dict[str, str]:
    name = dialogue.short_name if dialogue else _("the regional i-Maps")
    return {
        "map": _("Map of %(dialogue)s") % {"dialogue": name},
        "help": _("Use the arrow keys to move, plus and minus to zoom, and Tab to go from country to country."),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "open": _("Open"),
        "failed": _("The map could not be loaded. The list on this page says the same."),
    }
