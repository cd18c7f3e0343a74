"""allauth's pages are found under its names in the folder of the accounts, before its own."""

from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.template.loader import get_template

OURS = settings.BASE_DIR / "templates" / "accounts" / "allauth"
NAMES = sorted(path.relative_to(OURS).as_posix() for path in OURS.rglob("*.*"))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_allauth_is_ours(name):
    assert get_template(name).origin.name == str(OURS / name)


def test_nothing_stands_there_that_allauth_does_not_ask_for():
    theirs = Path(allauth.__file__).parent / "templates"
    assert [name for name in NAMES if not (theirs / name).exists()] == []
