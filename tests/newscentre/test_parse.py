"""Reading feeds of every kind and age, of every quality, and of bad intent."""

import csv
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscentre.stages.clean import cleaned
from newscentre.stages.documents import Document, FeedEntry, NotAFeed, Wording
from newscentre.stages.encodings import text_of
from newscentre.stages.parse import TooHard, parse
from newscentre.stages.plan import plan
from newscentre.stages.reading import document_in
from untrusted.sandbox import MIB, ROOT, Bounds

OURS = Path(__file__).parent / "feeds"
SHARED = ROOT.parent / "shared" / "feeds"  # feeds that others wrote, where they lie beside the project
ADDRESS = "https://sahel.example/feed"
OWN_MANIFEST = list(csv.DictReader((OURS / "manifest.csv").open(encoding="utf-8")))
MANIFEST = list(csv.DictReader((SHARED / "manifest.csv").open(encoding="utf-8"))) if SHARED.is_dir() else []
HEADLINE = "إنقاذ مهاجرين قبالة سواحل ليبيا"


def ours(name: str) -> Document:
    return document_in((OURS / name).read_bytes(), "")


def with_title(title: str, encoding: str, declared: str | None) -> bytes:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f'{declaration}<rss version="2.0"><channel><item><title>{title}</title></item></channel></rss>'.encode(
        encoding
    )


def title_in(data: bytes, content_type: str = "") -> str:
    return document_in(data, content_type).entries[0].title.text


# Kinds ----------------------------------------------------------------------------------------------------------------


def test_rss_in_arabic_with_when_not_to_ask():
    found = ours("rss20_ar.xml")
    assert (found.kind, found.language, found.title.text) == ("rss20", "ar", "أخبار الساحل")
    assert (found.ttl_minutes, found.skip_hours, found.skip_days) == (90, (0, 1), ("Friday",))
    first, second = found.entries
    assert (first.guid, first.title.text) == ("sahel-1001", "إنقاذ 47 مهاجراً قبالة سواحل زوارة")
    assert first.published_at == "2026-11-24T16:30:00+00:00"
    assert first.dated == "Tue, 24 Nov 2026 18:30:00 +0200"
    assert first.summary.is_markup
    assert second.link == "/ar/2026/11/borders"  # completed when it is cleaned


def test_atom_says_which_of_its_words_are_markup():
    [entry] = ours("atom10_fr.xml").entries
    assert entry.title.is_markup
    assert entry.summary == Wording(
        "Les deux pays préparent une réunion sur le retour & la réintégration.", False, "fr"
    )
    assert entry.published_at == "2026-11-24T09:00:00+00:00"


def test_rdf_and_the_oldest_rss():
    assert [entry.updated_at for entry in ours("rdf10_en.xml").entries] == ["2026-11-20T08:00:00+00:00", ""]
    assert ours("rss091_en.xml").entries[0].title.text.startswith("Caf")


@pytest.mark.filterwarnings("error")
def test_a_date_of_publication_is_no_date_of_an_update():
    """feedparser's own guess of the one by the other will be gone."""
    item = "<item><title>a</title><pubDate>Tue, 24 Nov 2026 18:30:00 +0200</pubDate></item>"
    found = document_in(f'<rss version="2.0"><channel>{item}</channel></rss>'.encode(), "")
    assert (found.entries[0].published_at, found.entries[0].updated_at) == ("2026-11-24T16:30:00+00:00", "")


def test_json_feed_takes_numbers_for_ids_and_leaves_out_what_is_no_item():
    first, second = ours("jsonfeed_en.json").entries
    assert first == FeedEntry(
        guid="7",
        link="/notes/7",
        title=Wording("A new series on asylum applications", language="en-GB"),
        summary=Wording("Counted by quarter.", language="en-GB"),
        published_at="2026-11-22T08:00:00+00:00",
        dated="2026-11-22T10:00:00+02:00",
        words=("data",),
    )
    assert (second.link, second.summary.language) == ("https://elsewhere.example/8", "fr")


@pytest.mark.parametrize(
    "data",
    [b"", b"<html><body>404</body></html>", b"{}", b'{"items": []}', b"[1]", b"{" * 100_000, b'{"version": "1", "items": 3}',
     b"\x89PNG\r\n", b"%PDF-1.7", "أهلاً".encode(), b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 99_999],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(data):
    with pytest.raises(NotAFeed):
        document_in(data, "text/html")


def test_what_passes_between_the_processes_comes_out_as_it_went_in():
    found = ours("rss20_ar.xml")
    assert Document.from_values(found.as_values()) == found


# Letters --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", None, ""),
        ("utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("utf-8", "windows-1256", ""),
        ("utf-8-sig", "us-ascii", ""),
        ("utf-16", None, ""),
        ("utf-16-be", "utf-16", ""),
        ("utf-32", None, ""),
        ("cp1256", "windows-1256", ""),
        ("cp1256", None, "application/rss+xml; charset=windows-1256"),
        ("cp1256", "utf-8", ""),
        ("cp1256", "iso-8859-1", "text/xml; charset=ISO-8859-1"),
        ("cp1256", None, "text/xml; charset=base64"),
        ("iso-8859-6", "iso-8859-6", ""),
    ],
)
def test_an_arabic_headline_is_read_whatever_the_feed_says_of_its_letters(encoding, declared, content_type):
    assert title_in(with_title(HEADLINE, encoding, declared), content_type) == HEADLINE


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-8", None, "windows-1252", "nonsense"])
def test_french_in_latin_1_is_read_whatever_it_is_declared(declared):
    title = "Réfugiés : l’été des départs".replace("’", "'")
    assert title_in(with_title(title, "latin-1", declared)) == title


