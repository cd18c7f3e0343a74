"""A map on paper: as much of it as its reader may see, in three languages, nothing over anything else."""

import re

import pytest
from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from accounts.signing_in import rate_limits
from atlas import print_cache
from routes.models import MapEdition
from routes.printing.drawing import Dot, DrawnLine, Frame, decoded, mercator, picture
from routes.printing.labels import Name, placed
from routes.printing.sheets import PAPERS
from tests.conftest import browser_of, clear_own_cache

DESK = Viewer.secretariat_of("mtm")
SHEET = "/{}/maps/mtm/routes/editions/2025/1/map-{}-{}.{}"
CROSSING = "Evros river crossing"


@pytest.fixture(autouse=True)
def nothing_kept_or_counted() -> None:
    """Maps are limited by how many somebody has made: each test begins with none."""
    clear_own_cache()


@pytest.fixture
def said(monkeypatch) -> list[dict]:
    """What is given to be set, which is quicker to read than a sheet."""
    kept: list[dict] = []

    def keep(program: str, sheet: dict, ending: str, *, picture: str, may_make) -> bytes:
        kept.append(sheet | {"picture": picture})
        return b"%PDF-"

    monkeypatch.setattr(print_cache, "printed", keep)
    return kept


def asked(login: str = "stranger", language: str = "en", year: int = 2012, paper: str = "a4", ending: str = "pdf"):
    return browser_of(login).get(SHEET.format(language, year, paper, ending))


# The sheet ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("paper", PAPERS)
def test_a_pdf_has_the_size_of_its_paper(paper):
    answer = asked(paper=paper)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", answer.content)
    assert [float(side) * 25.4 / 72 for side in box.groups()] == pytest.approx(
        [PAPERS[paper].width, PAPERS[paper].height], abs=0.1
    )
    assert len(re.findall(rb"/Type ?/Page\b", answer.content)) == 1, "everything is on one sheet"


@pytest.mark.django_db
def test_a_map_is_made_once_for_all_who_may_see_the_same(monkeypatch):
    made = []
    typeset = print_cache.typeset
    monkeypatch.setattr(print_cache, "typeset", lambda *given: made.append(given) or typeset(*given))
    clear_own_cache()
    first, again = asked(paper="a3"), asked(paper="a3")
    assert (first.status_code, len(made)) == (200, 1)
    assert first.content == again.content
    assert asked(paper="a3", year=2013).content != first.content
    assert asked(paper="a3", language="fr").content != first.content
    assert len(made) == 3


@pytest.mark.django_db
def test_what_is_printed_for_one_reader_is_kept_for_nobody(monkeypatch):
    monkeypatch.setattr(print_cache, "typeset", lambda *given: b"%PDF-")
    clear_own_cache()
    asked("editor")
    assert cache._cache.get_client().keys(cache.make_key("*printed:*")) == []


@pytest.mark.django_db
def test_who_has_too_many_maps_made_still_has_those_that_are_kept(monkeypatch):
    monkeypatch.setattr(print_cache, "typeset", lambda *given: b"%PDF-")
    monkeypatch.setattr(rate_limits, "OURS", rate_limits.OURS | {"print_made": "1/m/ip"})
    clear_own_cache()
    assert [asked(year=year).status_code for year in (2012, 2013, 2012)] == [200, 429, 200]


@pytest.mark.django_db
def test_a_map_that_was_not_made_is_not_noted_as_exported(monkeypatch):
    monkeypatch.setattr(print_cache, "typeset", lambda *given: b"%PDF-")
    monkeypatch.setattr(rate_limits, "OURS", rate_limits.OURS | {"print_made": "1/m/ip"})
    clear_own_cache()
    assert [asked("editor", year=year).status_code for year in (2012, 2013)] == [200, 429]
    with viewing(Viewer.secretariat_of("mtm")):
        assert LogEntry.objects.filter(action="exported").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_an_svg_holds_its_letters_as_shapes_and_asks_for_nothing(language):
    text = asked(language=language, ending="svg").content.decode()
    assert text.startswith("<svg")
    assert "<text" not in text
    assert "<script" not in text
    assert set(re.findall(r'(?:href|src)="([^#d][^"]*)"', text)) == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "name"), [("en", "Tripoli"), ("fr", "Tripoli"), ("ar", "طرابلس")])
def test_title_dates_legend_sources_and_disclaimer_are_in_the_language_of_the_page(said, language, name):
    asked(language=language)
    sheet = said[0]
    assert sheet["language"] == language
    assert name in {label["text"] for label in sheet["labels"]}
    assert len(sheet["legend"]) == 5 + 3  # the routes, the three ways to know a line
    with viewing(DESK):
        assert sheet["year"] == "2012"
    assert all(sheet["notes"])
    assert "Natural Earth" in sheet["notes"][2]
    arabic = re.compile(r"[\u0600-\u06ff]")
    assert all(
        bool(arabic.search(words)) == (language == "ar")
        for words in (sheet["title"], sheet["dates"], sheet["notes"][3])
    )


