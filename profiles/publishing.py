"""From draft to edition, and from an edition back to the draft."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access import tokens
from profiles.models import Citation, Draft, Edition, EditionText, Profile, Section
from profiles.texts import clean, digest, is_empty


@transaction.atomic
def publish(profile: Profile, *, as_of: str, by=None, is_demonstration: bool = False) -> Edition:
    """Publishes the drafts of a profile as its next edition, and returns it.

    Raises ValidationError, in the reader's language, when there is no text, the date is wrong, or a source may be
    read by fewer people than a section that cites it. Then nothing is published.
    """
    locked = Profile.objects.select_for_update().get(pk=profile.pk)
    drafts = [
        draft
        for draft in Draft.objects.filter(section__profile=locked).select_related("section__heading")
        if not is_empty(clean(draft.html))
    ]
    if not drafts:
        raise ValidationError(_("There is no text to publish."))
    latest = locked.editions.order_by("-number").values_list("number", flat=True).first() or 0
    edition = Edition(
        profile=locked,
        number=latest + 1,
        published_at=timezone.now(),
        published_by=by,
        as_of=as_of,
        audience=locked.audience,
        endorsement=locked.endorsement,
        is_demonstration=is_demonstration,
    )
    edition.full_clean(exclude=["profile", "published_by"])
    edition.save(force_insert=True)
    EditionText.objects.bulk_create([_text(edition, draft) for draft in drafts])
    sections = {draft.section_id: draft.section for draft in drafts}
    Citation.objects.bulk_create(
        Citation(edition=edition, section=section, source=source, position=position)
        for section in sections.values()
        for position, source in enumerate(_sources(section, locked), 1)
    )
    return edition


def _text(edition: Edition, draft: Draft) -> EditionText:
    html = clean(draft.html)
    section = draft.section
    return EditionText(
        edition=edition,
        section=section,
        language=draft.language,
        audience=list(section.effective_audience(edition.audience)),
        html=html,
        digest=digest(html),
        tags=sorted(section.tags.values_list("slug", flat=True)),
    )


def _sources(section: Section, profile: Profile) -> list:
    readers = set(section.effective_audience(profile.audience))
    sources = list(section.sources.order_by("slug"))
    for source in sources:
        if tokens.PUBLIC not in source.audience and not readers <= set(source.audience):
            raise ValidationError(
                _("The source “%(source)s” may be read by fewer people than the section “%(section)s” that cites it."),
                params={"source": source.name, "section": str(section)},
            )
    return sources


@transaction.atomic
def take_back(edition: Edition, by=None) -> int:
    """Puts the texts of an earlier edition back into the drafts. Returns how many drafts changed.

    A section that edition did not have is emptied in the draft; it stays in the editions that had it.
    """
    texts = {(text.section_id, text.language): text.html for text in edition.texts.all()}
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
