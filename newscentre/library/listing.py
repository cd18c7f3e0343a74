"""The library as a reader sees it."""

from dataclasses import dataclass

from django.urls import reverse

from access.names import with_sayable
from access.viewer import Viewer
from access.visibility import RestrictedQuerySet
from atlas.models import Subject, Theme
from newscentre.models import Project, Publication, PublicationFile, PublicationSection
from newscentre.query_params import QueryParams

MOST = 500  # of each kind on the page


@dataclass(frozen=True)
class LibraryFilters(QueryParams):
    """Each is empty, or a value as it stands in the address; `subject` and `section` are of a profile: `morocco`."""

    dialogue: str = ""
    theme: str = ""
    subject: str = ""
    section: str = ""

    def apply(self, rows: RestrictedQuerySet, viewer: Viewer) -> RestrictedQuerySet:
        """What the viewer may not be told of finds no more than what does not exist."""
        if self.dialogue:
            rows = rows.filter(dialogue=self.dialogue)
        if self.theme:
            rows = rows.filter(theme__in=Theme.objects.sayable_to(viewer).filter(pk=self.theme))
        return rows

    def apply_to_publications(self, rows: RestrictedQuerySet, viewer: Viewer) -> RestrictedQuerySet:
        """Filters by profile (the whole or any section) or by section (this section or the whole profile)."""
        rows = self.apply(rows, viewer)
        if self.subject:
            named = Subject.objects.sayable_to(viewer).filter(slug=self.subject)
            of_subject = PublicationSection.objects.visible_to(viewer).filter(subject__in=named)
            if self.section:
                of_subject = of_subject.filter(section__in=[self.section, ""])
            rows = rows.filter(pk__in=of_subject.values("publication"))
        return rows


def publications_seen(viewer: Viewer) -> RestrictedQuerySet:
    return with_sayable(Publication.objects.visible_to(viewer).select_related("dialogue"), viewer, "theme")


def projects_seen(viewer: Viewer) -> RestrictedQuerySet:
    return with_sayable(Project.objects.visible_to(viewer).select_related("dialogue"), viewer, "theme")


def files_of(publication: Publication, viewer: Viewer) -> list[PublicationFile]:
    rows = PublicationFile.objects.visible_to(viewer).filter(publication=publication).select_related("publication")
    return list(rows.order_by("language", "pk"))


@dataclass(frozen=True)
class ProfileReference:
    """A section, or a whole profile, that a publication goes with."""

    name: str
    theme: str
    section: str
    address: str
    readers: list[str]


# (theme, subject) → the last word of the address of a profile, and who reads it: of those that a viewer may open.
Profiles = dict[tuple[str, int], tuple[str, list[str]]]


def sections_of(publication: Publication, viewer: Viewer, profiles: Profiles) -> list[ProfileReference]:
    """Other profiles than these are not named."""
    rows = PublicationSection.objects.visible_to(viewer).filter(publication=publication)
    found = []
    for row in rows.select_related("theme", "subject"):
        if held := profiles.get((row.theme_id, row.subject_id)):
            slug, readers = held
            at = [publication.dialogue_id, row.theme_id, slug]
            address = reverse("section", args=[*at, row.section]) if row.section else reverse("profile", args=at)
            found.append(ProfileReference(row.subject.name, row.theme.name, row.section, address, readers))
    return found