@pytest.mark.django_db
def test_each_year_has_the_lines_and_widths_of_its_own(said):
    for year in (2004, 2012, 2015):
        asked(year=year)
    widths = [set(re.findall(r'stroke-width="([\d.]+)" stroke-linejoin', sheet["picture"])) for sheet in said]
    assert widths[0] == {"0.40"}, "before there are figures all lines are thin"
    assert widths[1] != widths[2]


# Who gets what --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_a_reader_may_not_see_is_not_printed_for_them(said):
    for login in ("stranger", "official.ukr", "official.mar"):
        asked(login)
    names = [{label["text"] for label in sheet["labels"]} for sheet in said]
    dots = [sheet["picture"].count("<circle") for sheet in said]
    assert dots[0] == dots[1] == dots[2] - 1
    assert CROSSING not in names[0] | names[1]


@pytest.mark.django_db
def test_a_restricted_sheet_says_so_and_for_whom_it_was_printed(said):
    for login in ("stranger", "official.mar"):
        asked(login)
    assert said[0]["access"] == ""
    assert "Official of Morocco" in said[1]["access"]


@pytest.mark.django_db
def test_a_restricted_sheet_makes_a_line_of_the_log_and_an_open_one_none(said):
    for login in ("stranger", "official.ukr", "official.mar"):
        asked(login)
    with viewing(DESK):
        lines = LogEntry.objects.filter(action="exported").values_list("person__email", "object")
        assert list(lines) == [("official.mar@imap.example", "mtm/routes/2025#1 a4 pdf")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", [SHEET.format("en", 1999, "a4", "pdf"), SHEET.format("en", 2012, "a5", "pdf"), SHEET.format("en", 2012, "a4", "png"),
             SHEET.format("en", 2012, "a4", "pdf").replace("2025", "2001")],
)  # fmt: skip
def test_a_sheet_that_there_is_not_is_not_found(path):
    assert browser_of("editor").get(path).status_code == 404


@pytest.mark.django_db
def test_words_are_data_and_never_part_of_the_program(monkeypatch):
    """A title that would be a command of Typst is printed as it stands."""
    hostile = '#read("/etc/passwd") #panic() $ \\ ] "'
    monkeypatch.setattr(MapEdition, "title", property(lambda self: hostile, lambda self, value: None), raising=False)
    assert asked().content.startswith(b"%PDF-")


# The picture and its names --------------------------------------------------------------------------------------------


def test_everything_that_is_drawn_is_inside_the_margins():
    points = [(-10, 20), (40, 45), (12, 35)]
    frame = Frame.round(points, 200, 100)
    for point in points:
        x, y = frame.at(point)
        assert 0 < x < 200
        assert 0 < y < 100


def test_north_is_up_and_east_is_right():
    frame = Frame.round([(0, 0), (10, 10)], 100, 100)
    assert frame.at((10, 10))[0] > frame.at((0, 0))[0]
    assert frame.at((10, 10))[1] < frame.at((0, 0))[1]
    assert mercator(0, 0) == pytest.approx((0, 0))


def test_a_line_has_its_colour_width_and_dashes():
    frame = Frame.round([(0, 0), (10, 10)], 100, 100)
    line = DrawnLine([(0, 0), (10, 10)], "#b4441c", 0.72, "indicative")
    drawn = picture(frame, {"countries": [], "lines": []}, [line], [Dot((0, 0), True)])
    assert 'stroke="#b4441c" stroke-width="0.72"' in drawn
    assert "stroke-dasharray" in drawn
    assert drawn.count("<circle") == 1


def test_the_drawn_world_is_decoded_as_the_browser_does():
    topology = {
        "transform": {"scale": [0.5, 0.5], "translate": [-10, 20]},
        "arcs": [[[0, 0], [2, 0], [0, 2]], [[0, 0], [2, 2]]],
        "objects": {
            "countries": {"geometries": [{"type": "Polygon", "properties": {}, "arcs": [[0, ~1]]}]},
            "lines": {"geometries": [{"type": "MultiLineString", "properties": {"kind": "dashed"}, "arcs": [[1]]}]},
        },
    }
    world = decoded(topology)
    assert world["countries"] == [[[(-10, 20), (-9, 20), (-9, 21), (-10, 20)]]]
    assert world["lines"] == [("dashed", [(-10, 20), (-9, 21)])]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 200), st.floats(0, 100), st.integers(0, 1)), max_size=40))
def test_no_name_stands_over_another_or_over_the_edge(places):
    names = [Name(f"Name {index}", (x, y), 8, rank) for index, (x, y, rank) in enumerate(places)]
    labels = placed(names, 200, 100)
    for index, label in enumerate(labels):
        assert 0 <= label.x <= 200 - label.width
        assert 0 <= label.y <= 100 - label.height
        assert not any(label.meets(other) for other in labels[index + 1 :])


def test_a_hub_takes_the_room_before_a_town():
    names = [Name("A town with a long name", (50, 50), 8, 1), Name("Hub", (51, 50), 8, 0)]
    assert placed(names, 100, 100)[0].text == "Hub"
