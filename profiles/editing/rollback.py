"""Rolls back from an edition, or from kept drafts, to drafts. What is replaced is listed, kept, and can be had back."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from indicators.models import Source
from profiles.figures import digest_with, with_frozen_numbers
from profiles.models import CitedFigure, Draft, Edition, KeptDrafts, Profile, Section, Tag
from profiles.publishing import newest_edition
from profiles.texts import clean, is_empty

Place = tuple[int, str]  # a section, and the language of a text


@dataclass
class Content:
    """What the drafts of a profile hold, or what stands to be put in their place: by section, sources and tags by pk."""

    texts: dict[Place, str] = field(default_factory=dict)
    sources: dict[int, set[int]] = field(default_factory=dict)
    tags: dict[int, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Replaced:
    """What of a section would be replaced: the draft in a language, or, without one, what it cites and its tags."""

    section: Section
    language: str = ""
    is_unpublished: bool = False
    leave: tuple[str, ...] = ()
    come: tuple[str, ...] = ()


def content_of(profile: Profile) -> Content:
    content = Content()
    for draft in Draft.objects.filter(section__profile=profile):
        content.texts[draft.section_id, draft.language] = draft.html
    for section in Section.objects.filter(profile=profile).prefetch_related("sources", "tags"):
        content.sources[section.pk] = {source.pk for source in section.sources.all()}
        content.tags[section.pk] = {tag.pk for tag in section.tags.all()}
    return content


def content_of_edition(edition: Edition) -> Content:
    """A section that the edition did not have is empty in it; it stays in the editions that had it."""
    figures = list(edition.figures.select_related("observation__indicator"))
    content = Content()
    for text in edition.texts.all():
        html = with_frozen_numbers(text.html, text.section_id, text.language, figures)
        content.texts[text.section_id, text.language] = html
        content.sources.setdefault(text.section_id, set())
        content.tags.setdefault(text.section_id, set()).update(text.tags)
    for citation in edition.citations.all():
        content.sources.setdefault(citation.section_id, set()).add(citation.source_id)
    return content


def content_of_kept(kept: KeptDrafts) -> Content:
    content = Content(texts={(row["section"], row["language"]): row["html"] for row in kept.texts})
    for row in kept.sections:
        content.sources[row["section"]], content.tags[row["section"]] = set(row["sources"]), set(row["tags"])
    return content


def replaced_by(profile: Profile, coming: Content) -> list[Replaced]:
    """What going back would replace, in the order of the outline: texts first, then what the section cites."""
    held = content_of(profile)
    newest = newest_edition(profile)
    published = {(text.section_id, text.language): text.digest for text in newest.texts.all()} if newest else {}
    figures = list(newest.figures.all()) if newest else []
    found = []
    for section in profile.sections.select_related("heading", "profile"):
        for language in profile.dialogue.languages:
            place = (section.pk, language)
            html = held.texts.get(place, "")
            if html and html != coming.texts.get(place, ""):
                found.append(
                    Replaced(section, language, _is_unpublished(html, section.pk, published.get(place), figures))
                )
        if cited := _cited_otherwise(section, held, coming):
            found.append(cited)
    return found


def _is_unpublished(html: str, section: int, published: str | None, figures: list[CitedFigure]) -> bool:
    return not is_empty(html) and digest_with(clean(html), section, figures) != published


def _cited_otherwise(section: Section, held: Content, coming: Content) -> Replaced | None:
    sources, coming_sources = held.sources.get(section.pk, set()), coming.sources.get(section.pk, set())
    tags, coming_tags = held.tags.get(section.pk, set()), coming.tags.get(section.pk, set())
    leave = _names(sources - coming_sources, tags - coming_tags)
    come = _names(coming_sources - sources, coming_tags - tags)
    return Replaced(section, leave=leave, come=come) if leave or come else None


def _names(sources: Iterable[int], tags: Iterable[str]) -> tuple[str, ...]:
    rows = [*Source.objects.filter(pk__in=list(sources)), *Tag.objects.filter(pk__in=list(tags))]
    return tuple(str(row) for row in rows)


@transaction.atomic
def roll_back(profile: Profile, coming: Content, by=None) -> int:
    """Puts this content into the drafts, having kept what was there. Returns how many texts and sections changed."""
    Profile.objects.select_for_update(of=("self",)).order_by().get(pk=profile.pk)
    # Whoever saves a draft locks its section: what they save meanwhile comes after this, or is kept by it.
    list(Section.objects.select_for_update(of=("self",)).filter(profile=profile).order_by("pk").values_list("pk"))
    held = content_of(profile)
    _keep(profile, held, by)
    drafts = {(draft.section_id, draft.language): draft for draft in Draft.objects.filter(section__profile=profile)}
    changed = 0
    for place in coming.texts.keys() | held.texts.keys():
        html = coming.texts.get(place, "")
        if html != held.texts.get(place, ""):
            draft = drafts.get(place) or Draft(section_id=place[0], language=place[1])
            draft.html, draft.changed_by = html, by
            draft.save()
            changed += 1
    for section in Section.objects.filter(profile=profile):
        sources, tags = coming.sources.get(section.pk, set()), coming.tags.get(section.pk, set())
        if (held.sources[section.pk], held.tags[section.pk]) != (sources, tags):
            section.sources.set(Source.objects.filter(pk__in=sources))
            section.tags.set(Tag.objects.filter(pk__in=tags))
            changed += 1
    return changed


def _keep(profile: Profile, held: Content, by) -> KeptDrafts:
    texts = [
        {"section": section, "language": language, "html": html} for (section, language), html in held.texts.items()
    ]
    sections = [
        {"section": section, "sources": sorted(sources), "tags": sorted(held.tags[section])}
        for section, sources in held.sources.items()
    ]
    return KeptDrafts.objects.create(profile=profile, kept_by=by, texts=texts, sections=sections)


def take_back(edition: Edition, by=None) -> int:
    """Puts the texts of an earlier edition back into the drafts, with what it cited. Returns how much changed."""
    return roll_back(edition.profile, content_of_edition(edition), by)
