"""GDAL reads the maps over the API, as QGIS does."""

import shutil
import subprocess

import pytest

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
