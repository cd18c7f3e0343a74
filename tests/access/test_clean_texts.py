"""No text with control characters comes into the database by any way, and none breaks a file that goes out."""

import json
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from access.viewer import Viewer
from access.viewing import viewing
from accounts.activity_log.csv_export import as_csv
from atlas import print_cache
from atlas.models import Dialogue
from imap.local_apps import ROOMS
from newscentre.feeds import opml
from newscentre.models import Publisher
from routes.exports.geojson import as_feature
from routes.models import FeatureKind, GeodataImport, Layer, MapEdition, MapFeature, Segment, Stop
from tests.conftest import browser_of
from untrusted.characters import clean, clean_deep, clean_line

DIRTY = "a\x00b\x0bc\x0cd\x1be\x85f\ufffeg\ud800h\u2028i"
CLEAN, ON_ONE_LINE = "ab\nc\nde\nfgh\ni", "ab c de fgh i"
TURNED = "\u200f\u200dسبها\tسطر\r\nثانٍ"
# What SQL can be given past Django: all of it but what PostgreSQL itself refuses.
PAST_DJANGO = "a\x0bb\x1bc\ufffed"


def fields() -> list:
    return [
        pytest.param(field, id=f"{model._meta.label}.{field.name}")
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ROOMS
        for field in model._meta.concrete_fields
        if isinstance(getattr(field, "base_field", field), models.CharField | models.TextField | models.JSONField)
    ]


@pytest.mark.parametrize("field", fields())
def test_every_text_field_of_the_portal_is_cleaned_on_the_way_in(field):
    """As `save`, `bulk_create`, `update`, lookups and forms ask it."""
    if isinstance(field, ArrayField):
        given = field.get_db_prep_value([DIRTY], connection)
        assert given in ([CLEAN], [ON_ONE_LINE])
    elif isinstance(field, models.JSONField):
        assert DIRTY not in str(field.get_prep_value({"a": [DIRTY]}))
        assert clean_deep(field.get_prep_value({"a": [DIRTY]})) == field.get_prep_value({"a": [DIRTY]})
    else:
        expected = ON_ONE_LINE if isinstance(field, models.CharField) else CLEAN
        assert field.get_prep_value(DIRTY) == field.to_python(DIRTY) == expected
        assert field.get_prep_value(TURNED) == TURNED or isinstance(field, models.CharField)


def test_letters_and_marks_of_every_script_stay():
    assert clean(TURNED) == TURNED
    assert clean_line("\u202bé\u00a0ß𝔄\U0001f600") == "\u202bé\u00a0ß𝔄\U0001f600"
    assert clean_deep({DIRTY: [DIRTY, 1, None, True]}) == {CLEAN: [CLEAN, 1, None, True]}


@pytest.mark.django_db
def test_rows_are_clean_however_they_were_written():
    with viewing(Viewer.secretariat_of("mtm")):
        name = GeodataImport(dialogue_id="mtm", name=DIRTY, rows=[{"a": DIRTY}])
        name.save()
        name.refresh_from_db()
        assert (name.name, name.rows) == (ON_ONE_LINE, [{"a": CLEAN}])
        GeodataImport.objects.filter(pk=name.pk).update(name=DIRTY + "2", why={"code": DIRTY})
        name.refresh_from_db()
        assert (name.name, name.why) == (ON_ONE_LINE + "2", {"code": CLEAN})
        (made,) = GeodataImport.objects.bulk_create([GeodataImport(dialogue_id="mtm", name=DIRTY + "3")])
        made.refresh_from_db()
        assert made.name == ON_ONE_LINE + "3"
        assert GeodataImport.objects.get(name=DIRTY + "3") == made


@pytest.mark.django_db
def test_a_form_keeps_what_it_shows_clean():
    answer = browser_of("editor").post(
        "/secretariat/newscentre/publisher/add/", {"slug": "x-agency", "name_en": "Agency\x0bof\x1b news", "_save": "1"}
    )
    with viewing(Viewer.secretariat_of("mtm")):
        names = list(Publisher.objects.filter(slug="x-agency").values_list("name", flat=True))
    assert answer.status_code < 500
    assert all(clean(name) == name for name in names)


# The ways out, given rows that are not clean --------------------------------------------------------------------------


def feature(kind: FeatureKind, geometry: dict) -> MapFeature:
    named = {"en": PAST_DJANGO, "fr": PAST_DJANGO, "ar": PAST_DJANGO}
    held = dict.fromkeys(("route", "mode", "confidence", "since", "until", "source", "kind"), PAST_DJANGO)
    properties = held | {"from": named, "to": named, "name": named, "remark": named, "place": ["city", PAST_DJANGO]}
    everyone = ["public"]
    edition, layer = MapEdition(audience=everyone, dialogue=Dialogue(audience=everyone)), Layer(audience=everyone)
    stop = Stop(pk=2, layer=layer)
    return MapFeature(
        kind=kind, edition=edition, segment=Segment(pk=1, layer=layer, start=stop, end=stop), stop=stop, geometry=geometry,
        properties=properties, layer=PAST_DJANGO, countries=["NER"], audience=everyone,
    )  # fmt: skip


FEATURES = [
    feature(FeatureKind.SEGMENT, {"type": "LineString", "coordinates": [[8, 17], [13, 19]]}),
    feature(FeatureKind.STOP, {"type": "Point", "coordinates": [8, 17]}),
]


@pytest.mark.parametrize("row", FEATURES, ids=["segment", "stop"])
def test_what_a_file_of_a_map_says_is_clean_whatever_a_row_holds(row):
    """All formats and the API are written from it."""
    properties = as_feature(row)["properties"]
    assert any("\n" in str(value) for value in properties.values())
    assert clean_deep(properties) == properties


def test_lists_and_tables_can_be_read_whatever_a_row_holds():
    outline = opml.Outline(PAST_DJANGO, "https://a.example/feed")
    ElementTree.fromstring(opml.written(PAST_DJANGO, [(PAST_DJANGO, [outline])]))
    table = as_csv([PAST_DJANGO], [[PAST_DJANGO]])
    assert clean(table) == table


def test_sheets_are_set_from_clean_texts(monkeypatch):
    given = {}
    monkeypatch.setattr(print_cache, "typeset", lambda program, inputs, ending: given.update(inputs) or b"")
    print_cache.printed("map.typ", {"access": "x", "title": PAST_DJANGO, "labels": [{"text": PAST_DJANGO}]})
    sheet = json.loads(given["sheet"])
    assert clean_deep(sheet) == sheet
