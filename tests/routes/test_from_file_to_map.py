"""What a file of the desk holds, all the way: from the form over the report to the map that readers download."""

from xml.etree import ElementTree

import pytest

from tests.conftest import browser_of
from tests.routes.test_importing import CASES, brought, collection, decide, effects, feature, own_files  # noqa: F401
from tests.routes.test_publishing import DESK_PAGE, form

pytestmark = pytest.mark.django_db
PLACEMARK = "{http://www.opengis.net/kml/2.2}Placemark"


def test_a_remark_with_a_vertical_tab_breaks_no_readers_file():
    editor = browser_of("editor")
    made, _page = brought(editor, (CASES / "06-vertical-tab.geojson").read_bytes())
    assert "refused" not in effects(made)
    decide(editor, made)
    assert editor.post(DESK_PAGE, form("_publish")).status_code == 302
    for ending in ("kml", "geojson"):
        answer = browser_of("stranger").get(f"/en/maps/mtm/routes/editions/2030/1/routes.{ending}")
        assert answer.status_code == 200
        assert "first line" in answer.content.decode()
        assert b"\x0b" not in answer.content and b"\\u000b" not in answer.content
        if ending == "kml":
            assert len(list(ElementTree.fromstring(answer.content).iter(PLACEMARK))) > 100


@pytest.mark.parametrize(
    ("language", "said"), [("en", "differ in capital letters alone"), ("fr", "majuscules"), ("ar", "حجم الأحرف")]
)
def test_two_columns_that_differ_in_capitals_alone_are_told_to_the_editor(language, said):
    editor = browser_of("editor")
    made, _page = brought(editor, collection(feature([13.18, 32.9], Name="Agadez", name="Sebha")))
    editor.cookies["django_language"] = language
    assert said in editor.get(f"/secretariat/routes/geodataimport/{made.pk}/change/").content.decode()


def test_a_small_file_with_other_columns_in_each_row_is_refused_in_a_sentence():
    """A table of it would have a million cells."""
    rows = [feature([13.18, 32.9], **{f"column-{number}": number}) for number in range(1000)]
    made, page = brought(browser_of("editor"), collection(*rows))
    assert (made.state, made.rows) == ("refused", [])
    assert "columns" in page
