"""Parses an entry's publication date as feeds write it in Arabic, French and English, in several calendars and clocks.

ISO 8601 and RFC 822 come first, since nearly all feeds write one of them; then the order of day, month and year, whatever
the months are called; then `dateparser`, which knows more and takes a hundred times as long.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from hijridate import Hijri

LONGEST = 100  # characters
MOST_SLOW = 200  # dates of one feed that are asked of the slow library
FIRST_HIJRI, LAST_HIJRI = 1343, 1500  # years that the calendar of Umm al-Qura covers
EPOCH = re.compile(r"(\d{9,10}|\d{13})(?:\.\d+)?")  # seconds or milliseconds since 1970
ISO = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]\d\d:?\d\d\S*)?(?: ?[+-]\d\d:?\d\d)?", re.I)

# Names of months, folded: of French and English, of the Maghreb, of Egypt and the Gulf, and of the Levant.
MONTHS = (
    "january jan janvier janv جانفي يناير كانون الثاني",
    "february feb fevrier fev fevr فيفري فبراير شباط",
    "march mar mars مارس اذار",
    "april apr avril avr افريل ابريل نيسان",
    "may mai ماي مايو ايار",
    "june jun juin جوان يونيو حزيران",
    "july jul juillet juil جويليه يوليو يوليوز تموز",
    "august aug aout aou اوت اغسطس غشت اب",
    "september sep sept septembre سبتمبر شتنبر ايلول",
    "october oct octobre اكتوبر تشرين الاول",
    "november nov novembre نوفمبر نونبر تشرين الثاني",
    "december dec decembre ديسمبر دجنبر كانون الاول",
)
HIJRI_MONTHS = (
    ("محرم", "المحرم"), ("صفر",), ("ربيع الاول",), ("ربيع الاخر", "ربيع الثاني"), ("جمادي الاولي", "جمادي الاول"),
    ("جمادي الاخره", "جمادي الثانيه", "جمادي الاخر"), ("رجب",), ("شعبان",), ("رمضان",), ("شوال",),
    ("ذو القعده", "ذي القعده", "ذو القعده"), ("ذو الحجه", "ذي الحجه"),
)  # fmt: skip
# Hours ahead of UTC. Names that several places use are those of the region; those of RFC 822 are America's.
ZONES = {
    "z": 0, "gmt": 0, "utc": 0, "ut": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "mez": 1,
    "mesz": 2, "wat": 1, "eet": 2, "eest": 3, "cat": 2, "sast": 2, "msk": 3, "trt": 3, "eat": 3, "ast": 3, "irst": 3.5, "gst": 4,
    "azt": 4, "pkt": 5, "uzt": 5, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
TIME = re.compile(
    r"(?<!\d)(\d{1,2})\s?[:h]\s?(\d\d)(?:\s?[:m]\s?(\d\d))?(?:[.,]\d+)?(?!\d)(?:\s?(am|pm|a\.m\.?|p\.m\.?|ص|م|صباحا|مساء)\b)?"
)
OF_THE_TIME = "\n"  # stands in its place while the day is looked for
HOUR = re.compile(r"\b(\d{1,2})\s?(h|heures?|am|pm)\b")
ZONE = re.compile(r"(?:\b(?:gmt|utc|ut|z)\s?)?([+-])(\d{1,2}):?(\d\d)?(?![\d/.-])|\b([a-z]{1,4}|[a-z]+/[a-z_]+)\s*\)?$")
AFTERNOON = {"pm", "p.m.", "p.m", "م", "مساء"}
MORNING = {"am", "a.m.", "a.m", "ص", "صباحا"}
ONE_FOR_SEVERAL = str.maketrans({"ى": "ي", "ة": "ه", "ٱ": "ا", "ـ": "", "،": ","})
OF_NUMBERS = re.compile(r"(?<!\d)(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\6(\d{4}))(?!\d)")


def _numbered(names: tuple[str, ...] | tuple[tuple[str, ...], ...]) -> dict[str, int]:
    """Each name → number of the month. In `MONTHS` two words are one name where the first is of both halves of a year."""
    found: dict[str, int] = {}
    for number, of_month in enumerate(names, 1):
        text = of_month if isinstance(of_month, str) else ""
        several = re.findall(r"(?:كانون|تشرين) \S+|\S+", text) if text else of_month
        found |= dict.fromkeys(several, number)
    return found


def _day_and_year(names: dict[str, int]) -> re.Pattern[str]:
    """“13 March 2026”, “1er mars 2026”, “13 كانون الثاني/يناير 2026”, “March 13, 2026”, “13-Mar-26”."""
    month = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    named = rf"(?<!\w)({month})(?!\w)\.?(?:\s?[/(-]\s?(?:{month})\)?)?"
    first = rf"(?<!\d)(\d{{1,2}})(?:er|e|st|nd|rd|th|o)?[\s,./-]*(?:de |of |من )?{named}[\s,./-]*(?:de |of |عام |سنه )?(\d{{4}}|\d\d)(?![\d:])"
    # Before the year may stand a zone, never another month: “mar 13 oct 2026” is a Tuesday (mardi) in October.
    zone = rf"(?!(?:{month})(?!\w))[a-z]{{2,4}} "
    second = rf"{named}[\s,-]*(\d{{1,2}})(?:er|st|nd|rd|th)?[\s,-]+(?:{zone})?(\d{{4}})(?![\d:])"
    return re.compile(f"{first}|{second}")


GREGORIAN, HIJRI = _numbered(MONTHS), _numbered(HIJRI_MONTHS)
IN_WORDS, IN_HIJRI = _day_and_year(GREGORIAN), _day_and_year(HIJRI)


@dataclass
class Clock:
    """Reads the dates of one feed, and asks the slow library for so many of them."""

    slow_left: int = MOST_SLOW

    def moment(self, text: str) -> str:
        """ISO 8601 in UTC; empty where no moment can be read. What says no zone is taken for UTC."""
        text = " ".join(text.split())[:LONGEST]
        for read in (_of_iso, _of_epoch, _of_words, self._by_library):
            try:
                moment = read(text) if text else None
            except (ValueError, OverflowError, OSError):
                continue
            if moment:
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
        return ""

    def _by_library(self, text: str) -> datetime | None:
        if not re.search(r"\d", text) or not re.search(r"[^\W\d]{3}", text) or self.slow_left <= 0:
            return None
        self.slow_left -= 1
        return _library()(_plain(text))


def _of_iso(text: str) -> datetime | None:
    if not ISO.fullmatch(text):
        return None
    moment = datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", text))
    return moment if moment.year > LAST_HIJRI else None


def _of_epoch(text: str) -> datetime | None:
    found = EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(found[1]) / (1000 if len(found[1]) == 13 else 1), UTC) if found else None


def _of_words(text: str) -> datetime | None:
    """A day of some calendar, then what time and zone stand beside it."""
    text = _plain(text)
    at = TIME.search(text) or HOUR.search(text)
    before, behind = (text[: at.start()], text[at.end() :]) if at else (text, "")
    found = _day(f"{before}{OF_THE_TIME}{behind}")
    if found is None:
        return None
    day, (first, last) = found
    hour, minute, second = _time(at) if at else (0, 0, 0)
    if (hour, minute, second) > (24, 0, 0) or minute > 59:
        return None
    if first > len(before):  # the day stands behind its time, and its numbers are no zone
        begins, ends = first - len(before) - 1, last - len(before) - 1
        behind = f"{behind[:begins]} {behind[ends:]}"
    zone = _zone(re.sub(r"\s\d{4}$", "", behind))
    return day.replace(tzinfo=zone) + timedelta(hours=hour, minutes=minute, seconds=second)


def _plain(text: str) -> str:
    """Small letters without accents, vowel signs and marks that turn the reading order, one for the forms of an Arabic one,
    digits as 0 to 9. Of the portal's code the process that reads feeds reaches this package alone.
    """
    letters = (
        letter for letter in unicodedata.normalize("NFKD", text) if unicodedata.category(letter) not in {"Mn", "Cf"}
    )
    plain = "".join(str(unicodedata.digit(letter, letter)) for letter in letters)
    return " ".join(plain.casefold().translate(ONE_FOR_SEVERAL).split())


def _day(text: str) -> tuple[datetime, tuple[int, int]] | None:
    """The day, and where it stands."""
    if found := IN_WORDS.search(text):
        day, month, year = _parts(found)
        return datetime(_year(year), GREGORIAN[month], int(day), tzinfo=UTC), found.span()
    if found := IN_HIJRI.search(text):
        day, month, year = _parts(found)
        return _of_hijri(int(year), HIJRI[month], int(day)), found.span()
    found = OF_NUMBERS.search(text)
    return (_day_in_numbers(found), found.span()) if found else None


def _day_in_numbers(found: re.Match[str]) -> datetime:
    """The day before the month, as in the region, unless there is no such month."""
    year, month, day = (int(found[at] or found[other]) for at, other in ((1, 8), (3, 7), (4, 5)))
    if FIRST_HIJRI <= year <= LAST_HIJRI:
        return _of_hijri(year, month, day)
    return datetime(year, *((day, month) if month > 12 else (month, day)), tzinfo=UTC)


def _parts(found: re.Match[str]) -> tuple[str, str, str]:
    """Day, month and year, in whichever order they stood."""
    day, month, year, other_month, other_day, other_year = found.groups()
    return (day, month, year) if day else (other_day, other_month, other_year)


def _year(text: str) -> int:
    """Expands a year of two digits as RFC 822 defines it."""
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 70 else 1900)


def _of_hijri(year: int, month: int, day: int) -> datetime:
    """Raises ValueError or OverflowError for a day that the calendar does not have."""
    found = Hijri(year, month, day).to_gregorian()
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def _time(at: re.Match[str]) -> tuple[int, int, int]:
    """The time in a match of `TIME` or `HOUR`."""
    if at.re is HOUR:
        hour, minute, second, half = int(at[1]), 0, 0, at[2]
    else:
        hour, minute, second, half = int(at[1]), int(at[2]), int(at[3] or 0), at[4] or ""
    if half in AFTERNOON and hour < 12:
        hour += 12
    return (0 if half in MORNING and hour == 12 else hour), minute, min(second, 59)


def _zone(text: str) -> tzinfo:
    """The UTC offset in the text behind the time; UTC if it names none that is known."""
    found = ZONE.search(re.sub(r"[()]", " ", text.replace("\u2212", "-")).strip())
    if found and found[1]:
        hours, minutes = (found[2], found[3] or "0") if len(found[2]) < 3 else (found[2][:-2], found[2][-2:])
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-ahead if found[1] == "-" else ahead) if ahead < timedelta(hours=15) else UTC
    name = found[4] if found else ""
    if "/" in name:
        return _of_place(name)
    return timezone(timedelta(hours=ZONES.get(name, 0)))


def _of_place(name: str) -> tzinfo:
    try:
        return ZoneInfo("/".join(part.title() for part in name.split("/")))
    except (ValueError, OSError, KeyError):
        return UTC


@lru_cache(maxsize=1)
def _library() -> Callable[[str], datetime | None]:
    """Loaded by the first date that needs it."""
    from dateparser import DateDataParser

    reader = DateDataParser(
        languages=["ar", "fr", "en"],
        settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "TIMEZONE": "UTC",
                  "RETURN_AS_TIMEZONE_AWARE": True, "DATE_ORDER": "DMY"},
    )  # fmt: skip
    return lambda text: reader.get_date_data(text).date_obj
