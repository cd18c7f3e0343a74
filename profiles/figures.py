"""Cited figures as editions froze them, and as readers see them, with later revisions marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.viewer import Viewer, narrowest
from accounts.audiences.badges import access_badge
from atlas import wording
from indicators.models import Observation
from indicators.vintages import known, newest_vintages
from profiles.models import CitedFigure, Edition, EditionText, Profile
from profiles.references import references_in, with_figures, with_numbers
from profiles.texts import digest

OF_A_FIGURE = ("indicator", "source", "subject")
WITH_NAMES = (*(f"observation__{name}" for name in OF_A_FIGURE), "section__heading")


@dataclass(frozen=True)
class ShownFigure:
    """A cited figure as one viewer sees it.

    `revision` is what is held in its place today, where that says something else; where nothing is, what was taken back.
    """

    cited: CitedFigure
    revision: Observation | None

    @property
    def revised_value(self) -> str:
        assert self.revision is not None
        if self.revision.value is None or self.revision.withdrawn_on:
            return _("n/a")
        return wording.number(self.revision.value, self.cited.observation.indicator.decimals)

    @property
    def revised_words(self) -> str:
        """The new value, and what else was corrected: what was counted, when, and who says so."""
        assert self.revision is not None
        old, new, words = self.cited.observation, self.revision, [self.revised_value]
        if new.indicator_id != old.indicator_id:
            words.append(new.indicator.name)
        if new.period != old.period:
            words.append(wording.period(new.period))
        if new.source_id != old.source_id and new.source:
            words.append(new.source.acronym or new.source.name)
        return _(", ").join(words)

    @property
    def revised_on(self) -> str:
        """When the new value came to be known; where no other date is given, the day on which it was entered."""
        assert self.revision is not None
        if self.revision.withdrawn_on:
            return f"{self.revision.withdrawn_on:%Y-%m-%d}"
        known_on = self.revision.known_on
        entered = f"{timezone.localdate(self.revision.changed_at):%Y-%m-%d}"
        return entered if known_on in ("", self.cited.known_on) else known_on

    @property
    def readers(self) -> list[str]:
        """Tokens of those who see both."""
        revised = self.revision.readers if self.revision else None
        return narrowest(self.cited.observation.readers, revised)

    @property
    def number(self) -> str:
        return number_of(self.cited)

    @property
    def source(self) -> str:
        """The source, abbreviated where there is a short form."""
        source = self.cited.observation.source
        return (source.acronym or source.name) if source else ""


BySection = dict[tuple[int, int], dict[str, ShownFigure]]  # edition and section → reference → figure


def number_of(cited: CitedFigure, language: str | None = None) -> str:
    """The frozen value as a language writes it, with the decimals of its indicator."""
    return wording.number(cited.value, cited.observation.indicator.decimals, language)


def with_frozen_numbers(html: str, section: int, language: str, figures: Iterable[CitedFigure]) -> str:
    """A section's text as drafts hold it, with the numbers of these figures."""
    own = (cited for cited in figures if cited.section_id == section)
    return with_numbers(html, {cited.reference: number_of(cited, language) for cited in own})


def digest_with(html: str, section: int, figures: Iterable[CitedFigure]) -> str:
    """The digest of a section's text in which these figures stand, however a draft or a language writes them."""
    own = (cited for cited in figures if cited.section_id == section)
    return digest(with_numbers(html, {cited.reference: plain(cited) for cited in own}))


def plain(cited: CitedFigure) -> str:
    return wording.plain_number(cited.value)


def figures_in(texts: Iterable[EditionText], viewer: Viewer) -> BySection:
    """The figures of these texts that the viewer may see. Two queries, none when no text cites a figure."""
    editions = {text.edition_id for text in texts if references_in(text.html)}
    return _shown(editions, viewer) if editions else {}


