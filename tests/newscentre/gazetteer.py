"""The names of the press and of the facts, for tests without a database."""

import csv
from functools import cache
from pathlib import Path

from newscentre.stages.tag import Name, NameFinder, Tagger, names_of_the_press, words_of_categories

DATA = Path(__file__).resolve().parent.parent.parent / "data"


def rows(*path: str):
    with DATA.joinpath(*path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def names_of_the_facts():
    codes = {row["iso3"]: row["slug"] for row in rows("facts", "coverage.csv")}
    for row in rows("facts", "country_names.csv"):
        if row["iso3"] in codes:
            yield from (Name(codes[row["iso3"]], row[language], True, True) for language in ("en", "fr", "ar"))
    for row in rows("facts", "places.csv"):
        yield Name(row["slug"], row["name"], True, True)
    for row in rows("world", "places.csv"):
        yield from (Name(row["slug"], row[language], True, True) for language in ("fr", "ar"))
    for row in rows("world", "variants.csv"):
        yield Name(row["slug"], row["text"], True, True)


@cache
def tagger() -> Tagger:
    subjects = [*names_of_the_facts(), *names_of_the_press(DATA / "world" / "press_names.csv")]
    return Tagger(NameFinder(subjects), NameFinder(words_of_categories(DATA / "world" / "news_categories.toml")))
