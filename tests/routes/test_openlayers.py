"""OpenLayers, on which MapStore, GeoNode and many web maps are built, keeps every feature of an exported file."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import browser_of

PROGRAMS = settings.BASE_DIR / "var" / "programs"
READER = Path(__file__).with_name("openlayers.mjs")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.programs,
    pytest.mark.skipif(
        not (shutil.which("node") and (PROGRAMS / "node_modules" / "ol").is_dir()),
        reason="OpenLayers is not installed: npm install --no-save --prefix var/programs ol",
    ),
]


@pytest.mark.parametrize("login", ["stranger", "official.mar", "editor"])
def test_every_feature_of_an_exported_file_is_kept(tmp_path, login):
    path = tmp_path / "routes.geojson"
    path.write_bytes(browser_of(login).get("/en/maps/mtm/routes/editions/2025/1/routes.geojson").content)
    exported = len(json.loads(path.read_bytes())["features"])
    told = subprocess.run(["node", READER, path, PROGRAMS], capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == {"read": exported, "kept": exported}
