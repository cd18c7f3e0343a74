"""Style sheets are written one file per component, and collected joined and minified."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from imap.style_sheets import StyleSheetFinder, joined

SOURCES = settings.BASE_DIR / "static" / "css"
SHEETS = sorted(path.name for path in SOURCES.glob("*.css"))
COMPONENTS = sorted(path.relative_to(SOURCES).as_posix() for path in SOURCES.glob("*/**/*.css"))


def without_white_space(text: str) -> str:
    return re.sub(r"\s+|;(?=\s*})", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_collected_joined_and_minified(name):
    source = joined(SOURCES / name)
    text = Path(staticfiles_storage.path(f"css/{name}")).read_text()
    assert without_white_space(text) == without_white_space(source)
    assert '@import "' not in text and "/*" not in text and "\n" not in text
    assert len(text) < len(source)


def test_each_component_stands_in_one_sheet_once():
    imported = [part for name in SHEETS for part in re.findall(r'@import "([^"]+)"', (SOURCES / name).read_text())]
    assert sorted(imported) == COMPONENTS


def test_a_component_names_no_file():
    """An address in it would be read from where the sheet stands, not from where the component does."""
    naming = [name for name in COMPONENTS if re.search(r"url\((?![\"']?data:)", (SOURCES / name).read_text())]
    assert naming == []


def test_components_are_not_collected():
    collected = {path for path, _ in StyleSheetFinder().list([])}
    assert {f"css/{name}" for name in SHEETS} <= collected
    assert not any(path.startswith("css/") and path.count("/") > 1 for path in collected)


def test_a_changed_component_makes_its_sheet_younger(tmp_path, settings):
    settings.STATICFILES_DIRS = [tmp_path]
    (tmp_path / "css" / "a").mkdir(parents=True)
    sheet, component = tmp_path / "css" / "a.css", tmp_path / "css" / "a" / "b.css"
    sheet.write_text('@import "a/b.css";\np {\n  margin: 0;\n}\n')
    component.write_text("a {\n  color: red;\n}\n")
    os.utime(sheet, (1000, 1000))
    os.utime(component, (2000, 2000))
    [(path, storage)] = StyleSheetFinder().list([])
    assert storage.get_modified_time(path).timestamp() == 2000
    assert storage.open(path).read() == b"a{color:red}p{margin:0}"


def test_a_sheet_that_imports_nothing_that_exists_is_refused(tmp_path):
    (tmp_path / "a.css").write_text('@import "a/missing.css";\n')
    with pytest.raises(FileNotFoundError):
        joined(tmp_path / "a.css")


def test_other_files_are_found_as_they_are():
    assert finders.find("img/mark.svg") == str(settings.BASE_DIR / "static" / "img" / "mark.svg")