def test_a_byte_that_means_nothing_does_not_lose_the_feed():
    assert "Rabat" in text_of(b'<?xml version="1.0" encoding="utf-8"?><rss><title>Rabat \x81\x8d</title></rss>')


# The feeds beside these tests -----------------------------------------------------------------------------------------


def test_every_feed_of_ours_is_in_the_manifest():
    assert {row["file"] for row in OWN_MANIFEST} == {file.name for file in OURS.iterdir() if file.is_file()} - {
        "manifest.csv"
    }


@pytest.mark.parametrize("row", OWN_MANIFEST, ids=lambda row: row["file"])
def test_a_feed_of_ours_gives_as_many_entries_as_it_holds(row):
    found = parse((OURS / row["file"]).read_bytes(), row["content_type"])
    assert (found.kind, len(found.entries)) == (row["kind"], int(row["expected_entries"]))
    assert not any("\ufffd" in entry.title.text for entry in found.entries)
    assert found.entries[0].title.text == row["first_title"]


# Feeds of others ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not MANIFEST, reason="the feeds of others do not lie beside the project")
@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["file"])
def test_a_feed_of_others_gives_as_many_entries_as_it_holds(row):
    """Those without a number give entries, or a clear refusal. Each is an article, but where two bear one guid and title."""
    try:
        document = parse((SHARED / row["file"]).read_bytes())
    except (NotAFeed, TooHard):
        document = Document("")
    entries = len(document.entries)
    items = cleaned(document, [ADDRESS], "", datetime(2026, 11, 24, tzinfo=UTC))
    guids = [(item.guid, item.title.text) for item in items if item.guid]
    assert len(plan(items, []).rows) == entries - (len(guids) - len(set(guids)))
    if row["expected_entries"]:
        assert entries == int(row["expected_entries"])
    if row["expected_entries_at_least"]:
        assert entries >= int(row["expected_entries_at_least"])


# Bad intent -----------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "laughs": f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]><rss version="2.0"><channel><title>&l9;</title></channel></rss>',
    "quadratic": f'<!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]><rss version="2.0"><channel><title>{"&a;" * 20_000}</title></channel></rss>',
    "deep": "<rss version='2.0'><channel>" + "<a>" * 300_000,
    "attributes": "<rss version='2.0' " + " ".join(f"a{n}='{n}'" for n in range(200_000)) + "/>",
    "unclosed": "<rss version='2.0'><channel><item><title>" + "<![CDATA[" * 200_000,
    "references": "<rss version='2.0'><channel><title>" + "&#" * 500_000 + "</title></channel></rss>",
    "json": '{"version":"https://jsonfeed.org/version/1","items":' + "[" * 2_000_000,
}  # fmt: skip


# Run by a small process of its own: at its peak a process counts what the one that began it held by then, and that of
# the tests holds whatever they needed.
COST = """
import resource, sys
from newscentre.stages.parse import NotAFeed, TooHard, parse
from untrusted.sandbox import Bounds
try:
    letters = len(parse(sys.stdin.buffer.read(), bounds=Bounds(cpu_seconds=3)).title.text)
except (NotAFeed, TooHard):
    letters = 0
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(letters, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_bomb_costs_a_bounded_amount_of_memory_and_time(kind):
    asked = [sys.executable, "-c", COST]
    told = subprocess.run(asked, input=HOSTILE[kind].encode(), capture_output=True, check=True, cwd=ROOT).stdout
    letters, seconds, kibibytes = (float(word) for word in told.split())
    assert letters <= 20_000
    assert 0 < seconds < 5
    assert 0 < kibibytes * 1024 < 300 * MIB
    assert parse((OURS / "rss20_ar.xml").read_bytes()).entries  # and the next feed is read


def test_a_document_reads_no_file_and_asks_no_host(publisher, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("open sesame")
    for system in (secret.as_uri(), publisher.at("/entity")):
        document = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{system}"><!ENTITY % y SYSTEM "{system}"> %y;]>
            <rss version="2.0"><channel><title>&x;</title><item><title>&x;</title><link>{system}</link></item></channel></rss>"""
        try:
            assert "sesame" not in str(parse(document.encode()).as_values())
        except NotAFeed:
            continue
    assert publisher.asked == []


@pytest.mark.parametrize("data", [b"/etc/passwd", b"http://127.0.0.1:1/feed", b"file:///etc/passwd"])
def test_bytes_that_look_like_an_address_are_not_opened(data):
    with pytest.raises(NotAFeed):
        parse(data)


def test_a_feed_that_takes_too_long_is_ended():
    began = time.monotonic()
    with pytest.raises(TooHard):
        parse(HOSTILE["quadratic"].encode(), bounds=Bounds(seconds=0.05))
    assert time.monotonic() - began < 5


def test_a_feed_that_wants_too_much_memory_is_ended():
    with pytest.raises(TooHard):
        parse(b"<rss version='2.0'><channel>" + b"<item><title>a</title></item>" * 200_000, bounds=Bounds(100 * MIB))


def test_the_process_that_reads_knows_nothing_of_the_portal():
    """Neither files, network nor environment, as tests/untrusted/test_sandbox.py says of every parser; nor Django."""
    loads = "import sys, newscentre.stages.reading; print('django' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", loads], capture_output=True, check=True, cwd=ROOT).stdout
    assert told.strip() == b"False"
