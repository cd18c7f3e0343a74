"""What a page of a profile shows, taken from the edition alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language

from access.names import with_sayable
from access.viewer import ANYONE, Viewer, narrowest
from atlas.models import Dialogue, OutlineSection, Subject, SubjectKind, Theme
from indicators.at_a_glance import GlanceTopic, at_a_glance
from indicators.models import Source
from profiles.dead_links import gone_from, with_gone
from profiles.figures import ShownFigure, as_read, figures_in
from profiles.models import METHOD_NOTE, Citation, Edition, EditionText, Tag
from profiles.references import references_in
from profiles.shown_editions import editions_shown
from profiles.texts import with_own_notes
from profiles.visible_edition import Address, VisibleEdition


@dataclass
class PublishedSection:
    """A heading of the outline, with the text this reader sees in the best language there is, or none."""

    slug: str
    title: str
    html: str = ""
    language: str = ""
    audience: list[str] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    revisions: list[ShownFigure] = field(default_factory=list)

    @property
    def is_collected(self) -> bool:
        return bool(self.html)

    @property
    def is_original(self) -> bool:
        """Whether the text is in another language than the page."""
        return bool(self.html) and self.language != get_language()


@dataclass
class ProfileContent:
    """Everything that the pages of a profile are composed of, as one viewer sees it."""

    standing: VisibleEdition
    dialogue: Dialogue
    theme: Theme
    subject: Subject
    outline: list[PublishedSection]
    method_note: PublishedSection | None
    glance: list[GlanceTopic]

    @property
    def address(self) -> Address:
        return self.standing.address

    @property
    def has_map(self) -> bool:
        """Whether it is about what stands on the map of routes; what of that a reader sees is asked by static/js/part.js."""
        return self.subject.kind in (SubjectKind.ROUTE, SubjectKind.HUB)

    @property
    def is_in_the_news(self) -> bool:
        """Whether it is what articles name; which of them a reader sees is asked by static/js/fragment.js."""
        return self.subject.kind in (SubjectKind.COUNTRY, SubjectKind.HUB)

    def section(self, slug: str) -> PublishedSection | None:
        return next((section for section in self.outline if section.slug == slug), None)

    @property
    def collected(self) -> list[PublishedSection]:
        return [section for section in self.outline if section.is_collected]

    @property
    def first(self) -> PublishedSection | None:
        """The section a profile opens with: the first that has a text, else the first of the outline, if it has any."""
        return next(iter([*self.collected, *self.outline]), None)


def read(standing: VisibleEdition, viewer: Viewer) -> ProfileContent:
    """Composes the profile from the parts that the viewer sees. A fixed number of queries."""
    address = standing.address
    # All who see the same share the page: of the country that a place lies in, it says what everyone may be told.
    subject = with_sayable(Subject.objects.all(), ANYONE, "country").get(pk=standing.subject_id)
    dialogue = Dialogue.objects.visible_to(viewer).get(pk=address.dialogue)
    headings = (
        OutlineSection.objects.visible_to(viewer)
        .filter(dialogue_id=address.dialogue, theme_id=address.theme, kind=subject.kind)
        .order_by("position")
    )
    texts = _best_texts(standing, viewer, dialogue)
    sources = _sources(standing, viewer)
    figures = figures_in(texts.values(), viewer)
    gone = gone_from(texts.values(), viewer)
    tags = {tag.slug: tag for tag in Tag.objects.all()}

    def published(slug: str, title: str) -> PublishedSection:
        text = texts.get(slug)
        if text is None:
            return PublishedSection(slug, title)
        cited = figures.get((text.edition_id, text.section_id), {})
        audience = narrowest(standing.audience, text.audience, text.section.effective_audience(standing.audience))
        html = with_gone(as_read(text.html, cited, text.language, audience), gone.get(text.pk, {}))
        revisions = [
            figure for reference in references_in(text.html) if (figure := cited.get(reference)) and figure.revision
        ]
        shown = [tags[tag] for tag in text.tags if tag in tags]
        html = with_own_notes(html, slug or METHOD_NOTE)
        return PublishedSection(slug, title, html, text.language, audience, shown, sources.get(slug, []), revisions)

    return ProfileContent(
        standing=standing,
        dialogue=dialogue,
        theme=Theme.objects.get(pk=address.theme),
        subject=subject,
        outline=[published(heading.slug, heading.title) for heading in headings],
        method_note=published("", "") if "" in texts else None,
        glance=at_a_glance(standing.subject_id, viewer),
    )


def _best_texts(standing: VisibleEdition, viewer: Viewer, dialogue: Dialogue) -> dict[str, EditionText]:
    """Texts by section: in the page's language, else in the first of the dialogue's languages that has one."""
    order = [get_language(), *dialogue.languages]
    best: dict[str, EditionText] = {}
    texts = EditionText.objects.visible_to(viewer).filter(edition_id=standing.edition_id)
    for text in texts.select_related("section__heading").order_by("language"):
        slug = text.section.heading.slug if text.section.heading_id else ""
        if slug not in best or rank(order, text.language) < rank(order, best[slug].language):
            best[slug] = text
    return best


def rank(order: Sequence[str | None], language: str) -> int:
    """How well a language serves: the place in the order of those wanted, the others last."""
    return order.index(language) if language in order else len(order)


def _sources(standing: VisibleEdition, viewer: Viewer) -> dict[str, list[Source]]:
    found: dict[str, list[Source]] = {}
    citations = Citation.objects.visible_to(viewer).filter(edition_id=standing.edition_id)
    for citation in citations.select_related("source", "section__heading").order_by("position"):
        slug = citation.section.heading.slug if citation.section.heading_id else ""
        found.setdefault(slug, []).append(citation.source)
    return found


def editions_of(standing: VisibleEdition, viewer: Viewer) -> list[Edition]:
    """The editions this viewer is shown, the newest first."""
    shown = editions_shown(viewer, standing.profile_id)
    return list(Edition.objects.visible_to(viewer).filter(pk__in=shown).order_by("-number"))
