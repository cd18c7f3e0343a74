"""One folding: Python's and the database's are one, letter by letter, on every PostgreSQL that serves the portal."""

import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from devserver.places import places_of
from devserver.supervisor import Supervisor
from search import letters_in_sql
from search.letters_in_sql import functions
from search.normalisation import SMALL, folded, searched, spelled
from tests.depth import examples
from tests.imap import debian

BLOCKS = (
    (0x0001, 0x024F),  # Basic Latin … Latin Extended-B
    (0x0250, 0x036F),  # IPA, modifier letters, combining marks
    (0x0370, 0x052F),  # Greek, Cyrillic and its supplement
    (0x0530, 0x05FF),  # Armenian, Hebrew
    (0x0600, 0x077F),  # Arabic, Syriac, Arabic Supplement
    (0x0860, 0x08FF),  # Arabic Extended-B and -A
    (0x1AB0, 0x1AFF),
    (0x1D00, 0x1FFF),  # phonetic and combining marks, Latin Extended Additional, Greek Extended
    (0x2000, 0x2BFF),  # General Punctuation, currency, letterlike, numbers, arrows, signs
    (0x2C60, 0x2C7F),
    (0x2DE0, 0x2E7F),  # Cyrillic Extended-A, Supplemental Punctuation
    (0x3000, 0x303F),
    (0xA640, 0xA69F),  # Cyrillic Extended-B
    (0xA700, 0xA7FF),  # Latin Extended-D
    (0xAB30, 0xAB6F),
    (0xFB00, 0xFDFF),  # presentation forms
    (0xFE00, 0xFEFF),
    (0xFF00, 0xFFEF),
    (0x1EE00, 0x1EEFF),  # Arabic mathematical letters
)
LETTERS = [chr(code) for first, last in BLOCKS for code in range(first, last + 1)]
DIGITS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Nd"]
KNOWN = [
    letter for letter in LETTERS + DIGITS if unicodedata.category(letter) != "Cn"
]  # later ones a newer server knows
SERVERS = ["embedded", *(f"Debian's {version.parent.name}" for version in debian.VERSIONS)]
if not debian.VERSIONS:
    SERVERS.append(pytest.param("Debian's", marks=pytest.mark.skip(reason=debian.WHY_SKIPPED)))
OFTEN = "abdlmnqstuyLDQU'’.- \"الويبفكل"
TEXTS = st.text(st.one_of(st.sampled_from(OFTEN), st.sampled_from(KNOWN)), max_size=40)

Fold = Callable[[str, list[str]], list[str]]


def asked(cursor, function: str, texts: list[str]) -> list[str]:
    cursor.execute(
        f"SELECT {function}(said) FROM unnest(%s::text[]) WITH ORDINALITY AS t (said, n) ORDER BY n", [texts]
    )
    return [said for (said,) in cursor.fetchall()]


@pytest.fixture(scope="module", params=SERVERS)
def server(request) -> Iterator[str]:
    """The address of a server of Debian's that holds the two functions and nothing else; empty for the portal's own."""
    if request.param == "embedded":
        yield ""
        return
    folder = Path(tempfile.mkdtemp(prefix="imap-letters-", dir="/tmp"))
    folder.chmod(0o711)  # PostgreSQL's user passes through it
    keeper = Supervisor(places_of(folder / "home"))
    [version] = [found for found in debian.VERSIONS if f"Debian's {found.parent.name}" == request.param]
    postgres = debian.Postgres(version, folder / "postgres")
    postgres.folder.mkdir(mode=0o711)
    try:
        postgres.start(keeper)
        address = postgres.url("imap_owner")
        with closing(psycopg2.connect(address)) as made, made, made.cursor() as cursor:
            for statement in functions():
                cursor.execute(statement)
        yield address
    finally:
        keeper.stop()
        shutil.rmtree(folder)


@pytest.fixture
def fold(server, db) -> Iterator[Fold]:
    if not server:
        with connection.cursor() as cursor:
            yield lambda function, texts: asked(cursor, function, texts)
        return
    with closing(psycopg2.connect(server)) as foreign, foreign.cursor() as cursor:
        yield lambda function, texts: asked(cursor, function, texts)


def test_every_letter_mark_digit_and_sign_is_folded_by_the_database_as_by_the_portal(fold):
    assert fold("imap_folded", KNOWN) == [folded(letter) for letter in KNOWN]
    within = [f"d{letter}asile{letter} S{letter}Ki {letter}ال{letter}هجرة" for letter in KNOWN]
    assert fold("imap_folded", within) == [folded(text) for text in within]
    assert fold("imap_searched", within) == [searched(text) for text in within]


ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    unicodedata.unidata_version != "14.0.0", reason="Python's table is another than when it was written"
)
def test_the_functions_in_the_file_are_made_of_todays_table():
    assert letters_in_sql.FILE.read_text(encoding="utf-8") == letters_in_sql.written()


@pytest.mark.deep
@settings(
    max_examples=examples(100, deep=2000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(TEXTS, max_size=20))
@example(
    texts=[
        "l'",
        "d’",
        "qu'«a",
        "a.b.c",
        " u.n. ",
        "'s",
        "a's'",
        "''",
        "l''' ''asile",
        "d'1",
        "m'h",
        "a.b.c.",
        ". a . b",
    ]
)
def test_any_text_is_folded_by_the_database_as_by_the_portal(fold, texts):
    assert fold("imap_folded", texts) == [folded(text) for text in texts]
    assert fold("imap_searched", texts) == [searched(text) for text in texts]


@given(TEXTS)
def test_a_folded_text_is_its_words_in_small_letters_and_nothing_else(text):
    assert folded(text) == spelled(text).translate(SMALL)
    assert folded(text) == folded(folded(text)) == " ".join(folded(text).split())
    others = {letter for letter in folded(text) if unicodedata.category(letter)[0] != "L"}
    assert others <= {*"0123456789 "} or all(unicodedata.category(letter) in ("Mc", "Nd", "Zs") for letter in others)


def test_the_database_may_fold_in_parallel_and_as_nobody_but_who_asks(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT provolatile, proparallel, prosecdef FROM pg_proc WHERE proname IN ('imap_folded', 'imap_searched')"
        )
        assert cursor.fetchall() == [("i", "s", False)] * 2
