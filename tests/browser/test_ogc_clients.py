"""GDAL reads the maps over the API, as QGIS does."""

import re
import shutil
import subprocess

import pytest

from tests.browser.test_account import open_confirmed

OGRINFO = shutil.which("ogrinfo")


def read(*arguments: str) -> str:
    if OGRINFO is None:
        pytest.skip("gdal-bin is missing: GDAL's client is not tried")
    return subprocess.run([OGRINFO, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout


def test_gdal_lists_the_layers(portal):
    listed = read("-ro", "-so", f"OAPIF:{portal}/api/ogc/")
    assert "mtm-segments" in listed
    assert "mtm-stops" in listed


def test_gdal_reads_lines_names_and_a_box(portal):
    everything = read("-ro", f"OAPIF:{portal}/api/ogc/", "mtm-segments")
    assert "LINESTRING" in everything
    assert "to_ar (String) = لامبيدوزا" in everything
    assert "Evros river crossing" not in everything
    some = read("-ro", "-so", "-spat", "-17", "27", "-13", "29", f"OAPIF:{portal}/api/ogc/", "mtm-segments")
    assert "Feature Count: " in some


def test_gdal_reads_what_is_restricted_with_a_personal_token(portal, page_as):
    if OGRINFO is None:
        pytest.skip("gdal-bin is missing: GDAL's client is not tried")
    page = page_as("official.mar")
    open_confirmed(page, "/en/accounts/tokens/")
    page.fill("main input[name=name]", "QGIS")
    page.locator("main .primary").first.click()
    secret = re.search(r"imap_[\w-]+", page.content())[0]
    header = ["--config", "GDAL_HTTP_HEADERS", f"Authorization: Bearer {secret}"]
    assert "Evros river crossing" in read("-ro", *header, f"OAPIF:{portal}/api/ogc/", "mtm-segments")
