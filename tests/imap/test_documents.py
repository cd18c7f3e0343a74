"""What the documents name is there: files, tests, modules, settings, commands, and where their links lead."""

import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from imap.local_apps import ROOMS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
FOLDERS = (*ROOMS, "tests", "bench")
SUFFIXES = r"py|md|sh|yml|toml|json|csv|po|css|js|html|txt"

SPAN = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```.*?^```|^    .*?$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
FILE = re.compile(
    rf"(?P<path>[\w.<>*-]+(?:/[\w.<>*-]*)*/|(?:[\w.<>*-]+/)*[\w.<>*-]+\.(?:{SUFFIXES}))?(?:::(?P<test>test_\w+))?"
)
NAME = re.compile(rf"(?:{'|'.join(ROOMS)})(?:\.\w+)+")
CAPITALS = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
# Made where the portal runs.
MADE = ("var/", "files/", "manifest.json", "userlist.txt", ".env")


def spans(document: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each piece of code within a sentence."""
    text = BLOCK.sub(lambda block: "\n" * block[0].count("\n"), document.read_text())
    for number, line in enumerate(text.split("\n"), 1):
        yield from ((number, span) for span in SPAN.findall(line))


def where(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=where)
def test_every_file_and_test_that_is_named_exists(document):
    """A file without its folder stands beside the one named before it on the line; a test alone is in that file."""
    missing, before = [], (0, ROOT)
    for line, span in spans(document):
        match = FILE.fullmatch(span)
        if not match or span.startswith(MADE):
            continue
        beside = before[1] if before[0] == line else document.parent
        found = _file(match["path"], beside) if match["path"] else beside
        if found is None or (match["test"] and f"def {match['test']}(" not in _text(found)):
            missing.append(f"{line}: {span}")
        before = (line, found or beside)
    assert missing == []


def _file(path: str, beside: Path) -> Path | None:
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
    for folder in (ROOT, beside if beside.is_dir() else beside.parent):
        if found := next(iter(sorted(folder.glob(pattern))), None):
            return found
    return (
        next((found for room in FOLDERS for found in (ROOT / room).rglob(pattern)), None) if "/" not in path else None
    )


def _text(path: Path) -> str:
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return "".join(file.read_text() for file in files)


@pytest.mark.parametrize("document", DOCUMENTS, ids=where)
def test_every_module_and_name_exists(document):
    missing = [f"{line}: {span}" for line, span in spans(document) if NAME.match(span) and not _exists(span)]
    assert missing == []


def _exists(span: str) -> bool:
    name = NAME.match(span)
    assert name
    if FILE.fullmatch(span) or name[0] in {"imap.viewer", "imap.within", "imap.owner_access"}:  # settings of PostgreSQL
        return True
    module, attributes = name[0].split("."), []
    while module:
        try:
            found = importlib.import_module(".".join(module))
        except ModuleNotFoundError:
            attributes.insert(0, module.pop())
            continue
        for attribute in attributes:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


@pytest.mark.parametrize("document", DOCUMENTS, ids=where)
def test_every_setting_and_variable_exists(document):
    """A setting of Django's or the portal's, or a variable of the environment that the code reads."""
    read = "".join(path.read_text() for path in [*ROOT.glob("imap/**/*.py"), ROOT / ".env.example", ROOT / "Makefile"])
    named = {(line, word) for line, span in spans(document) for word in CAPITALS.findall(span)}
    assert [(line, word) for line, word in sorted(named) if not hasattr(settings, word) and word not in read] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=where)
def test_every_command_exists(document):
    text = document.read_text()
    assert set(re.findall(r"manage\.py (\w+)", text)) <= {*get_commands(), "NAME"}
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`(?:\w+=\S+ )?make (\w+)", text)) <= targets


RUNS = re.compile(r"(?:\$\(RUN\)|python3?|run_python|sys\.executable,) \"?-m\"?,? \"?([a-z_]+(?:\.\w+)*)")


def test_every_module_that_a_command_runs_can_be_run():
    """`make demo` must not end in “No module named …”: of the Makefile, the containers, the code and the documents."""
    files = [ROOT / "Makefile", ROOT / "Dockerfile", ROOT / "docker-compose.yml", ROOT / ".ci" / "run", *DOCUMENTS]
    files += [path for room in FOLDERS for path in (ROOT / room).rglob("*.py")]
    named = {module for path in files for module in RUNS.findall(path.read_text())} - {"not"}
    assert {"demo", "devserver", "imap.make_messages", "imap.style_check"} <= named
    assert [module for module in sorted(named) if not _can_be_run(module)] == []


def _can_be_run(module: str) -> bool:
    try:
        found = importlib.util.find_spec(module)
        is_package = found is not None and found.submodule_search_locations is not None
        return found is not None and (not is_package or importlib.util.find_spec(f"{module}.__main__") is not None)
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("document", DOCUMENTS, ids=where)
def test_every_link_leads_somewhere(document):
    links = LINK.findall(document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_a_document_that_names_what_is_not_there_is_found(tmp_path):
    """Else the tests above could not fail."""
    wrong = tmp_path / "wrong.md"
    wrong.write_text(
        "`tests/imap/test_nothing.py` `tests/imap/test_documents.py::test_nothing` `access.row_level_security.Nothing` `NO_SUCH_SETTING`\n"
        "`manage.py nothing` `make nothing` [there](nowhere.md) `docs/operations.md`, `::test_nothing`\n"
    )
    for check in (
        test_every_file_and_test_that_is_named_exists,
        test_every_module_and_name_exists,
        test_every_setting_and_variable_exists,
        test_every_command_exists,
        test_every_link_leads_somewhere,
    ):
        with pytest.raises(AssertionError):
            check(wrong)
