"""Loads the figures of the reporting areas: detections by year, quarter, border, nationality and vintage; deaths.

A breakdown names what it is by: `{"border": "sea"}`, `{"nationality": "SOM"}`; a quarter is a period of its own.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from atlas.loading import Loading, TableRow, read_csv
from atlas.loading.loading import Entry
from atlas.models import Subject, SubjectKind
from indicators.models import Flag, Observation, Source
from indicators.revisions import replace_by_facts

FRONTEX_KNOWN_ON, DEATHS_KNOWN_ON = "2025-06-03", "2025-06-04"
DETECTIONS, DEATHS = "detections", "deaths-and-disappearances"


def load_reporting_areas(facts: Path, sources: Mapping[str, Source], shared: dict, loading: Loading) -> None:
    """`sources` by their key and by their words in the facts. Each file's codes are checked against the world's."""
    areas = {area.slug: area.pk for area in Subject.objects.filter(kind=SubjectKind.REPORTING_AREA)}
    nationalities = {iso3 for iso3 in Subject.objects.values_list("iso3", flat=True) if iso3}
    frontex = {"source_id": sources["frontex"].pk, "known_on": FRONTEX_KNOWN_ON}

    def entries() -> Iterator[Entry]:
        for row, area, values in [
            *_by_year(facts, areas),
            *_by_quarter(facts, areas),
            *_by_border(facts, areas),
            *_by_nationality(facts, areas, nationalities),
        ]:
            yield row, _figure(DETECTIONS, area, flag=Flag.CASES, **frontex, **values) | shared
        for row, area, values in _earlier_vintages(facts, areas, sources):
            yield row, _figure(DETECTIONS, area, flag=Flag.CASES, **values) | shared
        for row in read_csv(facts / "missing_migrants_by_year.csv", "route year dead_and_missing"):
            values = {"period": row["year"], "value": row.number("dead_and_missing"), "known_on": DEATHS_KNOWN_ON}
            deaths = _figure(DEATHS, row.choice("route", areas), source_id=sources["missing-migrants"].pk, **values)
            yield row, deaths | {"flag": Flag.ESTIMATE} | shared

    loading.put(
        Observation,
        "indicator_id subject_id period breakdown source_id known_on",
        entries(),
        among=Observation.objects.filter(withdrawn_on__isnull=True),
        keep="audience dialogue_id",
        replace=replace_by_facts,
    )


def _figure(indicator: str, area: int, **values: object) -> dict:
    return {"indicator_id": indicator, "subject_id": area, "breakdown": {}, **values}


Found = Iterator[tuple[TableRow, int, dict]]  # the row, its area, and the values of its figure


def _by_year(facts: Path, areas: Mapping[str, int]) -> Found:
    for row in read_csv(facts / "frontex_detections_by_year.csv", "year total"):
        for area in row.values.keys() - {"year"}:
            if area not in areas:
                row.refuse(f"the area “{area}” is not known.")
            if value := row.number(area):
                yield row, areas[area], {"period": row["year"], "value": value}


def _by_quarter(facts: Path, areas: Mapping[str, int]) -> Found:
    for row in read_csv(facts / "frontex_detections_by_quarter.csv", "route year quarter detections"):
        period = f"{row['year']}-Q{row['quarter']}"
        yield row, row.choice("route", areas), {"period": period, "value": row.number("detections")}


def _by_border(facts: Path, areas: Mapping[str, int]) -> Found:
    for row in read_csv(facts / "frontex_detections_land_sea.csv", "route year land sea"):
        for border in ("land", "sea"):
            values = {"period": row["year"], "value": row.number(border), "breakdown": {"border": border}}
            yield row, row.choice("route", areas), values


def _by_nationality(facts: Path, areas: Mapping[str, int], nationalities: set[str]) -> Found:
    for row in read_csv(facts / "frontex_top_nationalities.csv", "route year nationality_iso3 detections"):
        breakdown = {"nationality": row.choice("nationality_iso3", nationalities)}
        values = {"period": row["year"], "value": row.number("detections"), "breakdown": breakdown}
        yield row, row.choice("route", areas), values


def _earlier_vintages(facts: Path, areas: Mapping[str, int], sources: Mapping[str, Source]) -> Found:
    """What was said of a year before; today's figure stands in the file by year, and must be the same there."""
    today = {(area, values["period"]): values["value"] for _, area, values in _by_year(facts, areas)}
    for row in read_csv(facts / "frontex_detections_vintages.csv", "route year as_known_on value source"):
        area, source = row.choice("route", areas), row.choice("source", dict(sources))
        if source.slug != "frontex":
            known = {"source_id": source.pk, "known_on": row["as_known_on"], "value": row.number("value")}
            yield row, area, {"period": row["year"], **known}
        elif today.get((area, row["year"])) != row["value"]:
            row.refuse(f"{row['value']} is not the figure of {row['year']} in the file by year.")
