"""GDAL's own driver of OGC API Features, which QGIS uses too, lists and reads the layers, open and restricted."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.live import Live, live_portal

OGRINFO = shutil.which("ogrinfo", path=f"{os.environ.get('PATH', '')}:/usr/bin")
CACHE = 14  # Valkey's database for this portal's cache; that of the browser tests is 15
MAKE_TOKEN = """
from accounts.models import TokenScope, User
from accounts.signing_in.personal_tokens import make_token
print(make_token(User.objects.get(email="official.mar@imap.example"), "QGIS", TokenScope.READ, 30)[1])
"""
CROSSING = "Evros river crossing"

pytestmark = [
    pytest.mark.servers,
    pytest.mark.programs,
    pytest.mark.skipif(OGRINFO is None, reason="ogrinfo (Debian's gdal-bin) is missing: GDAL's driver is not tested"),
    pytest.mark.xdist_group("gdal"),
]


@pytest.fixture(scope="module")
def portal(world_template: str) -> Iterator[Live]:
    with live_portal("gdal", world_template, CACHE) as live:
        yield live


@pytest.fixture(scope="module")
def token(portal: Live) -> str:
    return portal.run(MAKE_TOKEN)


def ogrinfo(portal: Live, *arguments: str, token: str = "", password: str = "") -> str:
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {"GDAL_HTTP_USERPWD": f"anybody:{password}"} if password else {}
    environment |= {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {token}"} if token else {}
    command = [str(OGRINFO), "-ro", f"OAPIF:{portal.address}/api/ogc/", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def count_of(told: str) -> int:
    return int(re.search(r"Feature Count: (\d+)", told)[1])


def test_it_lists_the_layers_by_their_titles(portal):
    told = ogrinfo(portal)
    assert "mtm-segments" in told
    assert "mtm-2012-1-stops" in told


def test_it_reads_each_segment_with_its_geometry_and_names(portal):
    told = ogrinfo(portal, "-al", "mtm-segments")
    assert "Geometry: Line String" in told
    assert "to_ar (String) = لامبيدوزا" in told
    assert told.count("LINESTRING (") == count_of(told) > 20


def test_it_goes_through_all_pages(portal):
    whole = count_of(ogrinfo(portal, "-so", "mtm-segments"))
    by_pages = ogrinfo(portal, "-oo", "PAGE_SIZE=7", "-oo", "INITIAL_REQUEST_PAGE_SIZE=7", "-al", "mtm-segments")
    assert by_pages.count("LINESTRING (") == whole


def test_a_filter_by_place_finds_what_lies_there(portal):
    told = ogrinfo(portal, "-spat", "12", "35", "13", "36", "mtm-stops")
    assert "name_en (String) = Lampedusa" in told
    assert count_of(told) == 1


def test_with_a_token_it_reads_what_is_restricted(portal, token):
    assert CROSSING not in ogrinfo(portal, "mtm-stops")
    assert CROSSING in ogrinfo(portal, "mtm-stops", token=token)


def test_with_a_token_as_a_password_it_reads_what_is_restricted(portal, token):
    """As QGIS sends it, in whose versions of today headers are lost."""
    assert CROSSING in ogrinfo(portal, "mtm-stops", password=token)


def test_with_a_wrong_token_it_reads_nothing(portal):
    command = [str(OGRINFO), "-ro", f"OAPIF:{portal.address}/api/ogc/", "mtm-stops"]
    environment = os.environ | {"GDAL_HTTP_HEADERS": "Authorization: Bearer imap_wrong", "no_proxy": "localhost"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "name_en" not in done.stdout
