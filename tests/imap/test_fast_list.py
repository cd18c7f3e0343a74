"""`make test-fast` runs what `tests/fast.txt` lists: something of each room, and nothing that starts servers or a browser."""

from tests.conftest import ROOT

TESTS = ROOT / "tests"
LISTED = [line.partition("::") for line in (TESTS / "fast.txt").read_text().splitlines()]


def test_what_is_listed_exists():
    for path, _, test in LISTED:
        assert f"def {test.partition('[')[0]}" in (ROOT / path).read_text(), f"{path}::{test}"


def test_each_room_is_represented():
    rooms = {path.parent.name for path in TESTS.glob("*/test_*.py")} - {"browser"}
    assert {path.split("/")[1] for path, *_ in LISTED} == rooms


def test_nothing_that_is_listed_starts_servers_or_a_browser():
    for path, *_ in LISTED:
        assert not path.startswith("tests/browser/")
        assert "pytest.mark.servers" not in (ROOT / path).read_text(), path
