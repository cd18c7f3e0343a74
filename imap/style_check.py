"""`python -m imap.style_check`: the limits within which the code is kept readable. `make check` calls it."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from imap.local_apps import ROOMS

ROOT = Path(__file__).resolve().parent.parent
MODULE_LINES, FUNCTION_LINES, MODULES_IN_FOLDER = 400, 50, 30
TEMPLATE_COLUMNS = 120
STRAY_COLOUR = re.compile(r"\s*(?!--)[\w-]+:.*(#[0-9a-f]{3,8}\b|\b(rgb|hsl)a?\()", re.IGNORECASE)
TEMPLATE_ENDINGS = {".txt", ".typ"}  # of mails and printed sheets; pages follow
CHECKED = (*ROOMS, "bench")
PRIVATE = re.compile(r"^\s*(?:from|import) allauth[\w.]*\.internal", re.MULTILINE)
PRIVATE_PLACE = Path("accounts/signing_in/allauth_internals.py")
UNUSED_IMPORT = re.compile(r"import .*noqa: *F401|noqa: *F401")


def violations() -> Iterator[str]:
    """A sentence for each place that is beyond a limit."""
    folders: Counter[Path] = Counter()
    for path in _modules():
        text = path.read_text()
        name = path.relative_to(ROOT)
        if path.name != "__init__.py":
            folders[name.parent] += 1
        if (lines := text.count("\n")) > MODULE_LINES:
            yield f"{name}: {lines} lines; a module has at most {MODULE_LINES}."
        yield from (f"{name}: {said}" for said in _long_functions(text))
        if UNUSED_IMPORT.search(text):
            yield f"{name}: an import that nothing in the module uses."
        if PRIVATE.search(text) and name != PRIVATE_PLACE:
            yield f"{name}: imports what is private to allauth; {PRIVATE_PLACE} is the place."
    for folder, number in folders.items():
        if number > MODULES_IN_FOLDER:
            yield f"{folder}: {number} modules; a folder has at most {MODULES_IN_FOLDER}."
    for path in _tracked("templates"):
        if path.suffix in TEMPLATE_ENDINGS:
            yield from (f"{path.relative_to(ROOT)}:{said}" for said in _long_lines(path.read_text()))
    for path in _tracked("static/css"):
        yield from (f"{path.relative_to(ROOT)}:{said}" for said in _stray_colours(path.read_text()))


def _tracked(pattern: str) -> Iterator[Path]:
    """The files under version control whose path matches, or that lie in the folder."""
    known = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    yield from (path for name in known.stdout.split("\0") if name and (path := ROOT / name).is_file())


def _modules() -> Iterator[Path]:
    for path in _tracked("*.py"):
        if path.relative_to(ROOT).parts[0] in CHECKED and "migrations" not in path.parts:
            yield path


def _long_lines(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > TEMPLATE_COLUMNS:
            yield f"{number}: {len(line)} characters; a line of a template has at most {TEMPLATE_COLUMNS}."


def _stray_colours(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if STRAY_COLOUR.match(line):
            yield f"{number}: a colour that is no token; static/css/tokens.css names them all."


def _long_functions(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name} has {lines} lines; a function has at most {FUNCTION_LINES}."


if __name__ == "__main__":
    found = list(violations())
    sys.exit("\n".join(found) if found else 0)
