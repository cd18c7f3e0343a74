"""Resolves citations: the figure that a reference means today, and why one cannot be published."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from access.viewer import Viewer, is_narrower
from atlas import wording
from indicators.models import Observation
from indicators.vintages import known, newest_vintages
from profiles.models import CitedFigure, Draft, Profile, Section
from profiles.references import Reference, references_in
from profiles.texts import clean


@dataclass
class Cited:
    """What drafts cite: rows for an edition, still without it, and what keeps the others from being published."""

    figures: list[CitedFigure] = field(default_factory=list)
    problems: list[ValidationError] = field(default_factory=list)


def cite(profile: Profile, drafts: Iterable[Draft]) -> Cited:
    """The figures that these drafts cite, frozen as they are known today; each once for a section."""
    references = [(draft, reference) for draft in drafts for reference in references_in(clean(draft.html))]
    held = held_figures(profile, {reference for _draft, reference in references})
    cited = Cited()
    once: set[tuple[int, str]] = set()
    for draft, reference in references:
        section = draft.section
        if problem := _problem(held[reference], section.effective_audience(profile.audience)):
            words = {"section": str(section), "language": wording.language(draft.language), "reference": reference}
            cited.problems.append(ValidationError(problem, params=words))
        elif (section.pk, reference) not in once:
            once.add((section.pk, reference))
            cited.figures.append(_frozen(section, reference, held[reference][0]))
    return cited


def _frozen(section: Section, reference: str, figure: Observation) -> CitedFigure:
    assert figure.value is not None
    row = CitedFigure(section=section, reference=reference, observation=figure)
    row.value, row.known_on = figure.value, figure.known_on
    return row


def _problem(figures: list[Observation], readers: Iterable[str]) -> str:
    """Why a reference to these figures cannot stand in a text with these readers; empty when it can."""
    if not figures:
        return _("“%(section)s” (%(language)s) cites “%(reference)s”: no such figure is held.")
    if len(figures) > 1:
        return _("“%(section)s” (%(language)s) cites “%(reference)s”: more than one figure has this name.")
    [figure] = figures
    if figure.value is None:
        return _("“%(section)s” (%(language)s) cites “%(reference)s”: this figure is not available.")
    audiences = [figure.audience, *([figure.source.audience] if figure.source else [])]
    if any(is_narrower(audience, readers) for audience in audiences):
        return _(
            "“%(section)s” (%(language)s) cites “%(reference)s”: "
            "fewer people may read this figure, or its source, than this section."
        )
    return ""


def held_figures(profile: Profile, references: Iterable[str]) -> dict[str, list[Observation]]:
    """Figures by the reference that may mean them, in their newest vintage, as the secretariat may see them."""
    named = {text: Reference.of(text) for text in references}
    if not named:
        return {}
    subjects = Q(subject=profile.subject_id) | Q(subject__slug__in={row.subject for row in named.values()})
    figures = _citable(
        profile,
        subjects,
        indicator__in={row.indicator for row in named.values()},
        period__in={row.period for row in named.values()},
        source__slug__in={row.source for row in named.values()},
    )
    return {text: [figure for figure in figures if _is_named(figure, row, profile)] for text, row in named.items()}


def _is_named(figure: Observation, reference: Reference, profile: Profile) -> bool:
    is_subject = (
        figure.subject.slug == reference.subject if reference.subject else figure.subject_id == profile.subject_id
    )
    return is_subject and (figure.indicator_id, figure.period, figure.source.slug) == (
        reference.indicator, reference.period, reference.source,
    )  # fmt: skip


def _citable(profile: Profile, *conditions: Q, **more: object) -> list[Observation]:
    """Newest vintages, known today, of figures of the whole: those with a breakdown have no reference."""
    rows = Observation.objects.visible_to(Viewer.secretariat_of(profile.dialogue_id))
    rows = rows.filter(*conditions, breakdown={}, source__isnull=False, **more).select_related(
        "indicator__topic", "source", "subject"
    )
    order = rows.order_by("indicator__topic__position", "indicator__position", "source__slug", "period")
    return newest_vintages(known(order))


def figures_to_choose(profile: Profile, language: str) -> list[dict[str, str]]:
    """For the editor: the figures of the profile's subject, with their references and numbers in the text's language."""
    return [
        {
            "reference": str(Reference("", figure.indicator_id, figure.period, figure.source.slug)),
            "name": _(", ").join(
                [figure.indicator.name, wording.period(figure.period), figure.source.acronym or figure.source.name]
            ),
            "number": wording.number(figure.value, figure.indicator.decimals, language),
        }
        for figure in _citable(profile, subject=profile.subject_id)
        if figure.value is not None
    ]
