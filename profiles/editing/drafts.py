"""The secretariat's drafts of one profile: which there are, and how they differ from what readers see."""

from dataclasses import dataclass, field

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from accounts.audiences.presets import who_can_read
from atlas import wording
from atlas.models import OutlineSection
from profiles.figures import digest_with
from profiles.models import METHOD_NOTE, CitedFigure, Draft, Edition, EditionText, Profile, Section
from profiles.publishing import newest_edition
from profiles.texts import clean, digest, is_empty


@dataclass
class DeskCell:
    """A section in a language. `state`: empty, new, changed or published."""

    language: str
    draft: Draft | None
    state: str


@dataclass
class DeskRow:
    slug: str
    heading: OutlineSection | None
    section: Section | None
    cells: list[DeskCell] = field(default_factory=list)


def desk_of(profile: Profile) -> list[DeskRow]:
    """A row for every heading of the outline and one for the method note, a cell for each of the dialogue's languages."""
    sections = {section.slug: section for section in profile.sections.select_related("heading", "profile")}
    drafts = {
        (draft.section.slug, draft.language): draft
        for draft in Draft.objects.filter(section__profile=profile).select_related("section__heading")
    }
    newest = newest_edition(profile)
    published = published_digests(newest)
    figures = list(newest.figures.all()) if newest else []
    headings: list[OutlineSection | None] = [*profile.outline(), None]
    rows = []
    for heading in headings:
        slug = heading.slug if heading else METHOD_NOTE
        row = DeskRow(slug, heading, sections.get(slug))
        for language in profile.dialogue.languages:
            draft = drafts.get((slug, language))
            row.cells.append(DeskCell(language, draft, _state(draft, published.get((slug, language)), figures)))
        rows.append(row)
    return rows


def facts_of_drafts(profile: Profile) -> dict[str, str]:
    """All on which its desk decides when it publishes: readers, newest edition, and each draft with who saved it when."""
    newest = newest_edition(profile)
    facts = {
        _("Who can read"): who_can_read(profile.audience),
        _("endorsement"): profile.get_endorsement_display(),
        _("newest edition"): str(newest.number if newest else "–"),
    }
    drafts = Draft.objects.filter(section__profile=profile).select_related("section__heading", "changed_by")
    for draft in drafts.order_by("section", "language"):
        audience = ", ".join(draft.section.audience or [])
        saved = f"{draft.changed_at:%Y-%m-%d %H:%M:%S} (UTC) · {draft.changed_by or '–'} · {audience}"
        facts[f"{draft.section} · {wording.language(draft.language)}"] = (
            f"{saved}\n{strip_tags(draft.html)}\n{digest(draft.html)}"
        )
    return facts


def published_digests(newest: Edition | None) -> dict[tuple[str, str], str]:
    """Digest of each text of the newest edition, by section and language."""
    texts = EditionText.objects.filter(edition=newest).select_related("section__heading") if newest else []
    return {(text.section.slug, text.language): text.digest for text in texts}


def _state(draft: Draft | None, published: str | None, figures: list[CitedFigure]) -> str:
    """A figure revised since is no change of the text: the desk is told apart (`profiles.figures.revised_since`)."""
    if draft is None or is_empty(draft.html):
        return "removed" if published else "empty"
    if published is None:
        return "new"
    return "published" if digest_with(clean(draft.html), draft.section_id, figures) == published else "changed"


def section_at(profile: Profile, slug: str) -> Section:
    """The section of a heading, made when it is first worked on. Raises OutlineSection.DoesNotExist."""
    heading = None if slug == METHOD_NOTE else profile.outline().get(slug=slug)
    return Section.objects.get_or_create(profile=profile, heading=heading)[0]
