"""Loads the world: dialogues, themes, outlines, subjects and their names, partners, memberships, coverage, regions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from atlas.basemaps import policy_of_the_files
from atlas.loading.loading import Entry, Loading
from atlas.loading.tables import TableRow, read_csv, read_toml
from atlas.models import (
    BoundaryRule,
    Coverage,
    Dialogue,
    DialogueTheme,
    FormerName,
    Membership,
    NameVariant,
    OutlineSection,
    Partner,
    PartnerKind,
    Role,
    Subject,
    SubjectKind,
    Theme,
)

NAMES = ("name_en", "name_fr", "name_ar")
MAKER = "mtm"  # whose map the facts' routes and places are of; readers are told of them once a map shows them


class World:
    """The files below `data`, loaded in the order in which they need each other."""

    def __init__(self, data: Path, loading: Loading):
        self.facts, self.ours, self.loading = data / "facts", data / "world", loading
        self.by_iso3: dict[str, Subject] = {}
        self.subjects: dict[tuple[str, str], Subject] = {}

    def load(self) -> None:
        self._themes_and_dialogues()
        self._countries()
        self._regions()
        self._routes_and_reporting_areas()
        self._places()
        self._variants()
        self._partners_and_memberships()
        self._coverage()
        self._boundaries()

    def _themes_and_dialogues(self) -> None:
        themes = read_toml(self.ours / "themes.toml")["theme"]
        self.loading.put(
            Theme,
            "slug",
            ((row, {"slug": row["slug"], "accent": row["accent"], **row.translated("name")}) for row in themes),
        )
        rows = read_toml(self.ours / "dialogues.toml")["dialogue"]
        self.dialogues = self.loading.put(Dialogue, "slug", map(_dialogue, rows))
        taken_up = [(row, TableRow(row.file, row.line, theme)) for row in rows for theme in row["theme"]]
        self.loading.put(
            DialogueTheme,
            "dialogue_id theme_id",
            (
                (
                    theme,
                    {
                        "dialogue_id": row["slug"],
                        "theme_id": theme["slug"],
                        "preset": theme["preset"],
                        "position": theme["position"],
                    },
                )
                for row, theme in taken_up
            ),
            keep="preset",
        )
        sections = read_toml(self.ours / "outlines.toml")["section"]
        self.loading.put(
            OutlineSection,
            "dialogue_id theme_id kind slug",
            (
                _heading(row["slug"], section)
                for row, theme in taken_up
                for section in sections
                if section["theme"] == theme["slug"]
            ),
        )

    def _countries(self) -> None:
        names: dict[str, list[TableRow]] = {}
        for row in read_csv(self.facts / "country_names.csv", "iso3 valid_from valid_until en fr ar"):
            names.setdefault(row["iso3"], []).append(row)
        covered = {row["iso3"]: row for row in read_csv(self.facts / "coverage.csv", "slug iso3 iso2 name_en note")}
        footnotes = {row["code"]: row for row in read_toml(self.ours / "boundary_footnotes.toml")["footnote"]}
        for iso3, row in covered.items():
            if iso3 not in names:
                row.refuse(f"{iso3} has no name in country_names.csv.")
        self.loading.put(
            Subject,
            "kind slug",
            (_country(iso3, rows, covered.get(iso3), footnotes.get(iso3)) for iso3, rows in names.items()),
        )
        self._remember()
        self.loading.put(
            FormerName,
            "subject_id valid_until",
            (_former(self.by_iso3[iso3], row) for iso3, rows in names.items() for row in rows if row["valid_until"]),
        )

    def _remember(self) -> None:
        self.subjects = {(subject.kind, subject.slug): subject for subject in Subject.objects.all()}
        self.by_iso3 = {subject.iso3: subject for subject in self.subjects.values() if subject.iso3}

    def _regions(self) -> None:
        files = (("regions.toml", "region", SubjectKind.REGION), ("areas.toml", "area", SubjectKind.AREA))
        for file, table, kind in files:
            rows = read_toml(self.ours / file)[table]
            self.loading.put(
                Subject,
                "kind slug",
                (
                    (
                        row,
                        {
                            "kind": kind,
                            "slug": row["slug"],
                            "is_reference": True,
                            **row.translated("name"),
                            "source": row.get("source"),
                            "position": row.get("position", number),
                        },
                    )
                    for number, row in enumerate(rows, 1)
                ),
            )
            self._remember()
            for row in rows:
                self._set_members(self.subjects[kind, row["slug"]], row)

    def _set_members(self, region: Subject, row: TableRow) -> None:
        unknown = [iso3 for iso3 in row["members"] if iso3 not in self.by_iso3]
        if unknown:
            row.refuse(f"{', '.join(unknown)} is not among the countries.")
        wanted = {self.by_iso3[iso3].pk for iso3 in row["members"]}
        held = set(region.members.values_list("pk", flat=True))
        if wanted == held:
            self.loading.note("members of regions", "skipped", len(wanted))
        else:
            region.members.set(wanted)
            self.loading.note("members of regions", "changed" if held else "added", len(wanted))

    def _routes_and_reporting_areas(self) -> None:
        worded = {
            kind: {row["slug"]: row for row in read_toml(self.ours / "routes.toml")[kind]}
            for kind in ("route", "reporting_area")
        }
        routes = list(read_csv(self.facts / "routes.csv", "slug name_en description_fact chain"))
        self.loading.put(
            Subject,
            "kind slug",
            (_route(row, row.choice("slug", worded["route"]), number) for number, row in enumerate(routes, 1)),
        )
        self._remember()
        areas = list(read_csv(self.facts / "reporting_areas.csv", "slug name_en source nearest_route remark"))
        nearest = {
            row["slug"]: self.subjects[SubjectKind.ROUTE, row["nearest_route"]].pk if row["nearest_route"] else None
            for row in areas
        }
        self.loading.put(
            Subject,
            "kind slug",
            (
                (
                    row,
                    {
                        "kind": SubjectKind.REPORTING_AREA,
                        "slug": row["slug"],
                        "is_reference": True,
                        **row.choice("slug", worded["reporting_area"]).translated("name"),
                        "source": row["source"],
                        "remark": row["remark"],
                        "nearest_route_id": nearest[row["slug"]],
                        "position": number,
                    },
                )
                for number, row in enumerate(areas, 1)
            ),
        )

    def _places(self) -> None:
        columns = "slug name iso3 kind latitude longitude note named_on_the_2012_map"
        worded = {row["slug"]: row for row in read_csv(self.ours / "places.csv", "slug fr ar")}
        self.loading.put(
            Subject,
            "kind slug",
            (
                _place(row, row.choice("slug", worded), row.choice("iso3", self.by_iso3))
                for row in read_csv(self.facts / "places.csv", columns)
            ),
        )
        self._remember()

    def _variants(self) -> None:
        def entries() -> Iterator[Entry]:
            for row in read_csv(self.ours / "variants.csv", "subject_kind slug language text"):
                subject = self.subjects.get((row["subject_kind"], row["slug"]))
                if subject is None:
                    row.refuse(f"there is no {row['subject_kind']} “{row['slug']}”.")
                yield row, {"subject_id": subject.pk, "language": row["language"], "text": row["text"]}

        self.loading.put(NameVariant, "subject_id language text", entries())

    def _partners_and_memberships(self) -> None:
        worded = {row["slug"]: row for row in read_toml(self.ours / "organisations.toml")["organisation"]}
        named = {row["slug"]: row for row in read_csv(self.facts / "organisation_names.csv", "slug en fr ar")}
        organisations = list(
            read_csv(self.facts / "organisations.csv", "slug acronym_en name_en field mandate_named_in_the_source")
        )
        memberships = list(read_csv(self.facts / "memberships.csv", "dialogue kind partner role joined source"))
        agencies = {row["partner"] for row in memberships if row["kind"] == "agency"}
        for row in named.values():
            row.choice("slug", {organisation["slug"] for organisation in organisations})
        self.loading.put(
            Partner,
            "slug",
            (
                _organisation(row, row.choice("slug", worded), named.get(row["slug"]), row["slug"] in agencies)
                for row in organisations
            ),
        )
        states = {row["partner"]: row for row in memberships if row["kind"] == "state"}
        self.loading.put(
            Partner,
            "slug",
            (
                (
                    row,
                    {
                        "slug": row.choice("partner", self.by_iso3).slug,
                        "kind": PartnerKind.STATE,
                        "is_reference": True,
                        "subject_id": self.by_iso3[iso3].pk,
                    },
                )
                for iso3, row in states.items()
            ),
        )
        slugs = {organisation["slug"]: organisation["slug"] for organisation in organisations}
        slugs |= {iso3: self.by_iso3[iso3].slug for iso3 in states}
        self.loading.put(
            Membership, "dialogue_id partner_id role", (_membership(row, self.dialogues, slugs) for row in memberships)
        )

    def _coverage(self) -> None:
        def entries() -> Iterator[Entry]:
            for row in read_csv(self.facts / "coverage.csv", "slug iso3 note"):
                for dialogue in self.dialogues:
                    if row.get(dialogue) not in {"", "x"}:
                        row.refuse(f"{dialogue} must be x or empty, not “{row[dialogue]}”.")
                    if row.get(dialogue):
                        yield (
                            row,
                            {
                                "dialogue_id": dialogue,
                                "subject_id": self.by_iso3[row["iso3"]].pk,
                                "remark": row["note"],
                            },
                        )

        self.loading.put(Coverage, "dialogue_id subject_id", entries())

    def _boundaries(self) -> None:
        self.loading.put(
            BoundaryRule,
            "dialogue_id territory",
            (
                (
                    TableRow("boundaries.json", boundary.territory.key, {}),
                    {
                        "dialogue_id": None,
                        "territory": boundary.territory.key,
                        "treatment": boundary.treatment.value,
                        "host": boundary.host or "",
                        "source": boundary.source,
                        "is_confirmed": not boundary.status.startswith("proposed"),
                    },
                )
                for boundary in policy_of_the_files(self.ours / "boundaries.json")
            ),
            keep="treatment host source is_confirmed",
        )


def _dialogue(row: TableRow) -> Entry:
    texts: dict[str, Any] = {}
    for name in ("short_name", "name", "strapline", "about", "naming", "disclaimer", "secretariat"):
        texts |= row.translated(name)
    values = {name: row[name] for name in ("slug", "position", "languages", "contact_email")}
    return row, values | texts | {"started": row.get("started", None)}


def _heading(dialogue: str, row: TableRow) -> Entry:
    values = {name: row[name] for name in ("kind", "slug", "position")}
    return row, values | {"dialogue_id": dialogue, "theme_id": row["theme"]} | row.translated("title") | row.translated(
        "guidance"
    )


def _country(iso3: str, names: list[TableRow], covered: TableRow | None, footnote: TableRow | None) -> Entry:
    today = [row for row in names if not row["valid_until"]]
    if len(today) != 1:
        names[0].refuse(f"{iso3} must have one name that holds today, not {len(today)}.")
    row = today[0]
    for language in settings.MODELTRANSLATION_LANGUAGES:
        if not row[language]:
            row.refuse(f"{iso3} has no name in {language}.")
    return row, {
        "kind": SubjectKind.COUNTRY,
        "slug": covered["slug"] if covered else slugify(row["en"].rstrip("*")),
        "is_reference": True,
        "iso3": iso3,
        "iso2": covered["iso2"] if covered else "",
        **dict(zip(NAMES, (row["en"], row["fr"], row["ar"]), strict=True)),
        "name_since": row.whole_number("valid_from"),
        "remark": covered["note"] if covered else "",
        **(footnote.translated("text", "footnote") if footnote else {}),
    }


def _former(subject: Subject, row: TableRow) -> Entry:
    return row, {
        "subject_id": subject.pk,
        **dict(zip(NAMES, (row["en"], row["fr"], row["ar"]), strict=True)),
        "valid_from": row.whole_number("valid_from"),
        "valid_until": row.whole_number("valid_until"),
    }


def _route(row: TableRow, worded: TableRow, position: int) -> Entry:
    stops = [[stop.strip() for stop in branch.split(">")] for branch in row["chain"].split(";")]
    return row, {
        "kind": SubjectKind.ROUTE,
        "slug": row["slug"],
        "made_by_id": MAKER,
        **worded.translated("name"),
        **worded.translated("description"),
        "stops": stops,
        "position": position,
    }


def _place(row: TableRow, worded: TableRow, country: Subject) -> Entry:
    latitude, longitude = row.number("latitude"), row.number("longitude")
    if latitude is None or longitude is None or abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        row.refuse("the position is not latitude and longitude in degrees.")
    return row, {
        "kind": SubjectKind.HUB if row.choice("kind", ("hub", "town")) == "hub" else SubjectKind.CITY,
        "slug": row["slug"],
        "made_by_id": MAKER,
        "name_en": row["name"],
        "name_fr": worded["fr"],
        "name_ar": worded["ar"],
        "country_id": country.pk,
        "point": {"type": "Point", "coordinates": [float(longitude), float(latitude)]},
        "remark": row["note"],
    }


def _organisation(row: TableRow, worded: TableRow, named: TableRow | None, is_agency: bool) -> Entry:
    acronym = worded.translated("acronym")
    if named:
        acronym |= {f"acronym_{language}": named[language] for language in settings.MODELTRANSLATION_LANGUAGES}
    return row, {
        "slug": row["slug"],
        "kind": PartnerKind.AGENCY if is_agency else PartnerKind.ORGANISATION,
        "is_reference": True,
        **worded.translated("name"),
        **acronym,
        **worded.translated("field"),
        **worded.translated("mandate"),
    }


def _membership(row: TableRow, dialogues: dict[str, Dialogue], slugs: dict[str, str]) -> Entry:
    return row, {
        "dialogue_id": row.choice("dialogue", dialogues).slug,
        "partner_id": row.choice("partner", slugs),
        "role": row.choice("role", tuple(Role.values)),
        "joined": row.whole_number("joined"),
        "source": row["source"],
    }
