"""Many profiles, as the portal may have in years: every country in every dialogue and theme, then towns."""

from itertools import product

from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from accounts.audiences.presets import audience_of
from atlas.models import DialogueTheme, OutlineSection, Subject, SubjectKind
from demo.cast import ALL_FOUR
from profiles.models import Edition, EditionText, Profile, Section
from profiles.texts import digest

PROFILES = 2000
SECTIONS = 4  # of each profile that have a text
LANGUAGES = ("en", "fr", "ar")
BATCH = 2000
PARAGRAPH = "<p>The portal shows what states share about migration along the routes, with its sources and dates.</p>"


def gather(number: int = PROFILES) -> None:
    """Adds profiles with one edition each until there are `number`."""
    with viewing(Viewer.secretariat_of(*ALL_FOUR)):
        profiles = _profiles(number - Profile.objects.count())
        sections = _sections(profiles)
        _publish(profiles, sections)


def _profiles(number: int) -> list[Profile]:
    taken = set(Profile.objects.values_list("dialogue", "theme", "subject"))
    countries = list(Subject.objects.filter(kind=SubjectKind.COUNTRY))
    themes = list(DialogueTheme.objects.all())
    towns = Subject.objects.bulk_create(
        Subject(kind=SubjectKind.HUB, slug=f"town-{index}", country=country, name_en=f"Town {index}",
                name_fr=f"Ville {index}", name_ar=f"مدينة {index}")
        for index, country in enumerate(countries * 5)
    )  # fmt: skip
    wanted = [
        (taken_up, subject)
        for taken_up, subject in [*product(themes, countries), *product(themes, towns)]
        if (taken_up.dialogue_id, taken_up.theme_id, subject.pk) not in taken
    ]
    return Profile.objects.bulk_create(
        (
            Profile(
                dialogue_id=row.dialogue_id,
                theme_id=row.theme_id,
                subject=subject,
                slug=subject.slug,
                audience=audience_of(row.preset, row.dialogue_id, row.theme_id),
            )
            for row, subject in wanted[:number]
        ),
        batch_size=BATCH,
    )


def _sections(profiles: list[Profile]) -> list[Section]:
    headings: dict[tuple[str, str, str], list[OutlineSection]] = {}
    for heading in OutlineSection.objects.order_by("position"):
        headings.setdefault((heading.dialogue_id, heading.theme_id, heading.kind), []).append(heading)
    return Section.objects.bulk_create(
        (
            Section(profile=profile, heading=heading)
            for profile in profiles
            for heading in headings.get((profile.dialogue_id, profile.theme_id, profile.subject.kind), [])[:SECTIONS]
        ),
        batch_size=BATCH,
    )


def _publish(profiles: list[Profile], sections: list[Section]) -> None:
    now = timezone.now()
    editions = Edition.objects.bulk_create(
        (
            Edition(
                profile=profile,
                number=1,
                published_at=now,
                as_of="2012-06",
                audience=profile.audience,
                endorsement=profile.endorsement,
            )
            for profile in profiles
        ),
        batch_size=BATCH,
    )
    edition_of = {edition.profile_id: edition for edition in editions}
    html = PARAGRAPH * 15
    EditionText.objects.bulk_create(
        (
            EditionText(
                edition=edition_of[section.profile_id],
                section=section,
                language=language,
                audience=section.profile.audience,
                html=html,
                digest=digest(html),
            )
            for section in sections
            for language in LANGUAGES
        ),
        batch_size=BATCH,
    )
