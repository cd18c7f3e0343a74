"""The notice in a map's file: what it shows, its date, its sources, its terms, and how to cite it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atlas import wording
from routes.models import MapEdition, MapFeature


@dataclass(frozen=True)
class ExportNotice:
    """The notice in the active language. `sources`: of the features in the file, each once, in their order."""

    title: str
    date: str
    sources: tuple[str, ...]
    licence: str
    disclaimer: str
    citation: str
    address: str
    language: str

    def as_members(self) -> dict[str, str | list[str]]:
        """For programs: the same names in every language."""
        return {
            "title": self.title,
            "date": self.date,
            "sources": list(self.sources),
            "licence": self.licence,
            "disclaimer": self.disclaimer,
            "citation": self.citation,
            "address": self.address,
            "language": self.language,
        }

    def as_text(self) -> str:
        """For people: a README, or the description of a layer."""
        sources = _("Sources: %(sources)s") % {"sources": "; ".join(self.sources)} if self.sources else ""
        cited = _("How to cite: %(citation)s") % {"citation": self.citation}
        parts = (self.title, self.date, sources, self.licence, self.disclaimer, cited)
        return "\n\n".join(part for part in parts if part)


def dates_of(edition: MapEdition) -> str:
    return _("Information as of %(as_of)s, published on %(day)s.") % {
        "as_of": wording.period(edition.as_of),
        "day": wording.day(edition.published_at),
    }


def sources_of(features: Iterable[MapFeature]) -> list[str]:
    return [row.properties["source"] for row in features if row.properties.get("source")]


def notice_of(edition: MapEdition, sources: Iterable[str]) -> ExportNotice:
    """`sources`: of the features that the reader may see, and of no others. `edition.dialogue` is read."""
    where = reverse("route_edition_number", args=[edition.dialogue_id, edition.year, edition.number])
    address = settings.SITE_ADDRESS + where
    return ExportNotice(
        title=edition.title,
        date=dates_of(edition),
        sources=tuple(dict.fromkeys(sources)),
        licence=edition.dialogue.licence
        or _("No licence is recorded: ask the Secretariat before you pass the data on."),
        disclaimer=edition.dialogue.disclaimer,
        citation=_("%(dialogue)s, “%(map)s”, i-Map, published on %(day)s, %(address)s")
        % {
            "dialogue": edition.dialogue.name,
            "map": edition.title,
            "day": wording.day(edition.published_at),
            "address": address,
        },
        address=address,
        language=get_language() or settings.LANGUAGE_CODE,
    )
