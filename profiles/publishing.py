"""From draft to edition, and from an edition back to the draft."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.viewer import is_narrower
from profiles.citing import cite
from profiles.figures import digest_with, with_frozen_numbers
from profiles.models import Citation, CitedFigure, Draft, Edition, EditionText, Profile, Section
from profiles.references import without_numbers
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


@transaction.atomic
def take_back(edition: Edition, by=None) -> int:
    """Puts the texts of an earlier edition back into the drafts. Returns how many drafts changed.

    A section that edition did not have is emptied in the draft; it stays in the editions that had it.
    """
    figures = list(edition.figures.select_related("observation__indicator"))
    texts = {
        (text.section_id, text.language): with_frozen_numbers(text.html, text.section_id, text.language, figures)
        for text in edition.texts.all()
    }
    drafts = {
        (draft.section_id, draft.language): draft for draft in Draft.objects.filter(section__profile=edition.profile_id)
    }
    changed = 0
    for key in texts.keys() | drafts.keys():
        draft = drafts.get(key) or Draft(section_id=key[0], language=key[1])
        html = texts.get(key, "")
        if draft.html != html:
            draft.html, draft.changed_by = html, by
            draft.save()
            changed += 1
    return changed