def revised_since(profile: Profile, viewer: Viewer) -> list[ShownFigure]:
    """What the desk is told: figures of the newest edition that have been revised since, in the order of the outline."""
    newest = Edition.objects.visible_to(viewer).filter(profile=profile).order_by("-number").first()
    by_section = _shown({newest.pk}, viewer) if newest else {}
    return [shown for figures in by_section.values() for shown in figures.values() if shown.revision]


def _shown(editions: set[int], viewer: Viewer) -> BySection:
    rows = CitedFigure.objects.visible_to(viewer).filter(edition__in=editions).select_related(*WITH_NAMES)
    cited = list(rows.order_by("section__heading__position", "pk"))
    observations = [row.observation for row in cited]
    instead = _corrections_of(observations, viewer)
    newest = _newest_vintages_of([*observations, *instead.values()], viewer)
    by_section: BySection = {}
    for row in cited:
        held = instead.get(row.observation_id, row.observation)
        revision = newest.get(held.quantity)
        if held.withdrawn_on and (revision is None or revision.vintage < held.vintage):
            revision = held
        shown = ShownFigure(row, revision if revision and _says_otherwise(row, revision) else None)
        by_section.setdefault((row.edition_id, row.section_id), {})[row.reference] = shown
    return by_section


def _corrections_of(observations: list[Observation], viewer: Viewer) -> dict[int, Observation]:
    """Number of a corrected figure → the last that the viewer may see of those that took its place, one after another.

    None that is about another subject: of what the text says, it says nothing, and the page does not follow its changes.
    A question for each correction of a correction, none when nothing was corrected.
    """
    followed = {row.pk: row for row in observations if row.withdrawn_on}  # last of a chain → its first
    instead: dict[int, Observation] = {}
    while followed:
        later = Observation.objects.visible_to(viewer).filter(replaces__in=followed).select_related(*OF_A_FIGURE)
        pairs = [(followed[row.replaces], row) for row in later if row.replaces]
        pairs = [(first, row) for first, row in pairs if row.subject_id == first.subject_id]
        instead |= {first.pk: row for first, row in pairs}
        followed = {row.pk: first for first, row in pairs}
    return instead


def _newest_vintages_of(observations: list[Observation], viewer: Viewer) -> dict[tuple, Observation]:
    if not observations:
        return {}
    same = {
        f"{name}__in": {getattr(row, name) for row in observations}
        for name in ("subject_id", "indicator_id", "period", "source_id")
    }
    vintages = Observation.objects.visible_to(viewer).filter(**same).select_related(*OF_A_FIGURE)
    return {row.quantity: row for row in newest_vintages(known(vintages))}


def _says_otherwise(cited: CitedFigure, newest: Observation) -> bool:
    """Whether readers would be shown another number, or the same one of something else."""
    decimals = cited.observation.indicator.decimals
    if newest.value is None or newest.withdrawn_on or newest.quantity != cited.observation.quantity:
        return True
    return round(newest.value, decimals) != round(cited.value, decimals)


def as_read(html: str, figures: Mapping[str, ShownFigure], language: str, readers: Sequence[str]) -> str:
    """A published text with its numbers, each as the text's language writes it, and marks where one has been revised.

    A figure that is not among those its reader may see stands as not available; one that not all `readers` of the text
    may see is marked.
    """

    def written(reference: str) -> str:
        shown = figures.get(reference)
        if shown is None:
            with translation.override(language):
                return escape(_("n/a"))
        number = format_html('<data value="{}">{}</data>', plain(shown.cited), number_of(shown.cited, language))
        number = _with_mark(number, shown.cited.observation.readers, readers)
        return number + _with_mark(_mark(shown), shown.revision.readers, readers) if shown.revision else number

    return with_figures(html, written)


def _with_mark(words: SafeString, audience: Sequence[str], readers: Sequence[str]) -> SafeString:
    mark = access_badge(audience, readers, is_in_text=True)
    return words + mark


def _mark(shown: ShownFigure) -> SafeString:
    """What follows a revised number, in the page's language, which may not be the text's."""
    return mark_safe(" " + render_to_string("profiles/revised.html", {"shown": shown, "language": get_language()}))
