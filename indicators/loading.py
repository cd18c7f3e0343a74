"""Loads indicators, their sources and definitions, and the figures of the fact files."""

import re
from collections.abc import Iterator
from pathlib import Path

from atlas.loading import Loading, TableRow, read_csv, read_toml
from atlas.loading.loading import Entry
from atlas.models import Subject
from indicators.models import Indicator, Observation, Source, StateDefinition, Topic
from indicators.reporting_areas import load_reporting_areas
from indicators.revisions import replace_by_facts

KEEPER = "mtm"  # the Secretariat that keeps the figures of the fact files
EVERYONE = ["public", f"secretariat:{KEEPER}"]
KEPT_BY_ALL = {"dialogue_id": KEEPER, "audience": EVERYONE}
AT_A_GLANCE_KNOWN_ON = "2012-02"  # the table is pictured in the source as of this month


def load_figures(data: Path, loading: Loading) -> None:
    worded = read_toml(data / "world" / "indicators.toml")
    loading.put(
        Topic,
        "slug",
        (
            (row, {"slug": row["slug"], "position": row["position"], **row.translated("name")})
            for row in worded["topic"]
        ),
    )
    indicators = loading.put(Indicator, "slug", map(_indicator, worded["indicator"]))
    sources = load_sources(worded["source"], loading)
    countries = {subject.iso3: subject for subject in Subject.objects.all() if subject.iso3}
    by_slug = {subject.slug: subject for subject in countries.values()}
    loading.put(
        StateDefinition,
        "indicator_id subject_id",
        (
            (
                row,
                {
                    "indicator_id": row.choice("indicator", indicators).slug,
                    "subject_id": row.choice("subject", by_slug).pk,
                }
                | row.translated("text")
                | row.translated("source"),
            )
            for row in worded["state_definition"]
        ),
    )
    loading.put(
        Observation,
        "indicator_id subject_id period source_id known_on",
        [
            *_gapminder(data / "facts" / "gapminder.csv", worded["indicator"], countries, sources["gapminder"]),
            *_morocco(data / "facts" / "morocco_at_a_glance.csv", worded["indicator"], by_slug["morocco"], sources),
        ],
        among=Observation.objects.filter(withdrawn_on__isnull=True, breakdown={}),
        keep="audience dialogue_id",
        replace=replace_by_facts,
    )
    in_the_words_of_the_facts = {
        row["fact_name"]: sources[row["key"]] for row in worded["source"] if row.get("fact_name")
    }
    load_reporting_areas(data / "facts", sources | in_the_words_of_the_facts, KEPT_BY_ALL, loading)


def load_sources(rows: list[TableRow], loading: Loading) -> dict[str, Source]:
    """Sources by key, each once, however many files name it."""
    once = {row["key"]: row for row in reversed(rows)}
    return loading.put(
        Source,
        "slug",
        (
            (
                row,
                {"slug": row["key"], "dialogue_id": KEEPER, "audience": EVERYONE, **row.translated("name")}
                | {name: row[name] for name in ("kind", "url", "language")}
                | {"acronym": _acronym(row["name"]["en"])},
            )
            for row in once.values()
        ),
        keep="audience dialogue_id acronym kind url language name_en name_fr name_ar",
    )


def _acronym(name: str) -> str:
    """What stands in brackets at the end of a name: “High Commission for Planning (HCP)” gives HCP."""
    found = re.search(r"\(([A-Z][A-Za-z-]{1,11})\)$", name)
    return found[1] if found else ""


def _indicator(row: TableRow) -> Entry:
    values = {name: row[name] for name in ("slug", "position", "unit", "decimals")}
    texts = row.translated("name") | row.translated("definition") | row.translated("definition_source")
    return row, values | texts | {"topic_id": row["topic"]}


def _gapminder(path: Path, worded: list[TableRow], countries: dict[str, Subject], source: Source) -> Iterator[Entry]:
    columns = {row["gapminder_column"]: row["slug"] for row in worded if row.get("gapminder_column")}
    for row in read_csv(path, " ".join(["iso3", "year", *columns])):
        subject, year = row.choice("iso3", countries), row.whole_number("year")
        for column, indicator in columns.items():
            yield (
                row,
                {
                    "indicator_id": indicator,
                    "subject_id": subject.pk,
                    "period": str(year),
                    "value": row.number(column),
                    "known_on": "",
                    "source_id": source.pk,
                    "dialogue_id": KEEPER,
                    "audience": EVERYONE,
                },
            )


def _morocco(path: Path, worded: list[TableRow], morocco: Subject, sources: dict[str, Source]) -> Iterator[Entry]:
    by_fact = {row["fact_name"]: row["slug"] for row in worded if row.get("fact_name")}
    for row in read_csv(path, "topic indicator year value unit source source_language note"):
        value = row.number("value")
        yield (
            row,
            {
                "indicator_id": row.choice("indicator", by_fact),
                "subject_id": morocco.pk,
                "period": row["year"],
                "value": value,
                "known_on": AT_A_GLANCE_KNOWN_ON,
                "source_id": sources[row["source"].lower()].pk if row["source"] else None,
                "dialogue_id": KEEPER,
                "audience": EVERYONE,
            },
        )
