"""Previews drafts on the reader's page. Only the desk sees it; readers' code never calls it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from access.viewer import Viewer
from access.visibility import readers_of
from accounts.audiences.presets import preset_of, who_can_read
from accounts.page_header import frame
from accounts.requests import ReaderRequest
from indicators.at_a_glance import at_a_glance
from profiles.editing.citations import cite
from profiles.figures import with_frozen_numbers
from profiles.models import METHOD_NOTE, Draft, Profile
from profiles.reading import ProfileContent, PublishedSection
from profiles.texts import clean, is_empty, with_own_notes
from profiles.visible_edition import Address, VisibleEdition


def preview(request: ReaderRequest, profile: Profile, language: str) -> HttpResponse:
    """The whole profile in a language as its next edition would stand, with the desk's bar on top."""
    with translation.override(language):
        drafts = list(
            Draft.objects.filter(section__profile=profile, language=language).select_related("section__heading")
        )
        cited = cite(profile, drafts)
        html = {
            draft.section.slug: with_frozen_numbers(clean(draft.html), draft.section_id, language, cited.figures)
            for draft in drafts
        }
        reading = _reading(profile, language, html, request.viewer)
        readers = readers_of(profile)
        context = {
            "reading": reading,
            "standing": reading.standing,
            "tier": preset_of(readers),
            "who_can_read": who_can_read(readers),
            "is_preview": True,
            "problems": [message for problem in cited.problems for message in problem.messages],
        }
        return render(request, "profiles/preview.html", frame(f"/{language}/") | context)


def _reading(profile: Profile, language: str, drafts: dict[str, str], viewer: Viewer) -> ProfileContent:
    standing = VisibleEdition(
        Address(profile.dialogue_id, profile.theme_id, profile.slug), profile.pk, profile.subject_id,
        tuple(profile.audience), 0, 0, timezone.now(), f"{timezone.localdate():%Y-%m}", False, (), "",
    )  # fmt: skip

    def drafted(slug: str, title: str) -> PublishedSection:
        html = drafts.get(slug, "")
        return PublishedSection(
            slug, title, "" if is_empty(html) else with_own_notes(html, slug), language, profile.audience
        )

    return ProfileContent(
        standing=standing,
        dialogue=profile.dialogue,
        theme=profile.theme,
        subject=profile.subject,
        outline=[drafted(heading.slug, heading.title) for heading in profile.outline()],
        method_note=drafted(METHOD_NOTE, "") if METHOD_NOTE in drafts else None,
        glance=at_a_glance(profile.subject_id, viewer),
    )
