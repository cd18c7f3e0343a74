"""When an article was published: as feeds write it in several languages, calendars and zones, or that nobody knows."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscentre.models import Article
from newscentre.stages import dates
from newscentre.stages.dates import MOST_SLOW, Clock
from newscentre.stages.json_feed import read
from tests.newscentre.test_odd_feeds import come_in, from_loopback, odd, rss, said  # noqa: F401
from tests.readers import body_of


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Vendredi, 13 Mars, 2026 - 12:22", "2026-03-13T12:22"),
        ("Ven, 13 Mar 2026 12:22:00 +0100", "2026-03-13T11:22"),
        ("Mer, 04 Fév 2026 10:00:00 +0100", "2026-02-04T09:00"),
        ("Fri, 13 Mar 2026 12:22:00", "2026-03-13T12:22"),
        ("lundi 3 août 2026 à 10h30", "2026-08-03T10:30"),
        ("le 1er mars 2026", "2026-03-01T00:00"),
        ("13 juillet 2026 à 08 h 05", "2026-07-13T08:05"),
        ("dim. 13 déc. 2026, 12:22", "2026-12-13T12:22"),
        ("13 كانون الثاني 2026", "2026-01-13T00:00"),
        ("13 كانون الثاني/يناير 2026 10:00", "2026-01-13T10:00"),
        ("28 تشرين الثاني 2026 14:05", "2026-11-28T14:05"),
        ("١٣ آذار ٢٠٢٦", "2026-03-13T00:00"),
        ("الجمعة، ١٣ مارس ٢٠٢٦ ٠٩:٤٥ م", "2026-03-13T21:45"),
        ("الجمعة 13 مارس 2026 - 10:30 ص", "2026-03-13T10:30"),
        ("13 جانفي 2026", "2026-01-13T00:00"),
        ("3 أوت 2026 12:00", "2026-08-03T12:00"),
        ("5 غشت 2026", "2026-08-05T00:00"),
        ("11 رمضان 1447 هـ", "2026-02-28T00:00"),
        ("١١ رمضان ١٤٤٧هـ الموافق ٢٨ فبراير ٢٠٢٦م", "2026-02-28T00:00"),
        ("1447/09/11", "2026-02-28T00:00"),
        ("20 جمادى الآخرة 1448", "2026-11-30T00:00"),
        ("Mon, 02 Mar 2026 10:00:00 CET", "2026-03-02T09:00"),
        ("Mon, 02 Mar 2026 10:00:00 CEST", "2026-03-02T08:00"),
        ("Mon, 02 Mar 2026 10:00:00 EET", "2026-03-02T08:00"),
        ("Mon, 02 Mar 2026 10:00:00 MSK", "2026-03-02T07:00"),
        ("Mon, 02 Mar 2026 10:00:00 UTC+01:00", "2026-03-02T09:00"),
        ("Mon, 02 Mar 2026 10:00:00 GMT+3", "2026-03-02T07:00"),
        ("Mon, 02 Mar 2026 10:00:00 GMT+0300", "2026-03-02T07:00"),
        ("Mon, 02 Mar 2026 10:00:00 +03", "2026-03-02T07:00"),
        ("Mon, 02 Mar 2026 10:00:00 -0530", "2026-03-02T15:30"),
        ("Mon, 02 Mar 2026 10:00:00 EST", "2026-03-02T15:00"),
        ("Mon, 02 Mar 2026 10:00:00 (CET)", "2026-03-02T09:00"),
        ("Fri, 13 Mar 2026 12:22:00 Europe/Paris", "2026-03-13T11:22"),
        ("Mon Mar  2 10:00:00 CET 2026", "2026-03-02T09:00"),
        ("Mon, 02 Mar 26 10:00 GMT", "2026-03-02T10:00"),
        ("Fri, 13 Mar 2026 24:00:00 GMT", "2026-03-14T00:00"),
        ("March 5th, 2026 at 5pm", "2026-03-05T17:00"),
        ("13/03/2026 10:00", "2026-03-13T10:00"),
        ("13.03.2026 12:22", "2026-03-13T12:22"),
        ("2026/03/13 12:22", "2026-03-13T12:22"),
        ("2026-03-13T12:22:00+01:00", "2026-03-13T11:22"),
        ("2026-03-13 12:22:00 +0100", "2026-03-13T11:22"),
        ("20260313T122200Z", "2026-03-13T12:22"),
        ("1773404520", "2026-03-13T12:22"),
        ("1773404520000", "2026-03-13T12:22"),
    ],
)
def test_a_date_is_read_in_its_language_calendar_and_zone(written, moment):
    assert Clock().moment(written)[:16] == moment


# Names as feeds write them. French shortens Tuesday and March to the same three letters.
WEEKDAYS = {
    "fr": ("lundi mardi mercredi jeudi vendredi samedi dimanche", "lun mar mer jeu ven sam dim"),
    "en": ("Monday Tuesday Wednesday Thursday Friday Saturday Sunday", "Mon Tue Wed Thu Fri Sat Sun"),
    "ar": ("الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد", "اثنين ثلاثاء أربعاء خميس جمعة سبت أحد"),
}
MONTHS = {
    "fr": (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv févr mar avr mai juin juil août sept oct nov déc",
        "jan fév mars avr mai jun jul aou sep oct nov dec",
    ),
    "en": (
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Jan Feb Mar Apr May June July Aug Sept Oct Nov Dec",
    ),
    "ar": (
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
        "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
    ),
}
FORMS = (
    "{weekday}, 13 {month} 2026 10:00:00 +0200",
    "{weekday} 13 {month} 2026 - 10:00 +02:00",
    "{weekday}. 13 {month}. 2026, 10:00 GMT+2",
    "10:00 {weekday} 13 {month} 2026 +0200",
    "{weekday}, 13-{month}-2026 10:00 +0200",
)
MONTH_FIRST = ("{weekday}, {month} 13, 2026 10:00 +0200", "{weekday} {month} 13 10:00:00 EET 2026")


@pytest.mark.parametrize(
    ("language", "form"), [*product(MONTHS, FORMS), *product(["en"], MONTH_FIRST)], ids=lambda value: value
)
def test_no_day_of_the_week_is_taken_for_a_month(language, form):
    """Every day of the week, in full and shortened, beside every month, in full and in each of its short forms."""
    weekdays = [weekday for names in WEEKDAYS[language] for weekday in names.split()]
    months = [(number, month) for names in MONTHS[language] for number, month in enumerate(names.split(), 1)]
    read = {
        written: (f"2026-{number:02}-13T08:00", Clock(slow_left=0).moment(written)[:16])
        for weekday, (number, month) in product(weekdays, months)
        for written in [form.format(weekday=weekday, month=month.replace("_", " "))]
    }
    assert not {written: found for written, (meant, found) in read.items() if found != meant}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("10:00 2026-03-13", "2026-03-13T10:00"),
        ("10:00 2026-03-13 +0100", "2026-03-13T09:00"),
        ("10:00 13-03-2009", "2009-03-13T10:00"),
        ("10:00 13-Mar-09", "2009-03-13T10:00"),
        ("10:00 14-09-1426", "2005-10-17T10:00"),
        ("10:00 CET 13 mars 2026", "2026-03-13T09:00"),
        ("10h30 13/03/2026", "2026-03-13T10:30"),
        ("13 mars 2026 à 10h CET", "2026-03-13T09:00"),
        ("March 5th, 2026 at 5pm EST", "2026-03-05T22:00"),
    ],
)
def test_a_day_behind_its_time_is_no_zone(written, moment):
    assert Clock().moment(written)[:16] == moment


@pytest.mark.parametrize(
    "written", ["", "soon", "31 Feb 2026 10:00", "13", "2026", "12:22", "45 mars 2026", "30 رمضان 9999", "--", "٣"]
)
def test_what_is_no_date_is_none(written):
    assert Clock().moment(written) == ""


@given(st.text(max_size=200))
def test_nothing_that_stands_for_a_date_stops_the_feed(written):
    assert isinstance(Clock(slow_left=0).moment(written), str)


def test_the_slow_library_is_asked_for_so_many_dates_of_a_feed(monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(dates, "_library", lambda: asked.append)
    clock = Clock()
    for number in range(MOST_SLOW * 3):
        clock.moment(f"the {number}th of nevermber")
    assert len(asked) == MOST_SLOW


def test_a_json_feed_may_count_seconds_or_write_as_mails_do():
    written = [1773404520, 1773404520000, "1773404520", "Fri, 13 Mar 2026 12:22:00 GMT", "2026-03-13T12:22:00Z"]
    items = [{"id": str(number), "title": "x", "date_published": date} for number, date in enumerate(written)]
    found = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    assert {entry.published_at for entry in found.entries} == {"2026-03-13T12:22:00+00:00"}


@pytest.mark.parametrize(
    ("name", "moments"),
    [
        ("french-dates.xml", ["03-13 12:22", "03-13 11:22", "02-04 09:00", "03-13 12:22"]),
        ("zone-names-cet-eet-msk.xml", ["03-02 09:00", "03-02 08:00", "03-02 07:00", "03-02 09:00"]),
    ],
)
def test_dates_come_in_as_they_were_meant(come_in, name, moments):
    assert [f"{row.published_at:%m-%d %H:%M}" for row in come_in(odd(name))] == moments


def test_a_date_that_nobody_can_read_is_said_to_be_unknown(come_in, client, reader):
    """It stands in the list where it came in, and is nowhere told as the article's own."""
    item = "<title>Talks</title><link>https://a.example/1</link><pubDate>last Tuesday, early</pubDate>"
    [row] = come_in(rss(item))
    assert not row.is_date_known
    assert row.published_at == row.seen_at
    unknown = {"en": "date unknown, seen on", "fr": "date inconnue, vu le", "ar": "التاريخ غير معروف"}
    for language, words in unknown.items():
        for path in ("news/", f"news/{row.address_number}/"):
            page = body_of(client.get(f"/{language}/{path}")).decode()
            assert words in page
            assert f'datetime="{row.published_at:%Y-%m-%d}' not in page
    assert "date unknown, seen on" in body_of(reader("editor").get("/secretariat/newscentre/article/")).decode()
    assert b"<pubDate>" not in body_of(client.get("/en/news/rss/"))
    assert b"<published>" not in body_of(client.get("/en/news/atom/"))


