"""Loading the files of facts: twice is once, a bad row is refused with its place, and then nothing is changed."""

import shutil

import pytest
from django.conf import settings
from django.db import connection

from access.viewer import Viewer
from access.viewing import viewing
from accounts.permissions import editors
from atlas.loading import RefusedData
from atlas.models import Coverage, Membership, NameVariant, Subject
from demo.cast import ALL_FOUR
from imap.loading import load_world
from indicators.models import Observation
from profiles.models import Edition, Profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(tmp_path):
    """A copy of the files that a test may spoil."""
    return shutil.copytree(settings.DATA_DIR, tmp_path / "data")


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def counted():
    with viewing(Viewer.secretariat_of(*ALL_FOUR)), connection.cursor() as cursor:
        cursor.execute("SELECT sum(reference) FROM atlas_changecounter")
        models = (Subject, Membership, Coverage, NameVariant, Observation, Profile, Edition)
        return [model._base_manager.count() for model in models] + [cursor.fetchone()[0]]


def test_loading_again_adds_and_changes_nothing(django_assert_max_num_queries):
    before = counted()
    loading = load_world(settings.DATA_DIR)
    assert not loading.has_written, loading.lines()
    assert counted() == before


def test_loading_gives_editors_the_rights_of_this_version():
    rights = editors().permissions
    wanted = set(rights.values_list("codename", flat=True))
    rights.clear()
    load_world(settings.DATA_DIR)
    assert set(rights.values_list("codename", flat=True)) == wanted


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("facts/coverage.csv", "afghanistan,AFG,AF", "afghanistan,AFX,AF", ["coverage.csv, line 2", "AFX has no name"]),
        ("facts/coverage.csv", "algeria,DZA,DZ,Algeria,,x", "algeria,DZA,DZ,Algeria,,maybe", ["coverage.csv, line 4", "must be x or empty"]),
        ("facts/memberships.csv", "mtm,state,AUT,partner,2002", "mtm,state,AUT,partner,soon", ["memberships.csv, line 2", "not a whole number"]),
        ("facts/memberships.csv", "mtm,state,AUT,partner,2002", "mtm,state,AUT,guest,2002", ["line 2", "role “guest” is not known"]),
        ("facts/memberships.csv", "mtm,state,BEL,partner", "mtm,state,AUT,partner", ["memberships.csv, line 3", "the same as line 2"]),
        ("facts/country_names.csv", "BEL,,,Belgium,Belgique,بلجيكا", "BEL,,,Belgium,Belgique,", ["country_names.csv, line 3", "no name in ar"]),
        ("facts/country_names.csv", "TUR,,2022,", "TUR,,,", ["TUR must have one name that holds today, not 2"]),
        ("facts/places.csv", "16.97,7.99", "north,7.99", ["places.csv, line 2", "latitude “north” is not a number"]),
        ("facts/places.csv", "16.97,7.99", "97.0,7.99", ["places.csv, line 2", "not latitude and longitude"]),
        ("facts/gapminder.csv", "AFG,1952,8425333", "AFG,1952,many", ["gapminder.csv, line 2", "“many” is not a number"]),
        ("facts/gapminder.csv", "AFG,1957,", "AFG,1952,", ["gapminder.csv, line 3", "the same as line 2"]),
        ("facts/gapminder.csv", "iso3,year", "iso3,anno", ["gapminder.csv, line 1", "column year is missing"]),
        ("facts/morocco_at_a_glance.csv", "2004,1.38", "2004,1,38", ["morocco_at_a_glance.csv, line 3", "more or fewer columns"]),
        ("facts/profiles.csv", "mtm,migration-development,country,DZA", "mtm,migration-development,country,XXX", ["profiles.csv, line 2", "there is no country “XXX”"]),
        ("facts/ne_50m_countries.topojson", '"type":"Topology"', '"type":"Nothing"', ["ne_50m_countries.topojson"]),
        ("world/dialogues.toml", "slug = \"mtm\"", "slug = mtm", ["dialogues.toml", "not TOML"]),
        ("texts/mtm/migration-development/morocco.en.html", 'data-section="overview"', 'data-section="gossip"', ["morocco.en.html", "no section “gossip”"]),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_file_line_and_reason_and_nothing_changes(data, file, old, new, words):
    spoil(data / file, old, new)
    if "texts" in file:
        from profiles.models import Draft

        with viewing(Viewer.secretariat_of(*ALL_FOUR)):
            Draft.objects.filter(section__heading__slug="overview").delete()
    before = counted()
    with pytest.raises(RefusedData) as refused:
        load_world(data)
    for word in words:
        assert word in str(refused.value)
    assert counted() == before


def test_a_missing_file_is_named(data):
    (data / "facts" / "places.csv").unlink()
    with pytest.raises(RefusedData, match=r"places\.csv.*missing"):
        load_world(data)


def test_a_corrected_fact_changes_its_row_only(data):
    spoil(data / "facts/memberships.csv", "mtm,state,KEN,partner,2011", "mtm,state,KEN,partner,2012")
    loading = load_world(data)
    assert loading.counts["memberships"]["changed"] == 1
    assert loading.counts["figures"]["changed"] == loading.counts["memberships"]["added"] == 0
    assert Membership.objects.get(dialogue="mtm", partner="kenya", role="partner").joined == 2012


def test_names_hold_for_their_years():
    turkey = Subject.objects.get(iso3="TUR")
    assert (turkey.name_en, turkey.name_since) == ("Türkiye", 2022)
    assert [(row.name_en, row.valid_until) for row in turkey.former_names.all()] == [("Turkey", 2022)]


def test_spelling_variants_lead_to_their_subject():
    assert {"سبها", "Sabha"} <= {
        Subject.objects.get(slug="sebha").name_ar,
        *NameVariant.objects.filter(subject__slug="sebha").values_list("text", flat=True),
    }


def test_every_profile_of_the_facts_is_there_and_published():
    with viewing(Viewer.secretariat_of(*ALL_FOUR)):
        assert Profile.objects.count() == 56
        assert Edition.objects.filter(number=1).count() == 56
