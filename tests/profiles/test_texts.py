"""Texts: nothing that runs survives the cleaning, and no figure stands in them that the facts do not hold."""

import csv
import re
import tomllib
from collections import defaultdict
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from atlas import wording
from profiles.texts import clean, digest, sections_of, with_own_notes

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<p onclick=alert(1)>x</p>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action=//evil><button>x</button></form>",
    "<a href='//evil.example/'>x</a>",
    "<a href='/secretariat/logout/'>x</a>",
    "<p id='content'>x</p><a href='#skip'>y</a>",
    "<base href='//evil.example/'>",
    "<style>*{display:none}</style>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_runs_or_leads_astray_is_left(html):
    cleaned = clean(html).lower()
    for trace in (
        "script",
        "alert",
        "onerror",
        "onclick",
        "style",
        "evil",
        "data:",
        "iframe",
        "/secretariat",
        'id="content"',
        "#skip",
    ):
        assert trace not in cleaned


@given(st.text(alphabet="<>/=\"' abpthirefjvsc:#&;x0-9\n", max_size=120))
def test_cleaning_twice_is_cleaning_once(html):
    assert clean(clean(html)) == clean(html)


def test_notes_of_sections_on_one_page_do_not_meet():
    html = '<p>x<sup><a href="#note-1">1</a></sup></p><ol class="notes"><li id="note-1">n</li></ol>'
    assert with_own_notes(clean(html), "asylum") == clean(html).replace("#note-1", "#asylum-note-1").replace(
        'id="note-1"', 'id="asylum-note-1"'
    )


def test_a_digest_changes_with_the_text():
    assert digest("<p>a</p>") != digest("<p>b</p>")
    assert digest("<p>a</p>") == digest("<p>a</p>")


def test_a_file_with_a_section_twice_or_something_between_is_refused():
    with pytest.raises(ValueError, match="twice"):
        sections_of('<section data-section="a">1</section><section data-section="a">2</section>')
    with pytest.raises(ValueError, match="outside"):
        sections_of('<section data-section="a">1</section>stray')


# Figures of the MTM working paper itself (chapters 1 to 4 and its footnotes), which is not part of the project.
REFERENCE = {"145", "46", "1000", "1950", "1991", "2001"}
TEXTS = sorted((settings.DATA_DIR / "texts").rglob("*.html"))
NUMBERS = {
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"),
    "fr": re.compile(r"\d{1,3}(?:[\u202f\u00a0]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"),
}
NUMBERS["ar"] = NUMBERS["en"]


def numbers_in(text: str, language: str) -> set[str]:
    """The numbers of a text as English writes them without thousands separators: 29891708, 1.38."""
    found = {re.sub(r"[\u202f\u00a0]", "", word) for word in NUMBERS[language].findall(text)}
    found = {word.replace(",", "." if language == "fr" else "") for word in found}
    return {word.rstrip("0").rstrip(".") if "." in word else word for word in found}


SERIES = "gapminder.csv"  # whose values texts state as the table at a glance does: with the indicator's decimals


@pytest.fixture(scope="module")
def known_numbers() -> set[str]:
    facts = " ".join(
        path.read_text(encoding="utf-8") for path in (settings.DATA_DIR / "facts").glob("*.csv") if path.name != SERIES
    )
    small = {str(number) for number in range(32)}  # days, and numbers of notes
    return numbers_in(facts, "en") | numbers_in(facts.replace(",", " "), "en") | _bare(facts) | small | REFERENCE


def _bare(facts: str) -> set[str]:
    """Years and months inside dates, without the zero before them."""
    return {part.lstrip("0") for part in re.findall(r"\d+", facts)}


@pytest.fixture(scope="module")
def rounded_series() -> dict[str, set[str]]:
    """By the country's word in addresses: its years, and its values rounded as the portal shows them."""
    worded = tomllib.loads((settings.DATA_DIR / "world" / "indicators.toml").read_text(encoding="utf-8"))
    decimals = {row["gapminder_column"]: row["decimals"] for row in worded["indicator"] if "gapminder_column" in row}
    slugs = {row["iso3"]: row["slug"] for row in _rows("coverage.csv")}
    series: dict[str, set[str]] = defaultdict(set)
    for row in _rows(SERIES):
        shown = [
            wording.number(Decimal(row[column]), places, "en") for column, places in decimals.items() if row[column]
        ]
        series[slugs.get(row["iso3"], "")] |= numbers_in(" ".join([row["year"], *shown]), "en")
    return series


def _rows(name: str) -> list[dict[str, str]]:
    with (settings.DATA_DIR / "facts" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def stated_in(path: Path) -> set[str]:
    words = unescape(re.sub(r"<[^>]*>", " ", path.read_text(encoding="utf-8")))
    return numbers_in(words, path.suffixes[0].removeprefix("."))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(settings.DATA_DIR / "texts")))
def test_a_text_states_no_figure_that_the_facts_do_not_hold(path: Path, known_numbers, rounded_series):
    assert stated_in(path) - known_numbers - rounded_series[path.name.partition(".")[0]] == set()


def test_a_figure_is_held_as_it_is_shown_and_in_no_other_way(rounded_series, known_numbers):
    """Morocco in 2007: 3,820.17523 international dollars and 71.164 years."""
    held = rounded_series["morocco"] | known_numbers
    assert {"3820", "71.2"} <= held
    assert not {"3820.17523", "3820.2", "3821", "71.164", "71.1"} & held


NAMED_AREA = {
    "en": re.compile(r"reporting area ([A-Z][\w-]+(?: [A-Z][\w-]+)*)"),
    "fr": re.compile(r"zone (?:de déclaration )?(?:de Frontex )?«\u202f([^»]+)\u202f»"),
    "ar": re.compile(r"منطقة (?:الإبلاغ )?«([^»]+)»"),
}


def test_reporting_areas_are_called_the_same_in_texts_and_labels():
    worded = tomllib.loads((settings.DATA_DIR / "world" / "routes.toml").read_text(encoding="utf-8"))["reporting_area"]
    for language, named in NAMED_AREA.items():
        labels = {area["name"][language].replace("'", "’") for area in worded}
        for path in (settings.DATA_DIR / "texts").rglob(f"*.{language}.html"):
            words = unescape(re.sub(r"<[^>]*>", "", path.read_text(encoding="utf-8")))
            assert set(named.findall(words)) - labels == set(), path.name


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(settings.DATA_DIR / "texts")))
def test_a_text_is_kept_whole_by_the_cleaning(path: Path):
    for html in sections_of(path.read_text(encoding="utf-8")).values():
        assert "".join(unescape(clean(html)).split()) == "".join(unescape(html).split())


@pytest.mark.parametrize(
    "path", [path for path in TEXTS if "migration-development" in path.parts], ids=lambda path: path.name
)
def test_an_open_text_never_links_to_a_restricted_profile(path: Path):
    assert "/irregular-mixed-migration/" not in path.read_text(encoding="utf-8")
