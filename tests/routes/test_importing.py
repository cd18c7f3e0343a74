"""The desk brings a file of segments and stops in: looked at first, then all of it taken or nothing."""

import json
import re
from datetime import timedelta
from pathlib import Path

import geopandas
import pytest
from billiard.exceptions import WorkerLostError
from celery.exceptions import TimeLimitExceeded
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Dialogue, Subject
from routes import import_admin
from routes.importing import apply
from routes.importing.apply import examine, progress_of
from routes.importing.diff import FAR_KM
from routes.importing.errors import message_of
from routes.models import GeodataImport, Layer, Segment, SegmentDrawing, Stop, StopDrawing
from routes.models.imports import LONGEST_WAIT
from routes.tasks import end_overdue_imports, examine_import, take_import
from tests.access.planting import plant_other_desk
from tests.conftest import browser_of, user_of
from tests.sentinels import SECRET, watched
from untrusted.sandbox import TooHard

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
ADD = "/secretariat/routes/geodataimport/add/"
EXPORT = "/en/maps/mtm/routes/editions/2025/1/routes.{}"


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"},
        }
    }  # fmt: skip


@pytest.fixture
def editor():
    return browser_of("editor")


@pytest.fixture
def once_committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def brought(client, content: bytes | dict, name: str = "map.geojson", **chosen) -> tuple[GeodataImport, str]:
    """The import that came of it, and the page that shows it."""
    file = content if isinstance(content, bytes) else json.dumps(content).encode()
    with viewing(DESK):
        layer = Layer.objects.get(dialogue="mtm", slug="main").pk
    data = {"dialogue": "mtm", "layer": layer, "route": "", "mode": "", "file": SimpleUploadedFile(name, file)}
    page = client.post(ADD, data | chosen, follow=True)
    assert page.status_code == 200
    with viewing(DESK):
        return GeodataImport.objects.first(), page.content.decode()


def decide(client, row: GeodataImport, word: str = "_take", digest: str | None = None):
    return client.post(
        f"/secretariat/routes/geodataimport/{row.pk}/change/",
        {word: "1", "digest": row.digest if digest is None else digest}, follow=True,
    )  # fmt: skip


def effects(row: GeodataImport) -> dict[str, int]:
    found = [outcome["effect"] for outcome in row.outcomes]
    return {effect: found.count(effect) for effect in set(found)}


def reasons(row: GeodataImport) -> list[str]:
    return [outcome["why"]["code"] for outcome in row.outcomes if outcome["why"]]


def collection(*features: dict) -> dict:
    return {"type": "FeatureCollection", "features": list(features)}


def feature(coordinates: list, **values) -> dict:
    kind = "LineString" if isinstance(coordinates[0], list) else "Point"
    return {"type": "Feature", "properties": values, "geometry": {"type": kind, "coordinates": coordinates}}


def drawn() -> list:
    """Everything of which a file could change something."""
    with viewing(DESK):
        return [
            *StopDrawing.objects.order_by("pk").values(), *SegmentDrawing.objects.order_by("pk").values(),
            *Stop.objects.order_by("pk").values(), *Segment.objects.order_by("pk").values(),
        ]  # fmt: skip


def a_segment() -> tuple[SegmentDrawing, dict]:
    """One by land between two named towns, and the row that names it as it is."""
    with viewing(DESK):
        drawings = SegmentDrawing.objects.select_related(
            "segment__start__place", "segment__end__place", "segment__route"
        )
        row = next(
            one for one in drawings.order_by("segment__route__position", "segment__position", "segment__start__place__slug")
            if one.segment.mode == "land" and len(one.line["coordinates"]) > 2
        )  # fmt: skip
        segment = row.segment
        values = {
            "number": segment.pk, "route": segment.route.slug, "mode": segment.mode,
            "from_en": segment.start.place.name_en, "to_en": segment.end.place.name_en,
        }  # fmt: skip
    return row, values


