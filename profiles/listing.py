"""Lists of profiles, each as far as the viewer may see it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from access.viewer import Viewer, narrowest
from atlas.models import Subject
from atlas.periods import last_day
from atlas.sorting import in_reading_order
from profiles.models import Edition, Profile
from profiles.shown_editions import shown_editions

SHOWN = ("profile__subject__country", "profile__dialogue", "profile__theme")


def listed(viewer: Viewer, **conditions: object) -> list[Profile]:
    """The profiles with an edition this viewer may read, by name. Each knows it: `number`, `as_of`, `published_at`, `readers`."""
    return in_reading_order(map(_profile_of, _newest(viewer, conditions)), name=lambda profile: profile.subject.name)


def latest(viewer: Viewer, number: int, since: datetime | None = None, **conditions: object) -> list[Profile]:
    """Profiles updated last, by the date that they show; with `since`, only those published after it."""
    profiles = [_profile_of(edition) for edition in _newest(viewer, conditions)]
    fresh = [profile for profile in profiles if since is None or profile.published_at > since]
    fresh.sort(key=lambda profile: profile.path)
    fresh.sort(key=lambda profile: (last_day(profile.as_of), profile.published_at), reverse=True)
    return fresh[:number]


def links_of_subjects(viewer: Viewer, dialogue: str) -> dict[tuple[str, str], str]:
    """(kind, slug) of a subject → the address of its profile, for those that this viewer may read."""
    return {
        (row.subject.kind, row.subject.slug): reverse("profile", args=[row.dialogue_id, row.theme_id, row.slug])
        for row in listed(viewer, dialogue=dialogue)
    }


def profiles_seen(viewer: Viewer, dialogue: str) -> dict[tuple[str, int], tuple[str, list[str]]]:
    """(theme, subject) → the last word of the address and the readers of the profiles that this viewer may read."""
    return {(row.theme_id, row.subject_id): (row.slug, row.readers) for row in listed(viewer, dialogue=dialogue)}


def _newest(viewer: Viewer, conditions: Mapping[str, object]) -> QuerySet[Edition]:
    """The newest edition of each profile that the viewer is shown. Who reads an edition reads its profile."""
    of_profiles = {f"profile__{name}": value for name, value in conditions.items()}
    editions = Edition.objects.visible_to(viewer).filter(pk__in=shown_editions(viewer), **of_profiles)
    return editions.order_by("profile_id").select_related(*SHOWN)


def _profile_of(edition: Edition) -> Profile:
    profile = edition.profile
    profile.edition_id = edition.pk
    profile.readers = narrowest(profile.audience, edition.audience, profile.dialogue.audience)
    profile.number, profile.as_of, profile.published_at = edition.number, edition.as_of, edition.published_at
    return profile


def by_kind(profiles: Iterable[Profile]) -> dict[str, list[Profile]]:
    """Countries, routes and hubs apart, in this order."""
    kinds: dict[str, list[Profile]] = {"country": [], "route": [], "hub": []}
    for profile in profiles:
        kinds.setdefault(profile.subject.kind, []).append(profile)
    return {kind: rows for kind, rows in kinds.items() if rows}


def by_area(profiles: Iterable[Profile], viewer: Viewer) -> list[tuple[Subject | None, list[Profile]]]:
    """The areas of the world in their order, each with the profiles of its countries and of the places in them."""
    profiles = list(profiles)
    countries = {profile.subject.country_id or profile.subject_id for profile in profiles}
    area_of: dict[int, int] = {}
    areas = Subject.objects.sayable_to(viewer).filter(kind="area").order_by("position")
    for membership in Subject.members.through.objects.filter(from_subject__kind="area", to_subject__in=countries):
        area_of[membership.to_subject_id] = membership.from_subject_id
    grouped: dict[int | None, list[Profile]] = {}
    for profile in profiles:
        grouped.setdefault(area_of.get(profile.subject.country_id or profile.subject_id), []).append(profile)
    rows: list[tuple[Subject | None, list[Profile]]] = [
        (area, grouped[area.pk]) for area in areas if area.pk in grouped
    ]
    return rows + ([(None, grouped[None])] if None in grouped else [])