def test_a_date_that_is_told_later_is_taken(come_in):
    item = "<title>Talks</title><link>https://a.example/1</link>"
    [row] = come_in(rss(item))
    assert not row.is_date_known
    [row] = come_in(rss(f"{item}<pubDate>13 Mars 2026</pubDate>"))
    assert (row.is_date_known, f"{row.published_at:%Y-%m-%d}") == (True, "2026-03-13")


def test_a_date_that_an_editor_knows_is_known(come_in, reader):
    from access.viewing import viewing
    from tests.newscentre.test_odd_feeds import DESK

    [row] = come_in(rss("<title>Talks</title><link>https://a.example/1</link>"))
    editor, address = reader("editor"), f"/secretariat/newscentre/article/{row.pk}/change/"
    form = editor.get(address).context["adminform"].form
    values = {name: "" if value is None else value for name, value in form.initial.items()}
    values |= {
        "published_at_0": "2026-03-13",
        "published_at_1": "10:00:00",
        "summary_en": "",
        "summary_fr": "",
        "summary_ar": "",
    }
    assert editor.post(address, values).status_code == 302
    with viewing(DESK):
        row = Article.objects.get(pk=row.pk)
    assert (row.is_date_known, f"{row.published_at:%Y-%m-%d}") == (True, "2026-03-13")
