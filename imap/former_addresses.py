"""Redirects from former addresses. Asked only when nothing is found at an address for this reader.

A word leads to what it led to last, under the address of today: however often that was changed, and whatever has taken
another of its former words since. Where something stands today that the reader may see, nothing leads away from it.
What the reader may not see is not led to, as if it had never stood there.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from access.viewer import Viewer
from atlas.models import OutlineSection, Subject, SubjectKind
from imap.models import FormerAddress
from newscentre.models import Review
from profiles.models import Edition
from routes.models import Story

Words = dict[str, Any]  # of an address, by the names that its pattern gives them


def address_now(request: HttpRequest, viewer: Viewer) -> str | None:
    """The address of today of what stood at the one that was asked for; None where the reader is led nowhere."""
    match = request.resolver_match
    if match is None or match.url_name not in LEADING_ON or request.method not in ("GET", "HEAD"):
        return None
    asked: Words = {name: word for name, word in match.kwargs.items() if isinstance(word, str | int)}
    words = LEADING_ON[match.url_name](viewer, asked)
    if words is None or words == asked:
        return None
    query = request.META.get("QUERY_STRING", "")
    return reverse(match.view_name, kwargs=words) + (f"?{query}" if query else "")


def _former(viewer: Viewer, **words: str) -> QuerySet[FormerAddress]:
    return FormerAddress.objects.visible_to(viewer).filter(**words).order_by("-pk")


def _profile(viewer: Viewer, asked: Words) -> Words | None:
    """Of one that the viewer may read. At an address of today, only the words behind it may be former ones."""
    dialogue, theme, slug = asked["dialogue"], asked["theme"], asked["slug"]
    readable = Edition.objects.visible_to(viewer)
    here = readable.filter(profile__dialogue=dialogue, profile__theme=theme, profile__slug=slug)
    if edition := here.select_related("profile__subject").first():
        return _section(viewer, asked, edition.profile.subject.kind) if "section" in asked else None
    former = _former(viewer, dialogue=dialogue, theme=theme, word=slug).filter(
        Exists(readable.filter(profile=OuterRef("profile")))
    )
    row = former.select_related("profile__subject").first()
    if row is None or row.profile is None:
        return None
    now = row.profile
    words = {**asked, "dialogue": now.dialogue_id, "theme": now.theme_id, "slug": now.slug}
    return _section(viewer, words, now.subject.kind) if "section" in words else words


def _section(viewer: Viewer, asked: Words, kind: str = "") -> Words:
    """Of the outline of this kind of subject, or of any."""
    place = {"dialogue": asked["dialogue"], "theme": asked["theme"]}
    headings = OutlineSection.objects.visible_to(viewer).filter(**place, **({"kind": kind} if kind else {}))
    if headings.filter(slug=asked["section"]).exists():
        return asked
    row = _former(viewer, **place, word=asked["section"]).filter(heading__in=headings).select_related("heading").first()
    return {**asked, "section": row.heading.slug} if row and row.heading else asked


def _subject(viewer: Viewer, asked: Words) -> Words | None:
    """Of one that the viewer may be told of."""
    kind = {"kind": asked["kind"]} if "kind" in asked else {}
    if Subject.objects.sayable_to(viewer).filter(slug=asked["slug"], **kind).exists():
        return None
    former = _former(viewer, word=asked["slug"], **kind).filter(subject__isnull=False)
    row = former.select_related("subject").first()
    return {**asked, "slug": row.subject.slug} if row and row.subject else None


def _country(viewer: Viewer, asked: Words) -> Words | None:
    words = _subject(viewer, {**asked, "kind": SubjectKind.COUNTRY})
    return {"slug": words["slug"]} if words else None


def _story(viewer: Viewer, asked: Words) -> Words | None:
    place = {"dialogue": asked["dialogue"]}
    if Story.objects.visible_to(viewer).filter(**place, slug=asked["slug"]).exists():
        return None
    former = _former(viewer, **place, word=asked["slug"]).filter(story__isnull=False)
    row = former.select_related("story").first()
    return {**asked, "slug": row.story.slug} if row and row.story else None


def _review(viewer: Viewer, asked: Words) -> Words | None:
    place = {"dialogue": asked["dialogue"]}
    published = Review.objects.visible_to(viewer).filter(published_at__isnull=False)
    if published.filter(**place, month=asked["month"]).exists():
        return None
    former = _former(viewer, **place, word=asked["month"])
    row = former.filter(review__published_at__isnull=False).select_related("review").first()
    return {**asked, "month": row.review.month} if row and row.review else None


# By the name of an address: how its words are found that were changed.
LEADING_ON: dict[str, Callable[[Viewer, Words], Words | None]] = {
    "profile": _profile,
    "section": _profile,
    "whole": _profile,
    "edition": _profile,
    "across": _section,
    "country": _country,
    "routes_of": _subject,
    "news_of": _subject,
    "route_story": _story,
    "review": _review,
    "review_pdf": _review,
}
