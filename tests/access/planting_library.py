"""Publications, projects and links with canaries in every field, in files and their names, and in outside addresses."""

import secrets

from django.core.files.base import ContentFile

from access import tokens
from access.presets import Preset
from atlas.models import Subject
from newscentre.models import Link, OutsideAddress, Project, Publication, PublicationFile, PublicationSection
from tests.access.planting_calendar import a_pdf

DIALOGUE, THEME = "mtm", "irregular-mixed-migration"
LANGUAGES = ("en", "fr", "ar")


def plant_library(preset: Preset, audience: list[str], places: list[str]) -> tuple[Publication, Project]:
    """The publication goes with the profiles of all these places. To be called as the secretariat of the MTM Dialogue."""
    publication = Publication.objects.create(
        dialogue_id=DIALOGUE, theme_id=THEME, slug=_canary(preset, "publication"), audience=audience, year=1985,
        title=_canary(preset, "publication"), link=f"https://{_canary(preset, 'publication')}.example/",
        source=_canary(preset, "publication"), **_said(preset, "publication", "about remark"),
    )  # fmt: skip
    publication.made_with.set(["unhcr"])
    for subject in Subject.objects.filter(kind="country", slug__in=places):
        PublicationSection.objects.create(publication=publication, theme_id=THEME, subject=subject, section="detection")
    _file(publication, preset, "file", None)
    _file(publication, preset, "deskfile", [tokens.secretariat(DIALOGUE)])
    project = Project.objects.create(
        dialogue_id=DIALOGUE, theme_id=THEME, slug=_canary(preset, "project"), audience=audience, starts="1985",
        acronym=_canary(preset, "project"), source=_canary(preset, "project"),
        **_said(preset, "project", "name other_partners about outcome"),
    )  # fmt: skip
    project.made_with.set(["unhcr"])
    plant_link(preset, audience)
    return publication, project


def plant_link(preset: Preset, audience: list[str]) -> None:
    address = f"https://{_canary(preset, 'link')}.example/"
    Link.objects.create(
        dialogue_id=DIALOGUE, slug=_canary(preset, "link"), audience=audience, category="forum", address=address,
        **_said(preset, "link", "name about"),
    )  # fmt: skip
    outside = f"https://{_canary(preset, 'outside')}.example/"
    OutsideAddress.objects.create(
        dialogue_id=DIALOGUE, address=outside, host=outside[8:-1], stands_in=[_canary(preset, "outside")]
    )


def _file(publication: Publication, preset: Preset, kind: str, audience: list[str] | None) -> None:
    row = PublicationFile(publication=publication, audience=audience, title=_canary(preset, kind), language="en")
    row.file = ContentFile(a_pdf(_canary(preset, kind)), name=f"{_canary(preset, kind)}.pdf")
    row.save()


def _said(preset: Preset, kind: str, names: str) -> dict[str, str]:
    return {
        f"{name}_{language}": f"{language} {_canary(preset, kind)}" for name in names.split() for language in LANGUAGES
    }


def _canary(preset: Preset, kind: str) -> str:
    return f"cnry-{preset.value}-{kind}-{secrets.token_hex(4)}"
