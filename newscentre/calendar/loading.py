"""Loads the meetings of the fact files, with dates as partial as they are there, and notes what is uncertain."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

from atlas.loading import Loading, TableRow, read_csv, read_toml
from atlas.loading.loading import Entry
from atlas.models import Partner, Subject
from newscentre.calendar.models import Meeting

DIALOGUE = "mtm"  # whose meetings they are
EVERYONE = ["public", f"secretariat:{DIALOGUE}"]
SOURCE = "MTM working paper, chapters 1 to 3"


def load_meetings(data: Path, loading: Loading) -> None:
    """Call it as the secretariat of the dialogue. Keeps audiences that the desk changed."""
    words = read_toml(data / "world" / "meetings.toml")
    worded = {(row["starts"], row["city"]): row for row in words["meeting"]}
    facts = list(read_csv(data / "facts" / "mtm_meetings.csv", "starts ends city iso3 theme about note"))
    entries = list(_meetings(facts, worded, words))
    meetings = loading.put(Meeting, "dialogue_id slug", entries, keep="audience")
    partners = set(Partner.objects.values_list("pk", flat=True))
    for row, values in entries:
        meeting, said = meetings[(DIALOGUE, values["slug"])], worded[(row["starts"], row["city"])]
        for name in ("supporters", "delegations"):
            _take_part(meeting, name, [_known(said, slug, partners) for slug in said.get(name, [])], loading)


def _meetings(
    facts: list[TableRow], worded: dict[tuple[str, str], TableRow], words: dict[str, list[TableRow]]
) -> Iterator[Entry]:
    series, cities = ({row["slug"]: row for row in words[name]} for name in ("series", "city"))
    countries = {subject.iso3: subject.pk for subject in Subject.objects.filter(kind="country") if subject.iso3}
    for row in facts:
        said = worded.get((row["starts"], row["city"])) or row.refuse(f"{row['city']} has no words in meetings.toml.")
        if row["note"] and not said.get("doubts") and not row["note"].startswith("footnote"):
            row.refuse(f"“{row['note']}” stands in no doubts of meetings.toml.")
        of = series[said["series"]].translated("name", "series") if said.get("series") else _empty("series")
        yield (
            row,
            {
                "dialogue_id": DIALOGUE,
                "slug": slugify(f"{row['starts']}-{row['city']}"),
                "audience": EVERYONE,
                "theme_id": row["theme"] or None,
                "starts": row["starts"],
                "ends": row["ends"],
                "number": said.get("number", None),
                "country_id": row.choice("iso3", countries),
                "host_id": said.get("host", None),
                "source": said.get("source", SOURCE),
                **of,
                **cities[row.choice("city", cities)["slug"]].translated("name", "city"),
                **{name: text for field in TEXTS for name, text in said.translated(field).items()},
            },
        )


TEXTS = ("name", "about", "visits", "doubts", "host_office")


def _empty(field: str) -> dict[str, str]:
    return {f"{field}_{language}": "" for language in settings.MODELTRANSLATION_LANGUAGES}


def _known(row: TableRow, slug: str, partners: set[str]) -> str:
    return slug if slug in partners else row.refuse(f"the partner “{slug}” is not known.")


def _take_part(meeting: Meeting, name: str, slugs: list[str], loading: Loading) -> None:
    relation = getattr(meeting, name)
    missing = set(slugs) - set(relation.values_list("pk", flat=True))
    if missing:
        relation.add(*missing)
        loading.note(str(Meeting._meta.get_field(name).verbose_name), "added", len(missing))
