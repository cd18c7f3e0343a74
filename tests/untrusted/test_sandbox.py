"""A parser that was taken over by the file it reads costs a bounded amount and reaches nothing."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from imap.startup_checks import tell_what_confines
from tests.sentinels import watched
from untrusted.confinement import PARTS
from untrusted.sandbox import ENVIRONMENT, MIB, Bounds, Failed, TooHard, parsed, parts_that_hold

HERE = "tests.untrusted.parsers"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have limits of memory and time alone")


@on_linux
def test_a_parser_that_was_taken_over_reads_no_file_calls_no_host_and_starts_nothing(tmp_path):
    with watched(tmp_path) as watch:
        brought = parsed(f"{HERE}:attempt", b"", {"secret": str(watch.secret), "port": watch.port})
        assert {name for name, found in brought.items() if found} == set()
        assert not watch.was_opened
        assert not watch.was_called
    assert [path.name for path in tmp_path.iterdir()] == ["secret.geojson"]


def test_a_parser_knows_no_secret_of_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    known = set(parsed(f"{HERE}:environment", b""))
    assert known <= set(ENVIRONMENT) | {"LC_CTYPE"}


def test_a_parser_is_given_bytes_and_answers_with_values():
    assert parsed(f"{HERE}:echo", "سبها\n".encode(), {"ending": ".kml"}) == ["سبها\n", {"ending": ".kml"}]


@pytest.mark.parametrize(
    ("parser", "bounds"),
    [
        ("hoard", Bounds(memory_bytes=200 * MIB)),
        ("spin", Bounds(cpu_seconds=1)),
        ("wait", Bounds(seconds=0.5)),
        ("nest", Bounds()),
    ],
)
def test_what_asks_for_too_much_is_ended_and_nothing_of_it_stays(parser, bounds):
    began = time.monotonic()
    with pytest.raises(TooHard):
        parsed(f"{HERE}:{parser}", b"", bounds=bounds)
    assert time.monotonic() - began < 20
    assert not [child for child in psutil.Process().children() if f"{HERE}:{parser}" in " ".join(child.cmdline())]


@pytest.mark.parametrize("parser", ["chatter", "fill", "crash", "give_up", "fail"])
def test_what_breaks_or_says_too_much_has_no_answer(parser):
    with pytest.raises(Failed):
        parsed(f"{HERE}:{parser}", b"", bounds=Bounds(file_bytes=MIB))


def test_a_parser_reads_its_own_limits():
    assert parsed(f"{HERE}:limits", b"") == [0, 0]


def test_the_parts_of_the_confinement_that_hold_are_told(caplog):
    holds = parts_that_hold()
    assert "limits" in holds
    assert set(holds) <= set(PARTS)
    if sys.platform == "linux":
        assert "calls" in holds
    with caplog.at_level("INFO", "imap.startup_checks"):
        tell_what_confines()
    [line] = [record.getMessage() for record in caplog.records]
    assert all(part in line for part in PARTS)


def test_a_worker_begins_though_nothing_can_be_told(monkeypatch, caplog):
    monkeypatch.setattr("untrusted.sandbox.sys.executable", "/nowhere/python")
    with caplog.at_level("INFO", "imap.startup_checks"):
        tell_what_confines()
    assert "cannot be started" in caplog.text


def test_the_folder_of_a_parser_is_gone_afterwards(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    parsed(f"{HERE}:echo", b"x")
    assert list(Path(tmp_path).iterdir()) == []
