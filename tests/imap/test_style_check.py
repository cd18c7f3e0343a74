"""The limits of `imap.style_check`: each is broken once in a small tree and named, and this tree keeps them all."""

import subprocess
from pathlib import Path

import pytest

from imap import style_check

LONG_FUNCTION = "def long():\n" + "    pass\n" * 50


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """An empty repository that the check reads in place of this one."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    monkeypatch.setattr(style_check, "ROOT", tmp_path)
    return tmp_path


def add(tree: Path, name: str, text: str) -> None:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    subprocess.run(["git", "add", name], cwd=tree, check=True)


@pytest.mark.parametrize(
    ("name", "text", "violation"),
    [
        ("atlas/long.py", "pass\n" * 401, "atlas/long.py: 401 lines; a module has at most 400."),
        ("atlas/long.py", LONG_FUNCTION, "atlas/long.py: long has 51 lines; a function has at most 50."),
        ("atlas/a.py", "import os  # noqa: F401\n", "atlas/a.py: an import that nothing in the module uses."),
        (
            "atlas/a.py",
            "from allauth.account.internal import flows\n",
            "atlas/a.py: imports what is private to allauth; accounts/signing_in/allauth_internals.py is the place.",
        ),
        (
            "templates/print/a.typ",
            "#par[\n" + "ب" * 121 + "\n]\n",
            "templates/print/a.typ:2: 121 characters; a line of a template has at most 120.",
        ),
        (
            "templates/mail/a.txt",
            "a" * 121,
            "templates/mail/a.txt:1: 121 characters; a line of a template has at most 120.",
        ),
        (
            "static/css/portal/page.css",
            "a {\n  border: 1px solid #FFF;\n}\n",
            "static/css/portal/page.css:2: a colour that is no token; static/css/tokens.css names them all.",
        ),
        (
            "static/css/print.css",
            "a {\n  color: rgb(0 0 0);\n}\n",
            "static/css/print.css:2: a colour that is no token; static/css/tokens.css names them all.",
        ),
    ],
)
def test_each_limit_is_named(tree, name, text, violation):
    add(tree, name, text)
    assert list(style_check.violations()) == [violation]


def test_a_folder_has_a_limit(tree):
    for number in range(31):
        add(tree, f"atlas/module_{number}.py", "")
    assert list(style_check.violations()) == ["atlas: 31 modules; a folder has at most 30."]


def test_what_is_at_the_limit_passes(tree):
    add(tree, "atlas/a.py", "pass\n" * 400)
    add(tree, "templates/mail/a.txt", "ب" * 120 + "\n")
    add(tree, "templates/atlas/picture.svg", "a" * 121)
    add(tree, "static/css/a.css", "#fff:hover {\n  --rule: #fff;\n  color: var(--rule);\n}\n")
    add(tree, "elsewhere/a.py", "pass\n" * 401)
    assert list(style_check.violations()) == []


def test_this_tree_keeps_the_limits():
    assert list(style_check.violations()) == []