# Exported and brought back in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "kml"])
def test_a_file_of_the_map_brought_back_changes_nothing(editor, ending):
    before = drawn()
    row, page = brought(editor, editor.get(EXPORT.format(ending)).content, f"map.{ending}")
    assert set(effects(row)) == {"same"}, [outcome for outcome in row.outcomes if outcome["effect"] != "same"][:3]
    with viewing(DESK):
        assert effects(row)["same"] == Segment.objects.count() + Stop.objects.count()
    assert 'name="_take"' not in page
    assert drawn() == before


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "kml"])
def test_what_was_changed_in_a_file_comes_back_whole(editor, tmp_path, ending):
    """A remark in Arabic, years and a vertex, through each format out and in."""
    row, _values = a_segment()
    content = json.loads(editor.get(EXPORT.format("geojson")).content)
    kept = [
        one
        for one in content["features"]
        if one["geometry"]["type"] == "LineString" and one["id"] == f"segment-{row.segment_id}"
    ]
    kept[0]["properties"] |= {
        "remark_ar": "نقطة عبور",
        "since": "2006-05",
        "until": "2009-Q2",
        "confidence": "documented",
    }
    kept[0]["geometry"]["coordinates"][1][0] += 0.1234567
    wanted = kept[0]["geometry"]["coordinates"]
    rows = geopandas.GeoDataFrame.from_features(
        [one | {"properties": one["properties"] | {"number": one["id"]}} for one in kept], crs="EPSG:4326"
    )
    file = tmp_path / f"a.{ending}"
    rows.to_file(file, driver={"geojson": "GeoJSON", "gpkg": "GPKG", "kml": "LIBKML"}[ending])
    made, _page = brought(editor, file.read_bytes(), file.name)
    assert effects(made) == {"changed": 1}
    decide(editor, made)
    with viewing(DESK):
        row.refresh_from_db()
    assert (row.remark_ar, row.first_year, row.last_year, row.confidence) == (
        "نقطة عبور",
        "2006-05",
        "2009-Q2",
        "documented",
    )
    for point, meant in zip(row.line["coordinates"], wanted, strict=True):
        assert point == pytest.approx(meant, abs=1e-6)


# What is new, changed, refused ----------------------------------------------------------------------------------------


def test_a_moved_line_is_shown_first_and_changed_once_it_is_confirmed(editor):
    row, values = a_segment()
    moved = [list(point) for point in row.line["coordinates"]]
    moved[1][1] += 0.05
    made, page = brought(editor, collection(feature(moved, **values)))
    assert effects(made) == {"changed": 1}
    assert "import-rows" in page
    assert re.search(r'<script nonce="[^"]+">', page), "django-leaflet's own script is allowed by its nonce"
    with viewing(DESK):
        assert SegmentDrawing.objects.get(pk=row.pk).line == row.line
    decide(editor, made)
    with viewing(DESK):
        assert SegmentDrawing.objects.get(pk=row.pk).line["coordinates"][1] == pytest.approx(moved[1])
        assert GeodataImport.objects.get(pk=made.pk).state == "taken"


