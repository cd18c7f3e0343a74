"""Publishes drafts as an edition, and takes an edition back into the drafts."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.viewer import is_narrower, narrowest
from atlas import wording
from profiles.editing.citations import cite
from profiles.figures import digest_with
from profiles.models import Citation, CitedFigure, Draft, Edition, EditionText, Profile, Section
from profiles.references import references_in, without_numbers
from profiles.texts import clean, is_empty


@transaction.atomic
def publish(profile: Profile, *, as_of: str, by=None, is_demonstration: bool = False) -> Edition:
    """Publishes the drafts of a profile as its next edition, and returns it.

    Raises ValidationError, in the reader's language, when there is no text, the date is wrong, a reference does not
    lead to one figure, or a figure or source may be read by fewer people than a section that cites it. Then nothing is
    published.
    """
    locked = Profile.objects.select_for_update().get(pk=profile.pk)
    drafts = [
        draft
        for draft in Draft.objects.filter(section__profile=locked).select_related("section__heading")
        if not is_empty(clean(draft.html))
    ]
    if not drafts:
        raise ValidationError(_("There is no text to publish."))
    cited = cite(locked, drafts)
    if cited.problems:
        raise ValidationError(cited.problems)
    edition = _next_edition(locked, as_of=as_of, published_by=by, is_demonstration=is_demonstration)
    edition.cited_subjects = sorted({figure.observation.subject_id for figure in cited.figures} - {locked.subject_id})
    edition.save(force_insert=True)
    _freeze(edition, cited.figures)
    EditionText.objects.bulk_create(
        _text(
            edition,
            draft,
            cited.figures,
            audience=draft.section.effective_audience(edition.audience),
            tags=sorted(draft.section.tags.values_list("slug", flat=True)),
        )
        for draft in drafts
    )
    sections = {draft.section_id: draft.section for draft in drafts}
    Citation.objects.bulk_create(
        Citation(edition=edition, section=section, source=source, position=position)
        for section in sections.values()
        for position, source in enumerate(_sources(section, locked), 1)
    )
    return edition


def _next_edition(profile: Profile, **values) -> Edition:
    """Still to be saved. Raises ValidationError when a value is wrong."""
    newest = newest_edition(profile)
    edition = Edition(
        profile=profile,
        number=newest.number + 1 if newest else 1,
        published_at=timezone.now(),
        audience=profile.audience,
        endorsement=profile.endorsement,
        **values,
    )
    edition.full_clean(exclude=["profile", "published_by", "cited_subjects"])
    return edition


def _freeze(edition: Edition, figures: list[CitedFigure]) -> None:
    for figure in figures:
        figure.edition = edition
    CitedFigure.objects.bulk_create(figures)


def _text(
    edition: Edition, draft: Draft, figures: Iterable[CitedFigure], audience: Sequence[str], tags: list[str]
) -> EditionText:
    """The text as it is published: its figures stand beside it, since they have readers of their own."""
    html = clean(draft.html)
    return EditionText(
        edition=edition,
        section=draft.section,
        language=draft.language,
        audience=list(audience),
        html=without_numbers(html),
        digest=digest_with(html, draft.section_id, figures),
        tags=tags,
    )


def _sources(section: Section, profile: Profile) -> list:
    readers = section.effective_audience(profile.audience)
    sources = list(section.sources.order_by("slug"))
    for source in sources:
        if is_narrower(source.audience, readers):
            raise ValidationError(
                _("The source “%(source)s” may be read by fewer people than the section “%(section)s” that cites it."),
                params={"source": source.name, "section": str(section)},
            )
    return sources


def newest_edition(profile: Profile) -> Edition | None:
    return profile.editions.order_by("-number").first()


def languages_to_add(profile: Profile) -> list[str]:
    """The languages of the dialogue in which the newest edition has no text yet, and could have one now."""
    edition = newest_edition(profile)
    if edition is None:
        return []
    held = set(edition.texts.values_list("language", flat=True))
    languages = [language for language in profile.dialogue.languages if language not in held]
    return [language for language in languages if drafts_to_add(edition, language)]


def drafts_to_add(edition: Edition, language: str) -> list[Draft]:
    """The drafts in a language of those sections that the edition has in another."""
    drafts = Draft.objects.filter(section__in=edition.texts.values("section"), language=language)
    in_order = drafts.select_related("section__heading").order_by("section__heading__position")
    return [draft for draft in in_order if not is_empty(clean(draft.html))]


@transaction.atomic
def add_language(profile: Profile, language: str) -> Edition:
    """Adds a language to the newest edition, which has no text in it yet, and returns the edition.

    Each text is for those who read its section in the other languages, cites the figures that the edition froze, and
    has the edition's dates. Raises ValidationError, in the reader's language, when the edition cannot take it; then
    nothing is added.
    """
    locked = Profile.objects.select_for_update().get(pk=profile.pk)
    edition = newest_edition(locked)
    if edition is None:
        raise ValidationError(_("Nothing has been published yet."))
    beside: dict[int, list[EditionText]] = {}
    for text in edition.texts.all():
        beside.setdefault(text.section_id, []).append(text)
    drafts = drafts_to_add(edition, language)
    _refuse_language(edition, language, {text.language for texts in beside.values() for text in texts}, drafts)
    figures = list(edition.figures.all())
    _refuse_other_figures(drafts, figures)
    EditionText.objects.bulk_create(
        _text(
            edition,
            draft,
            figures,
            audience=narrowest(*(text.audience for text in beside[draft.section_id])),
            tags=beside[draft.section_id][0].tags,
        )
        for draft in drafts
    )
    return edition


def _refuse_language(edition: Edition, language: str, held: set[str], drafts: list[Draft]) -> None:
    words = {"language": wording.language(language)}
    if language not in edition.profile.dialogue.languages:
        raise ValidationError(_("This dialogue does not publish in this language: %(language)s."), params=words)
    if language in held:
        raise ValidationError(_("The edition has texts in this language already: %(language)s."), params=words)
    if not drafts:
        raise ValidationError(_("No section of the edition has a draft in this language: %(language)s."), params=words)


def _refuse_other_figures(drafts: list[Draft], figures: list[CitedFigure]) -> None:
    """What the edition did not freeze, readers of the other languages do not see there."""
    frozen = {(cited.section_id, cited.reference) for cited in figures}
    problems = [
        ValidationError(
            _("“%(section)s” (%(language)s) cites “%(reference)s”: the edition does not hold this figure there."),
            params={
                "section": str(draft.section),
                "language": wording.language(draft.language),
                "reference": reference,
            },
        )
        for draft in drafts
        for reference in references_in(clean(draft.html))
        if (draft.section_id, reference) not in frozen
    ]
    if problems:
        raise ValidationError(problems)
