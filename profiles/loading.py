"""Loads the records of facts/profiles.csv and their texts, and publishes a first edition of each."""

import tomllib
from pathlib import Path

from django.core.exceptions import ValidationError

from accounts.audiences.presets import audience_of
from atlas.loading import Loading, RefusedData, TableRow, read_csv, read_toml
from atlas.models import Dialogue, DialogueTheme, OutlineSection, Subject, SubjectKind
from indicators.loading import load_sources
from indicators.models import Source
from profiles.models import METHOD_NOTE, Draft, Profile, Section, Tag
from profiles.publishing import publish
from profiles.texts import clean, sections_of

FIRST_AS_OF = "2012-06"  # the month as of which the source counts the profiles


def load_profiles(data: Path, loading: Loading) -> None:
    tags = read_toml(data / "world" / "themes.toml")["tag"]
    loading.put(
        Tag, "slug", ((row, {"slug": row["slug"], "is_reference": True, **row.translated("name")}) for row in tags)
    )
    subjects = {(subject.kind, subject.iso3 or subject.slug): subject for subject in Subject.objects.all()}
    presets = {(row.dialogue_id, row.theme_id): row.preset for row in DialogueTheme.objects.all()}
    profiles = loading.put(
        Profile,
        "dialogue_id theme_id slug",
        (
            (row, _record(row, subjects, presets))
            for row in read_csv(data / "facts" / "profiles.csv", "dialogue theme kind subject note")
        ),
        keep="audience",
    )
    metadata = {profile: _metadata(data, profile) for profile in profiles.values()}
    rows = [
        TableRow(f"{profile.path}.toml", key["key"], key)
        for profile, values in metadata.items()
        for key in values.get("sources", [])
    ]
    load_sources(rows, loading)
    sources = {source.slug: source for source in Source.objects.all()}
    languages = dict(Dialogue.objects.values_list("slug", "languages"))
    for profile, values in metadata.items():
        _draft(data, profile, values, sources, languages[profile.dialogue_id], loading)
        if profile.editions.exists():
            loading.note("editions", "skipped")
        elif Draft.objects.filter(section__profile=profile).exists():
            _publish_first(profile, values)
            loading.note("editions", "added")


def _publish_first(profile: Profile, values: dict) -> None:
    as_of, is_demonstration = values.get("as_of", FIRST_AS_OF), values.get("demonstration", False)
    try:
        publish(profile, as_of=as_of, is_demonstration=is_demonstration)
    except ValidationError as error:
        raise RefusedData(f"{profile}.toml", 0, " ".join(error.messages)) from None


def _record(row: TableRow, subjects: dict, presets: dict) -> dict:
    kind = row.choice("kind", tuple(SubjectKind.values))
    wanted = row["subject"] if kind == SubjectKind.COUNTRY else row["subject"].lower()
    subject = subjects.get((kind, wanted))
    if subject is None:
        row.refuse(f"there is no {kind} “{row['subject']}”.")
    preset = presets.get((row["dialogue"], row["theme"]))
    if preset is None:
        row.refuse(f"the dialogue “{row['dialogue']}” has no theme “{row['theme']}”.")
    return {
        "dialogue_id": row["dialogue"],
        "theme_id": row["theme"],
        "slug": subject.slug,
        "subject_id": subject.pk,
        "audience": audience_of(preset, row["dialogue"], row["theme"]),
    }


def _metadata(data: Path, profile: Profile) -> dict:
    path = data / "texts" / f"{profile.path}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise RefusedData(path.name, 0, f"not TOML: {error}") from None


def _draft(data: Path, profile: Profile, values: dict, sources: dict, languages: list[str], loading: Loading) -> None:
    """The working copy out of the files, where a section and language has none yet: an editor's work is never lost."""
    headings = {heading.slug: heading for heading in profile.outline()} | {METHOD_NOTE: None}
    held = set(Draft.objects.filter(section__profile=profile).values_list("section__heading__slug", "language"))
    drafts = []
    for language in languages:
        path = data / "texts" / f"{profile.path}.{language}.html"
        if not path.exists():
            continue
        try:
            texts = sections_of(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise RefusedData(path.name, 0, f"{error}.") from None
        for slug, html in texts.items():
            if slug not in headings:
                raise RefusedData(path.name, 0, f"the outline has no section “{slug}”.")
            if ((None if slug == METHOD_NOTE else slug), language) in held:
                loading.note("drafts", "skipped")
                continue
            section = _section(profile, headings[slug], values.get("sections", {}).get(slug, {}), sources)
            drafts.append(Draft(section=section, language=language, html=clean(html)))
    Draft.objects.bulk_create(drafts)
    loading.note("drafts", "added", len(drafts))


def _section(profile: Profile, heading: OutlineSection | None, values: dict, sources: dict) -> Section:
    section, is_new = Section.objects.get_or_create(profile=profile, heading=heading)
    if is_new:
        section.tags.set(values.get("tags", []))
        section.sources.set(sources[key] for key in values.get("sources", []))
    return section