def test_new_stops_and_segments_are_made_in_the_layer_that_was_chosen(editor):
    with viewing(DESK):
        place = Subject.objects.filter(kind__in=("city", "hub"), stops_here__isnull=True, point__isnull=False).first()
        neighbour = StopDrawing.objects.select_related("stop__place").order_by("pk").first()
    at = place.point["coordinates"]
    made, _page = brought(editor, collection(feature(at, name_en=place.name_en, since="2010")))
    assert effects(made) == {"new": 1}
    decide(editor, made)
    with viewing(DESK):
        stop = Stop.objects.get(place=place)
        assert stop.layer.slug == "main"
        assert stop.drawing.first_year == "2010"
    line = [at, neighbour.point["coordinates"]]
    made, _page = brought(
        editor, collection(feature(line)), route=Subject.objects.get(kind="route", slug="west-africa").pk, mode="land"
    )
    assert effects(made) == {"new": 1}, made.outcomes
    decide(editor, made)
    with viewing(DESK):
        segment = Segment.objects.get(start=stop)
        assert (segment.end_id, segment.mode, segment.route.slug) == (neighbour.stop_id, "land", "west-africa")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda line, values: values.update(route="nowhere"), "unknown_route"),
        (lambda line, values: values.update(route=""), "no_route"),
        (lambda line, values: values.update(mode="rail"), "unknown_mode"),
        (lambda line, values: values.update(number=0, from_en="Atlantis"), "unknown_stop"),
        (lambda line, values: values.update(since="yesterday"), "wrong_date"),
        (lambda line, values: values.update(confidence="sure"), "unknown_confidence"),
        (lambda line, values: values.update(layer="crossings"), "other_layer"),
        (lambda line, values: line.__setitem__(slice(None), [point[::-1] for point in line]), "swapped"),
        (lambda line, values: line.__setitem__(0, [line[0][0], line[0][1] - 8]), "far"),
        (lambda line, values: line.__setitem__(slice(1, 1), [line[-1], [line[0][0] + 0.5, line[0][1] + 3], line[0]]), "crosses_itself"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_meant_is_refused_with_its_reason_and_nothing_changes(editor, change, reason):
    row, values = a_segment()
    line = [list(point) for point in row.line["coordinates"]]
    change(line, values)
    before = drawn()
    made, page = brought(editor, collection(feature(line, **values)))
    assert reasons(made) == [reason]
    assert 'name="_take"' not in page
    decide(editor, made)
    assert drawn() == before


def test_a_stop_far_from_its_place_and_one_without_a_place_are_refused(editor):
    with viewing(DESK):
        drawing = StopDrawing.objects.select_related("stop__place").order_by("pk").first()
    lon, lat = drawing.point["coordinates"]
    rows = [feature([lon, lat + 2 * FAR_KM / 111], place=drawing.stop.place.slug, kind=drawing.stop.kind),
            feature([lon, lat], name="Atlantis"), feature([lon, lat], place=drawing.stop.place.slug, kind="castle")]  # fmt: skip
    made, page = brought(editor, collection(*rows))
    assert reasons(made) == ["far", "unknown_place", "unknown_kind"]
    assert "There is no place “Atlantis”." in page


def test_a_row_that_is_there_twice_is_refused_once(editor):
    row, values = a_segment()
    one = feature(row.line["coordinates"], **values)
    made, _page = brought(editor, collection(one, one))
    assert effects(made) == {"same": 1, "refused": 1}


def test_a_number_of_another_installation_changes_no_other_record(editor):
    row, values = a_segment()
    with viewing(DESK):
        other = SegmentDrawing.objects.exclude(pk=row.pk).order_by("-pk").first()
    made, _page = brought(
        editor, collection(feature(row.line["coordinates"], **(values | {"number": other.segment_id})))
    )
    assert [outcome["record"] for outcome in made.outcomes] in ([row.segment_id], [None])


# Bad files through the form -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "language", "says"),
    [
        ("a.zip", b"no zip", "en", "called zip"),
        ("a.zip", b"no zip", "fr", "zip"),
        ("a.zip", b"no zip", "ar", "zip"),
        ("a.exe", b"MZ", "en", "none of these"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "en", "nothing in the file"),
        ("a.kml", "<kml>سبها</kml>".encode("cp1256"), "en", "UTF-8"),
    ],
)
def test_a_bad_file_says_why_in_the_language_of_the_page_and_changes_nothing(editor, name, content, language, says):
    before = drawn()
    made, _page = brought(editor, content, name)
    editor.cookies["django_language"] = language
    page = editor.get(f"/secretariat/routes/geodataimport/{made.pk}/change/").content.decode()
    assert made.state == "refused"
    assert says in page
    assert "errornote" in page
    assert drawn() == before


def test_a_hundred_megabytes_are_refused_by_the_form(editor, monkeypatch):
    monkeypatch.setattr(import_admin, "LARGEST_MB", 0)
    with viewing(DESK):
        layer = Layer.objects.get(dialogue="mtm", slug="main").pk
    file = SimpleUploadedFile("a.geojson", b"x" * 2000)
    page = editor.post(ADD, {"dialogue": "mtm", "layer": layer, "file": file})
    assert "larger than 0 megabytes" in page.content.decode()
    with viewing(DESK):
        assert not GeodataImport.objects.exists()


