"""Rows that hold control characters, written past every form and field by SQL, break no file, feed, mail or header."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from email import message_from_bytes, policy
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.db import connection, transaction
from pypdf import PdfReader

from access.viewer import Viewer
from access.viewing import viewing
from atlas.file_names import content_disposition
from demo.cast import ALL_FOUR
from newscentre.models import Meeting, MeetingDocument, Review, ReviewItem
from tests.accounts.conftest import confirm
from tests.conftest import browser_of, clear_own_cache
from tests.newscentre.feeds_of_tests import article, feed
from tests.readers import body_of
from untrusted.characters import clean, clean_deep

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
# All that PostgreSQL keeps in a text: it refuses zero bytes and halves of surrogate pairs itself.
DIRTY = "a\x0bb\x0cc\x1bd\x85e\x9bf\ufffeg\uffffh\u2028i\x01j\x7fk"
MAP = "/en/maps/mtm/routes/editions/2077/1/"
NAMED = "Named "


def by_sql(statement: str, **values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def in_three(name: str) -> dict[str, str]:
    return {f"{name}_{language}": f"{NAMED}{DIRTY}" for language in ("en", "fr", "ar")}


def change(table: str, where: str, **texts: str) -> None:
    columns = ", ".join(f"{name} = %({name})s" for name in texts)
    by_sql(f"UPDATE {table} SET {columns} WHERE {where}", **texts)


def copy(table: str, where: str, **changes: object) -> None:
    """Rows of a table that is only added to, once more with other values."""
    with_id = f"jsonb_build_object('id', nextval(pg_get_serial_sequence('{table}', 'id')))"
    by_sql(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(held, {with_id} || %(changes)s::jsonb)).* FROM {table} held WHERE {where}",
        changes=json.dumps(changes),
    )


@pytest.fixture
def dirty():
    """A map, an article, a meeting, a press review and the names round them, for everyone to read."""
    clear_own_cache()
    with viewing(DESK), transaction.atomic():
        made = article(feed(audience=["public"]), excerpt="x")
        review = Review.objects.create(
            dialogue_id="mtm", month="2026-10", audience=["public"], published_at=made.published_at
        )
        ReviewItem.objects.create(review=review, article=made, position=1)
        change("newscentre_reviewitem", "true", **in_three("comment"))
        change("newscentre_review", "true", **in_three("introduction"))
        change(
            "newscentre_article", f"id = {made.pk}", title=NAMED + DIRTY, excerpt=DIRTY, link="https://x.example/\x1b"
        )
        change("newscentre_publisher", "true", name=NAMED + DIRTY)
        change("newscentre_meeting", "true", **in_three("name"), **in_three("about"), city=DIRTY)
        change("atlas_dialogue", "true", **in_three("name"), **in_three("disclaimer"), **in_three("licence"))
        change("atlas_subject", "kind = 'country'", **in_three("name"))
        change("accounts_user", "email = 'official.ukr@imap.example'", name=NAMED + DIRTY)
        copy("routes_mapedition", "dialogue_id = 'mtm' AND year = 2025 AND number = 1", year=2077, **in_three("title"))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, (SELECT id FROM routes_mapedition WHERE year = 2025 AND number = 1 AND dialogue_id = 'mtm') FROM routes_mapedition WHERE year = 2077"
            )
            edition, original = cursor.fetchone()
        copy("routes_mapfeature", f"edition_id = {original}", edition_id=edition)
        return made


@pytest.fixture
def dirty_features(dirty, monkeypatch):
    """Published features are never changed, by SQL neither: their texts are made so as they are read."""
    from routes.models import MapFeature

    def from_db(cls, db, names, values):
        row = super(MapFeature, cls).from_db(db, names, values)
        if "properties" in row.__dict__:
            row.properties = soiled(row.properties)
        return row

    monkeypatch.setattr(MapFeature, "from_db", classmethod(from_db))


def soiled(value):
    if isinstance(value, dict):
        return {name: soiled(held) for name, held in value.items()}
    if isinstance(value, list):
        return [soiled(held) for held in value]
    return value + DIRTY if isinstance(value, str) and value not in KEPT_WORDS and not value.isdigit() else value


KEPT_WORDS = {
    "hub",
    "town",
    "crossing",
    "landing",
    "documented",
    "indicative",
    "presumed",
    "city",
    "country",
    "region",
    "",
}


def got(address: str) -> bytes:
    answer = browser_of("stranger").get(address)
    assert answer.status_code == 200, address
    return answer.getvalue()  # the file itself, where `body_of` gives its words


def assert_clean(text: str) -> None:
    assert text
    assert clean(text) == text


def assert_clean_xml(content: bytes) -> None:
    assert_clean(content.decode())
    ElementTree.fromstring(content)


@pytest.mark.parametrize("address", ["/en/news/rss/", "/ar/news/atom/", "/sitemap.xml"])
def test_what_is_xml_can_be_parsed(dirty, address):
    content = got(address)
    assert_clean_xml(content)
    assert NAMED.encode() in content or "news" not in address


def test_a_map_drawn_to_print_holds_no_control_character(dirty):
    content = got(f"{MAP}map-2012-a4.svg").decode()
    assert_clean(content)
    ElementTree.fromstring(f"<pages>{content}</pages>")  # names of ten lines each need more than one page


@pytest.mark.parametrize("ending", ["geojson", "csv.zip", "kml", "gpkg"])
def test_files_of_maps_hold_no_control_character(dirty_features, ending, tmp_path):
    content = got(f"{MAP}routes.{ending}")
    if ending == "geojson":
        held = json.loads(content)
        assert held["title"].startswith(NAMED)
        assert clean_deep(held) == held
    elif ending == "csv.zip":
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            texts = [files.read(name).decode() for name in files.namelist()]
        assert_clean("".join(texts))
        assert NAMED in texts[1]
        assert len(list(csv.reader(io.StringIO(texts[0])))) > 10
    elif ending == "kml":
        assert_clean_xml(content)
        assert NAMED.encode() in content
    else:
        path = tmp_path / "x.gpkg"
        path.write_bytes(content)
        assert_clean("\n".join(texts_of_a_database(path)))


def texts_of_a_database(path) -> list[str]:
    found = []
    with sqlite3.connect(path) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                found += [cell for cell in row if isinstance(cell, str)]
    assert any(NAMED in text for text in found)
    return found


@pytest.mark.parametrize(
    "address",
    [
        f"{MAP}layers-4.geojson",
        "/api/ogc/collections",
        "/api/ogc/collections/mtm-2077-1-stops",
        "/api/ogc/collections/mtm-2077-1-segments/items?limit=20",
        "/api/ogc/",
    ],
)
def test_what_programs_read_of_maps_is_clean(dirty_features, address):
    held = json.loads(got(address))
    assert clean_deep(held) == held


@pytest.mark.parametrize("address", [f"{MAP}map-2012-a4.pdf", "/en/news/reviews/mtm/2026-10/review.pdf"])
def test_sheets_to_print_are_set_and_clean(dirty, address):
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(got(address))).pages)
    assert_clean(text)


def test_calendars_are_clean_and_keep_the_joiners_of_words(dirty):
    with viewing(DESK):
        Meeting.objects.filter(pk=Meeting.objects.latest("pk").pk).update(name_en="می\u200cخواهیم \u200fنص")
    text = got("/en/calendar/meetings.ics").decode().replace("\r\n ", "").replace("\r\n", "\n")
    assert_clean(text)
    assert NAMED in text
    assert "می\u200cخواهیم \u200fنص" in text


def test_lists_of_feeds_and_what_is_ones_own_are_clean(dirty):
    assert_clean_xml(body_of(browser_of("editor").get("/secretariat/newscentre/feed/opml/")))
    person = browser_of("official.ukr")
    confirm(person)
    held = json.loads(body_of(person.get("/en/accounts/data/")))
    assert held["account"]["name"].startswith(NAMED)
    assert clean_deep(held) == held


@pytest.mark.parametrize("language", ["en", "ar"])
def test_mails_are_clean_and_no_name_makes_a_header(dirty, language, django_capture_on_commit_callbacks):
    from accounts import mail as mails

    nasty = f"{DIRTY}\r\nBcc: spy@x.example\r\n\r\nBody \x1b"
    with django_capture_on_commit_callbacks(execute=True):
        mails.send(
            "ended",
            "somebody@imap.example",
            language,
            {"name": nasty, "partner": nasty, "person": nasty, "dialogues": nasty},
        )
        mails.send(
            "nominated",
            "somebody@imap.example",
            language,
            {"partner": nasty, "nomination": nasty, "page": "x", "name": nasty},
        )
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
        assert parsed["Bcc"] is None
        assert {name.lower() for name in parsed} <= {
            "content-type",
            "mime-version",
            "subject",
            "from",
            "to",
            "date",
            "message-id",
        }
        for part in (message.subject, message.body, message.alternatives[0][0]):
            assert_clean(part)


def test_press_reviews_and_digests_by_mail_are_clean(dirty, monkeypatch):
    from newscentre.reviews import mail as mails
    from newscentre.subscriptions.models import Mailing
    from tests.conftest import user_of

    user = user_of("official.ukr")
    monkeypatch.setattr(mails.mailings, "stop_address", lambda row, language: "https://x.example/")
    with viewing(DESK):
        Review.objects.update(is_mailed=True)
        number = Review.objects.get(month="2026-10").pk
    with viewing(user.viewer):
        message = mails.compose(Mailing(occasion=f"review:{number}"), user, user.last_login)
    assert NAMED in message.body
    for part in (message.subject, message.body, message.alternatives[0][0]):
        assert_clean(part)


# Names of files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [f"{DIRTY}.pdf", 'a"\r\nSet-Cookie: x=y\n.pdf', "../../etc/x.pdf", "اسم\x1b.pdf", "\x1b"]
)
def test_a_name_of_a_file_stays_in_its_header(name):
    header = content_disposition(name)
    assert header.startswith("attachment")
    assert_clean(header)
    assert not re.search(r"[\r\n/\\]", header.replace('\\"', ""))


def test_a_document_of_a_meeting_with_a_dirty_address_is_handed_out(dirty):
    with viewing(DESK):
        meeting = Meeting.objects.filter(audience__contains=["public"]).first()
        row = MeetingDocument(meeting=meeting, audience=["public"], kind="agenda", title="x", language="en")
        row.file.save("x.pdf", ContentFile(b"%PDF-1.4\n%%EOF\n"), save=False)
        row.kind_of_file, row.size = "pdf", 14
        row.save()
        change("newscentre_meeting", f"id = {meeting.pk}", slug="a\r\nSet-Cookie: x=y\x1b")
    answer = browser_of("stranger").get(f"/en/calendar/documents/{row.address_number}/")
    assert answer.status_code == 200
    assert_clean(answer["Content-Disposition"])
    assert "\n" not in answer["Content-Disposition"]
