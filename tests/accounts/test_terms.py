"""The terms of use: versions, what the loader takes, who accepted."""

import shutil
from datetime import date

import pytest
from django.conf import settings
from django.db import connections
from django.db.utils import ProgrammingError

from accounts.loading import load_terms
from accounts.models import Acceptance, TermsOfUse
from accounts.signing_in.terms import clean
from atlas.loading import Loading, RefusedData
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

FIRST = date(2026, 11, 24)


@pytest.fixture
def data(tmp_path):
    shutil.copytree(settings.DATA_DIR / "world" / "terms-of-use", tmp_path / "world" / "terms-of-use")
    return tmp_path


def write(data, version: str, **texts: str) -> None:
    for language, text in texts.items():
        (data / "world" / "terms-of-use" / f"{version}.{language}.html").write_text(text, encoding="utf-8")


def test_a_new_version_is_the_newest_and_the_earlier_one_stays_readable(reader, data):
    write(data, "2027-02-01", en="<p>Second</p>", fr="<p>Deuxième</p>", ar="<p>ثانية</p>")
    load_terms(data, Loading())
    stranger = reader("stranger")
    page = stranger.get("/fr/terms/").content.decode()
    assert "<p>Deuxième</p>" in page
    assert "1er février 2027" in page
    assert 'href="/fr/terms/2026-11-24/"' in page
    assert "<p>ثانية</p>" not in page
    former = stranger.get("/ar/terms/2026-11-24/").content.decode()
    assert "لمن هذه النصوص" in former
    assert stranger.get("/en/terms/2027-02-02/").status_code == 404


def test_loading_twice_is_once(data):
    load_terms(data, Loading())
    again = Loading()
    load_terms(data, again)
    assert again.lines() == ["terms of use: 0 added, 0 changed, 1 skipped"]


@pytest.mark.parametrize(
    ("version", "texts", "reason"),
    [
        ("2027-02-01", {"en": "<p>x</p>", "ar": "<p>x</p>"}, "no text in fr"),
        ("2027-02-31", {"en": "<p>x</p>"}, "a date and a language"),
        ("newest", {"en": "<p>x</p>"}, "a date and a language"),
        ("2026-11-24", {"en": "<p>Quietly changed</p>"}, "were accepted and are not changed"),
    ],
)
def test_what_is_not_whole_or_was_accepted_otherwise_is_refused(data, version, texts, reason):
    write(data, version, **texts)
    with pytest.raises(RefusedData, match=reason):
        load_terms(data, Loading())


def test_nothing_that_runs_stands_in_the_terms():
    hostile = '<h2 onclick="x()">T</h2><script>x()</script><p><a href="javascript:x()">a</a><img src=x onerror=x()></p>'
    assert clean(hostile) == '<h2>T</h2><p><a rel="noopener noreferrer">a</a></p>'
    assert clean(clean(hostile)) == clean(hostile)


def test_an_acceptance_stays_as_it_is():
    held = Acceptance.objects.get(user=user_of("official.mar"))
    assert (held.terms_id, held.language) == (FIRST, "fr")
    for statement in ("UPDATE accounts_acceptance SET language = 'en'", "DELETE FROM accounts_acceptance"):
        with pytest.raises(ProgrammingError, match="permission denied"), connections["default"].cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            try:
                cursor.execute(statement)
            finally:
                cursor.execute("ROLLBACK TO SAVEPOINT before")
    assert TermsOfUse.objects.count() == 1