CASES = Path(__file__).parent / "files"
LATIN, ARABIC = ["Agadez", "Sebha"], ["أغاديس", "سبها"]
# The state in which each ends, the fields and the names that were read, and what its page says.
AS_EXPECTED = {
    "01-full-date.geojson": ("read", {"first_year": "2011-02-20", "last_year": "2011-09-01"}, [], ""),
    "02-remark-like-a-time.geojson": ("read", {"remark_en": "12:30"}, [], ""),
    "03-list-property.geojson": ("read", {}, [], ""),
    "05-lone-surrogate.geojson": ("refused", {}, [], "half of a letter"),
    "06-vertical-tab.geojson": ("read", {"remark_en": "first line\nsecond line"}, [], ""),
    "07-stray-dbf.zip": ("read", {}, LATIN, "Left out, as it is no part of the Shapefile: zlegend.dbf."),
    "08-stray-applefile.zip": ("read", {}, LATIN, "._towns.dbf"),
    "09-cpg-65001.zip": ("read", {}, ARABIC, ""),
    "10-cpg-ansi-1256.zip": ("read", {}, ARABIC, ""),
    "11-cpg-empty.zip": ("read", {}, ARABIC, ""),
}


@pytest.mark.parametrize("reader", ["at once", "by the worker"])
@pytest.mark.parametrize("case", AS_EXPECTED)
def test_a_file_with_a_trap_is_read_right_or_told_in_a_sentence(editor, once_committed, monkeypatch, case, reader):
    if reader == "by the worker":
        monkeypatch.setattr(import_admin, "LARGE_BYTES", 1)
    with once_committed():
        made, _page = brought(editor, (CASES / case).read_bytes(), case)
    with viewing(DESK):
        made.refresh_from_db()
    state, fields, names, sentence = AS_EXPECTED[case]
    assert made.state == state
    for outcome in made.outcomes:
        assert {name: outcome["fields"].get(name) for name in fields} == fields
    assert [row["values"]["name"] for row in made.rows if row["values"].get("name")] == names
    assert sentence in editor.get(f"/secretariat/routes/geodataimport/{made.pk}/change/").content.decode()


@pytest.mark.parametrize(
    "since", ["2011/02/20", "2011-02-20T00:00:00", "2011-02-20 00:00:00+00:00", "2011-02-20T00:00:00.000Z"]
)
def test_a_day_is_a_day_however_a_program_writes_it(editor, since):
    row, values = a_segment()
    made, _page = brought(editor, collection(feature(row.line["coordinates"], **values, since=since)))
    assert [outcome["fields"] for outcome in made.outcomes] == [{"first_year": "2011-02-20"}]


@pytest.mark.parametrize("since", ["2011-02-20T12:30:00", "20/02/2011", "2011-2-3", "2011-13-01", "2011-02-30"])
def test_what_is_no_day_is_refused(editor, since):
    row, values = a_segment()
    made, _page = brought(editor, collection(feature(row.line["coordinates"], **values, since=since)))
    assert reasons(made) == ["wrong_date"]


@pytest.mark.parametrize("reader", ["at once", "by the worker"])
@pytest.mark.parametrize("broken", ["read_file", "compare"])
def test_whatever_goes_wrong_while_a_file_is_read_ends_with_a_sentence(
    editor, once_committed, monkeypatch, broken, reader
):
    def fail(*given, **told):
        raise RuntimeError

    monkeypatch.setattr(apply, broken, fail)
    if reader == "by the worker":
        monkeypatch.setattr(import_admin, "LARGE_BYTES", 1)
    with once_committed():
        made, _page = brought(editor, collection(feature([13.18, 32.9], name="Tripoli")))
    page = editor.get(f"/secretariat/routes/geodataimport/{made.pk}/change/").content.decode()
    assert "Something went wrong here while the file was read" in page
    assert "data-at-work" not in page
    with viewing(DESK):
        made.refresh_from_db()
    assert made.state == "refused"


