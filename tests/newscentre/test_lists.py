"""Lists of feeds in OPML: taken in whole or not at all, and given out to those whose feeds they are."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import Action, LogEntry
from demo.cast import ALL_FOUR
from newscentre.feeds.opml import LONGEST_NAME, MOST_FEEDS, BadFile, Outline, read, read_apart, written
from newscentre.models import Feed, Fetching, Publisher, Rule
from tests.newscentre.feeds_of_tests import feed
from tests.readers import body_of

DESK = Viewer.secretariat_of(*ALL_FOUR)
OUT = "/secretariat/newscentre/feed/opml/"
IN = f"{OUT}take/"
SAHEL = Outline("الساحل & friends", "https://sahel.example/feed?a=1&b=2", "https://sahel.example/", "ar")


def opml(*outlines: str) -> bytes:
    return f'<opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'.encode()


def outline(address: str = "https://desk.example/feed", name: str = "Desk", more: str = "") -> str:
    return f'<outline type="rss" text="{name}" xmlUrl="{address}" {more}/>'


def why_not(data: bytes) -> tuple[str, str]:
    with pytest.raises(BadFile) as raised:
        read(data)
    return raised.value.why, raised.value.where


# The format -----------------------------------------------------------------------------------------------------------


def test_feeds_are_found_in_folders_of_any_depth_and_each_once():
    nested = f'<outline text="A"><outline text="B">{outline()}</outline></outline>'
    assert read(opml(nested, outline(), '<outline type="link" url="https://x.example/"/>')) == [
        Outline("Desk", "https://desk.example/feed")
    ]


def test_older_programs_write_other_capitals_and_no_name():
    found = read(b'<OPML><body><outline title="" XMLURL=" https://desk.example/feed " Language="FR"/></body></OPML>')
    assert found == [Outline("desk.example", "https://desk.example/feed", "", "fr")]


def test_what_a_file_says_of_pages_and_languages_is_taken_only_where_it_is_sound():
    more = 'htmlUrl="javascript:alert(1)" language="&lt;b&gt;"'
    assert read(opml(outline(more=more))) == [Outline("Desk", "https://desk.example/feed")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", ("no-xml", "1")),
        (b"<opml>\n<body>\n<outline", ("no-xml", "3")),
        (b"\x89PNG\r\n", ("no-xml", "1")),
        (b"<rss/>", ("not-opml", "")),
        (opml(), ("no-feeds", "")),
        (opml(outline(), outline("file:///etc/passwd", "Local")), ("bad-address", "Local")),
        (opml(outline("http://u:p@desk.example/", "")), ("bad-address", "http://u:p@desk.example/")),
        (opml(*(outline(f"https://desk.example/{number}") for number in range(MOST_FEEDS + 1))), ("too-many", "")),
        (b" " * 3_000_000, ("too-large", "")),
        (b'<?xml version="1.0" encoding="nonsense"?><opml/>', ("no-xml", "1")),
        (b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>', ("no-xml", "")),
        (b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml>&b;</opml>', ("no-xml", "")),
        (b'<!DOCTYPE opml SYSTEM "http://127.0.0.1/x.dtd"><opml/>', ("no-xml", "")),
    ],
)
def test_a_bad_file_says_what_is_wrong_with_it(data, why):
    found = why_not(data)
    assert found[0] == why[0]
    assert found[1] == why[1] or (why[0], found[1]) == ("no-xml", "")


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_a_feed_is_called_the_list_can_be_read_again(publisher, name):
    """Read as the process beside does it, without beginning one each time."""
    [found] = read_apart(written("Feeds", [(publisher, [Outline(name, "https://desk.example/feed")])]))["outlines"]
    assert found["address"] == "https://desk.example/feed"
    assert len(found["name"]) <= LONGEST_NAME


def test_a_list_comes_in_as_it_went_out():
    assert read(written("Feeds", [("Sahel", [SAHEL])])) == [SAHEL]


# At the desk ----------------------------------------------------------------------------------------------------------


def bring(client, data: bytes, dialogue: str = "mtm"):
    return client.post(IN, {"dialogue": dialogue, "file": SimpleUploadedFile("feeds.opml", data)}, follow=True)


@pytest.mark.django_db
def test_an_editor_takes_feeds_from_a_file(reader):
    with viewing(DESK):
        feed("https://sahel.example/known")
    Publisher.objects.filter(slug="sahel").update(made_by="mtm", link="https://www.sahel.example/")
    data = opml(
        outline("https://sahel.example/known"),
        outline("https://feeds.example/1", "News", 'htmlUrl="https://sahel.example/news" language="fr"'),
        outline("https://about/2", "News"),
        outline("https://about/3", "News"),
    )
    assert "3 feeds were added. 1 was there already." in body_of(bring(reader("editor"), data)).decode()
    with viewing(DESK):
        added = Feed.objects.filter(
            fetching__address__in=["https://feeds.example/1", "https://about/2", "https://about/3"]
        )
        assert set(added.values_list("publisher", "name", "language")) == {
            ("sahel", "News", "fr"), ("about-mtm", "News", ""), ("about-mtm", "News (2)", ""),
        }  # fmt: skip
        assert {(one.rule, *one.audience) for one in added} == {(Rule.WAIT, "secretariat:mtm")}
        due = sorted(Fetching.objects.filter(feed__in=added).values_list("next_at", flat=True))
        assert 1100 < (due[1] - due[0]).total_seconds() < 1300, "three feeds are spread over the hour"
    with viewing(ANYONE):
        assert not Feed.objects.filter(pk__in=[one.pk for one in added]).exists()
    assert "0 feeds were added. 4 were there already." in body_of(bring(reader("editor"), data)).decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (opml(outline(), outline("ftp://x/", "Old")), "“Old” has an address that is none of the web."),
        (b"<opml>\n<", "The file is no XML that can be read: line 2 is wrong."),
        (b"<rss/>", "The file is XML, but no OPML."),
        (opml(), "There is no feed in the file."),
        (b"<!DOCTYPE opml [<!ENTITY a 'b'>]><opml>&a;</opml>", "The file is no XML that can be read."),
        (b" " * 3_000_000, "The file is too large: at most 2 MB."),
    ],
)
def test_of_a_bad_file_nothing_is_taken(reader, data, sentence):
    with viewing(DESK):
        before = Feed.objects.count(), Publisher.objects.count()
        assert sentence in body_of(bring(reader("editor"), data)).decode()
        assert (Feed.objects.count(), Publisher.objects.count()) == before


@pytest.mark.django_db
def test_an_editor_brings_nothing_into_another_dialogue(reader):
    bring(reader("editor"), opml(outline()), "rabat-process")
    with viewing(DESK):
        assert not Fetching.objects.filter(address="https://desk.example/feed").exists()


@pytest.mark.django_db
def test_only_the_desks_own_feeds_go_out_and_it_is_noted(reader):
    with viewing(DESK):
        feed("https://sahel.example/feed?key=secret", name="Ours", audience=[])
        feed("https://rabat.example/feed", name="Theirs", dialogue_id="rabat-process")
        feed(name="By hand")
    answer = reader("editor").get(OUT)
    assert answer["Content-Disposition"] == 'attachment; filename="feeds.opml"'
    assert [(one.name, one.address) for one in read(answer.content)] == [
        ("Ours", "https://sahel.example/feed?key=secret")
    ]
    with viewing(DESK):
        line = LogEntry.objects.filter(action=Action.EXPORTED).latest("at")
        assert (line.dialogue_id, line.object) == ("mtm", "feeds opml")
        assert timezone.now() >= line.at


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["stranger", "official.mar", "translator.ar"])
def test_nobody_else_takes_or_brings_lists(reader, login):
    assert reader(login).get(OUT).status_code in (302, 403, 404)
    assert reader(login).get(IN).status_code in (302, 403, 404)
    assert bring(reader(login), opml(outline())).status_code in (200, 403, 404)
    with viewing(DESK):
        assert not Fetching.objects.filter(address="https://desk.example/feed").exists()
