"""One section, read across all profiles of a theme."""

from dataclasses import dataclass

from django.utils.translation import get_language

from access.viewer import Viewer, narrowest
from atlas.models import Dialogue, OutlineSection
from profiles.dead_links import gone_from, with_gone
from profiles.figures import as_read, figures_in
from profiles.listing import listed
from profiles.models import EditionText, Profile
from profiles.reading import rank
from profiles.texts import with_own_notes


@dataclass(frozen=True)
class AcrossRow:
    """`audience`: who may read the text, by everything that it belongs to."""

    profile: Profile
    html: str = ""
    language: str = ""
    audience: tuple[str, ...] = ()

    @property
    def readers(self) -> tuple[str, ...]:
        """Readers of the text, or of the named profile where there is no text."""
        return self.audience or tuple(self.profile.readers)


def across_rows(viewer: Viewer, dialogue: Dialogue, theme: str, section: str) -> list[AcrossRow]:
    """The section's text of each profile's newest edition, in the best language; without text the row is empty.

    Six queries, whatever the number of profiles and of figures that the texts cite.
    """
    headings = OutlineSection.objects.visible_to(viewer).filter(dialogue=dialogue, theme=theme, slug=section)
    kinds = set(headings.values_list("kind", flat=True))
    profiles = listed(viewer, dialogue=dialogue, theme=theme, subject__kind__in=kinds)
    order = [get_language(), *dialogue.languages]
    texts = (
        EditionText.objects.visible_to(viewer)
        .filter(edition__in=[profile.edition_id for profile in profiles], section__heading__slug=section)
        .select_related("edition", "section")
    )
    best: dict[int, EditionText] = {}
    for text in texts.order_by("language"):
        edition = text.edition_id
        if edition not in best or rank(order, text.language) < rank(order, best[edition].language):
            best[edition] = text
    figures = figures_in(best.values(), viewer)
    gone = gone_from(best.values(), viewer)

    def row(profile: Profile) -> AcrossRow:
        text = best.get(profile.edition_id)
        if text is None:
            return AcrossRow(profile)
        audience = _audience_of(text, profile)
        html = as_read(text.html, figures.get((text.edition_id, text.section_id), {}), text.language, audience)
        html = with_gone(html, gone.get(text.pk, {}))
        return AcrossRow(profile, with_own_notes(html, profile.slug), text.language, audience)

    return [row(profile) for profile in profiles]


def _audience_of(text: EditionText, profile: Profile) -> tuple[str, ...]:
    of_section = text.section.effective_audience(profile.audience)
    return tuple(narrowest(profile.readers, text.edition.audience, text.audience, of_section))