def test_whatever_goes_wrong_while_the_worker_takes_the_rows_ends_with_a_sentence(editor, once_committed, monkeypatch):
    _row, made = moved_segment(editor)

    def fail(*given):
        raise RuntimeError

    monkeypatch.setattr(import_admin, "LARGE_ROWS", 1)
    monkeypatch.setattr(apply, "_draw_line", fail)
    with once_committed():
        decide(editor, made)
    page = editor.get(f"/secretariat/routes/geodataimport/{made.pk}/change/").content.decode()
    assert "Something went wrong here while the rows were taken" in page
    assert "data-at-work" not in page
    assert 'name="_take"' in page


def test_a_file_that_takes_longer_than_a_page_may_is_left_to_the_worker(editor, once_committed, monkeypatch):
    def too_hard(*given):
        raise TooHard

    monkeypatch.setattr(apply, "read_file", too_hard)
    made, page = brought(editor, collection(feature([13.18, 32.9], name="Tripoli")))
    assert made.state == "waiting"
    assert "data-at-work" in page
    monkeypatch.undo()
    monkeypatch.setattr(apply, "LARGE_ROWS", 0)
    made, _page = brought(editor, collection(feature([13.18, 32.9], name="Tripoli")))
    assert made.state == "waiting"


@pytest.mark.parametrize("state", ["waiting", "taking"])
def test_a_page_does_not_wait_for_a_worker_that_never_comes(editor, state):
    _row, made = moved_segment(editor)
    since = timezone.now() - LONGEST_WAIT - timedelta(seconds=1)
    with viewing(DESK):
        GeodataImport.objects.filter(pk=made.pk).update(state=state, waiting_since=since)
    page = editor.get(f"/secretariat/routes/geodataimport/{made.pk}/change/").content.decode()
    assert "data-at-work" not in page
    assert "has not done it in time" in page
    assert 'name="_leave"' in page


def overdue(editor, state: str) -> GeodataImport:
    """One whose worker died with all that it had in hand."""
    _row, made = moved_segment(editor)
    since = timezone.now() - LONGEST_WAIT - timedelta(seconds=1)
    with viewing(DESK):
        GeodataImport.objects.filter(pk=made.pk).update(state=state, waiting_since=since)
        made.refresh_from_db()
    return made


@pytest.mark.parametrize(
    ("state", "after", "listed", "sentence"),
    [
        ("waiting", "refused", "Refused", "Something went wrong here while the file was read"),
        ("taking", "read", "Read: to be looked at", "Something went wrong here while the rows were taken"),
    ],
)
def test_an_import_whose_whole_worker_died_gets_an_end(editor, state, after, listed, sentence):
    made = overdue(editor, state)
    end_overdue_imports()
    with viewing(DESK):
        made.refresh_from_db()
    assert (made.state, bool(made.file)) == (after, False)
    assert sentence in editor.get(f"/secretariat/routes/geodataimport/{made.pk}/change/").content.decode()
    page = editor.get("/secretariat/routes/geodataimport/").content.decode()
    assert f'<td class="field-state">{listed.lower()}</td>' in page.replace(listed, listed.lower())


@pytest.mark.parametrize("is_swept", [True, False])
@pytest.mark.parametrize(("state", "task"), [("waiting", examine_import), ("taking", take_import)])
def test_a_task_that_comes_too_late_does_nothing(editor, state, task, is_swept):
    made, before = overdue(editor, state), drawn()
    if is_swept:
        end_overdue_imports()
        with viewing(DESK):
            made.refresh_from_db()
    task(made.pk, "mtm")
    was = made.state
    with viewing(DESK):
        made.refresh_from_db()
    assert made.state == was
    assert drawn() == before


