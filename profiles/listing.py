"""Lists of profiles, each as far as the viewer may see it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from access.viewer import Viewer
from atlas.models import Subject
from atlas.sorting import in_reading_order
from profiles.models import Edition, Profile


def listed(viewer: Viewer, **conditions: object) -> list[Profile]:
    """The profiles with an edition this viewer may read, by name. Each has `as_of`, `published_at`, `number`, `tier`."""
    return in_reading_order(_with_edition(viewer).filter(**conditions), name=lambda profile: profile.subject.name)


def latest(viewer: Viewer, number: int, since: datetime | None = None, **conditions: object) -> list[Profile]:
    """The most recently published, the newest first; with `since`, only those published after it."""
    profiles = _with_edition(viewer).filter(**conditions).order_by("-published_at", "slug")  # type: ignore[misc]
    if since is not None:
        profiles = profiles.filter(published_at__gt=since)  # type: ignore[misc]
    return list(profiles[:number])


def links_of_subjects(viewer: Viewer, dialogue: str) -> dict[tuple[str, str], str]:
    """(kind, slug) of a subject → the address of its profile, for those that this viewer may read."""
    return {
        (row.subject.kind, row.subject.slug): reverse("profile", args=[row.dialogue_id, row.theme_id, row.slug])
        for row in listed(viewer, dialogue=dialogue)
    }


def _with_edition(viewer: Viewer) -> QuerySet[Profile]:
    newest = Edition.objects.visible_to(viewer).filter(profile=OuterRef("pk")).order_by("-number")
    return (
        Profile.objects.visible_to(viewer)
        .annotate(
            number=Subquery(newest.values("number")[:1]),
            as_of=Subquery(newest.values("as_of")[:1]),
            published_at=Subquery(newest.values("published_at")[:1]),
        )
        .filter(number__isnull=False)
        .select_related("subject__country", "dialogue", "theme")
    )


def by_kind(profiles: Iterable[Profile]) -> dict[str, list[Profile]]:
    """Countries, routes and hubs apart, in this order."""
    kinds: dict[str, list[Profile]] = {"country": [], "route": [], "hub": []}
    for profile in profiles:
        kinds.setdefault(profile.subject.kind, []).append(profile)
    return {kind: rows for kind, rows in kinds.items() if rows}


def by_area(profiles: Iterable[Profile]) -> list[tuple[Subject | None, list[Profile]]]:
    """The areas of the world in their order, each with the profiles of its countries and of the places in them."""
    profiles = list(profiles)
    countries = {profile.subject.country_id or profile.subject_id for profile in profiles}
    area_of: dict[int, int] = {}
    areas = Subject.objects.filter(kind="area").order_by("position")
    for membership in Subject.members.through.objects.filter(from_subject__kind="area", to_subject__in=countries):
        area_of[membership.to_subject_id] = membership.from_subject_id
    grouped: dict[int | None, list[Profile]] = {}
    for profile in profiles:
        grouped.setdefault(area_of.get(profile.subject.country_id or profile.subject_id), []).append(profile)
    rows: list[tuple[Subject | None, list[Profile]]] = [
        (area, grouped[area.pk]) for area in areas if area.pk in grouped
    ]
    return rows + ([(None, grouped[None])] if None in grouped else [])