def test_an_import_of_a_dialogue_that_hardly_anybody_knows_of_ends_too(editor):
    made = overdue(editor, "taking")
    with viewing(DESK):
        Dialogue.objects.filter(pk="mtm").update(audience=[])
    end_overdue_imports()
    with viewing(DESK):
        made.refresh_from_db()
    assert made.state == "read"


def test_an_import_that_is_waited_for_is_not_ended(editor):
    made = overdue(editor, "taking")
    with viewing(DESK):
        GeodataImport.objects.filter(pk=made.pk).update(waiting_since=timezone.now())
    end_overdue_imports()
    with viewing(DESK):
        made.refresh_from_db()
    assert made.state == "taking"


def test_a_file_that_names_another_file_shows_nothing_of_it_and_calls_nobody(editor, tmp_path):
    with watched(tmp_path) as watch:
        source = f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{watch.secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
        linked = {"type": "link", "properties": {"href": watch.address}}
        for more in ({}, {"crs": linked}):
            made, page = brought(editor, collection(feature([13.18, 32.9], name=source)) | more)
            assert SECRET not in page
            assert SECRET not in str(made.rows)
        assert not watch.was_opened
        assert not watch.was_called


def test_the_process_of_the_page_parses_no_file(editor, monkeypatch):
    """Were it to, it could not: what reads files is not there."""
    monkeypatch.setattr("routes.importing.reading.read", None)
    made, _page = brought(editor, collection(feature([13.18, 32.9], name="Tripoli")))
    assert made.state == "read"


def test_no_file_is_kept_once_it_was_read(editor, tmp_path):
    brought(editor, b"no zip", "a.zip")
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


# Confirming -----------------------------------------------------------------------------------------------------------


def moved_segment(editor) -> tuple[SegmentDrawing, GeodataImport]:
    row, values = a_segment()
    line = [list(point) for point in row.line["coordinates"]]
    line[1][1] += 0.05
    return row, brought(editor, collection(feature(line, **values)))[0]


def test_what_was_drawn_otherwise_meanwhile_is_looked_at_again(editor):
    row, made = moved_segment(editor)
    with viewing(DESK):
        SegmentDrawing.objects.filter(pk=row.pk).update(
            line={**row.line, "coordinates": row.line["coordinates"][::2] + row.line["coordinates"][-1:]}
        )
        Segment.objects.filter(pk=row.segment_id).update(mode="air")
    page = decide(editor, made)
    assert "Look again" in page.content.decode()
    with viewing(DESK):
        assert GeodataImport.objects.get(pk=made.pk).state == "read"


def test_only_what_was_shown_is_confirmed(editor):
    row, made = moved_segment(editor)
    assert "Look again" in decide(editor, made, digest="x").content.decode()
    with viewing(DESK):
        assert SegmentDrawing.objects.get(pk=row.pk).line == row.line


def test_one_row_that_fails_takes_all_of_it_back(editor, monkeypatch):
    row, made = moved_segment(editor)
    draw = apply._draw_line

    def draw_and_fail(outcome):
        draw(outcome)
        raise RuntimeError

    monkeypatch.setattr(apply, "_draw_line", draw_and_fail)
    page = decide(editor, made)
    assert page.status_code == 200
    assert "Something went wrong here while the rows were taken" in page.content.decode()
    with viewing(DESK):
        assert SegmentDrawing.objects.get(pk=row.pk).line == row.line
        assert GeodataImport.objects.get(pk=made.pk).state == "read"
    monkeypatch.undo()
    decide(editor, made)
    with viewing(DESK):
        assert GeodataImport.objects.get(pk=made.pk).state == "taken"


def test_a_file_that_was_left_changes_nothing_and_cannot_be_taken_later(editor):
    row, made = moved_segment(editor)
    decide(editor, made, "_leave")
    decide(editor, made)
    with viewing(DESK):
        assert SegmentDrawing.objects.get(pk=row.pk).line == row.line
        assert GeodataImport.objects.get(pk=made.pk).state == "left"


def test_a_large_file_is_read_and_taken_by_the_worker_which_tells_how_far_it_is(editor, once_committed, monkeypatch):
    monkeypatch.setattr(import_admin, "LARGE_BYTES", 1)
    monkeypatch.setattr(import_admin, "LARGE_ROWS", 1)
    row, values = a_segment()
    line = [list(point) for point in row.line["coordinates"]]
    line[1][1] += 0.05
    with once_committed():
        made, page = brought(editor, collection(feature(line, **values)))
        assert made.state == "waiting"
        assert 'role="status"' in page
    with viewing(DESK):
        made.refresh_from_db()
    assert effects(made) == {"changed": 1}
    with once_committed():
        decide(editor, made)
    with viewing(DESK):
        made.refresh_from_db()
        assert made.state == "taken"
        assert SegmentDrawing.objects.get(pk=row.pk).line["coordinates"][1] == pytest.approx(line[1])
    assert progress_of(made.pk) == 100


@pytest.mark.parametrize("state", ["waiting", "taking"])
def test_a_file_whose_worker_died_can_be_left_and_is_not_taken_afterwards(editor, state):
    row, made = moved_segment(editor)
    with viewing(DESK):
        GeodataImport.objects.filter(pk=made.pk).update(state=state)
    decide(editor, made)
    with viewing(DESK):
        assert GeodataImport.objects.get(pk=made.pk).state == state
    decide(editor, made, "_leave")
    take_import(made.pk, "mtm")
    examine_import(made.pk, "mtm")
    with viewing(DESK):
        assert GeodataImport.objects.get(pk=made.pk).state == "left"
        assert SegmentDrawing.objects.get(pk=row.pk).line == row.line


@pytest.mark.parametrize(
    ("state", "task", "afterwards"),
    [("waiting", examine_import, "refused"), ("taking", take_import, "read")],
)
@pytest.mark.parametrize("error", [WorkerLostError("signal 9"), TimeLimitExceeded(600), LookupError("nobody foresaw")])
def test_a_task_that_was_killed_or_ran_out_of_time_leaves_a_sentence(editor, state, task, afterwards, error):
    row, made = moved_segment(editor)
    with viewing(DESK):
        GeodataImport.objects.filter(pk=made.pk).update(state=state)
    task.on_failure(error, "id", (made.pk, "mtm"), {}, None)
    with viewing(DESK):
        ended = GeodataImport.objects.get(pk=made.pk)
        assert ended.state == afterwards
        assert "Something went wrong here" in message_of(ended.why)
        assert not ended.is_at_work, "the page waits no longer"
        assert SegmentDrawing.objects.get(pk=row.pk).line == row.line
    task.on_failure(error, "id", (made.pk, "mtm"), {}, None)
    with viewing(DESK):
        assert GeodataImport.objects.get(pk=made.pk).state == afterwards


# Who may --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["stranger", "official.mar", "frontex"])
def test_only_the_desk_brings_files_in(login):
    assert browser_of(login).get(ADD).status_code == 302


def test_a_secretariat_sees_no_import_of_another_dialogue(editor):
    _row, made = moved_segment(editor)
    plant_other_desk()
    other = browser_of("editor.rabat")
    address = f"/secretariat/routes/geodataimport/{made.pk}/change/"
    assert other.get(address).status_code == other.get(address.replace(str(made.pk), "999999")).status_code == 302
    assert made.name not in other.get("/secretariat/routes/geodataimport/").content.decode()
    with viewing(Viewer.secretariat_of("rabat-process")):
        assert not GeodataImport.objects.exists()


def test_a_layer_of_another_dialogue_cannot_be_chosen(editor):
    file = SimpleUploadedFile("a.geojson", b"{}")
    page = editor.post(ADD, {"dialogue": "mtm", "layer": 10**6, "file": file})
    assert page.status_code == 200
    with viewing(DESK):
        assert not GeodataImport.objects.exists()
        row = GeodataImport(dialogue_id="mtm", name="a.geojson", brought_by=user_of("editor"))
        row.file.save("a.geojson", file)
        examine(row)
        assert row.state == "refused"
