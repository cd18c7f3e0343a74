"""Formats numbers and dates in each language with Babel. Digits are Latin everywhere.

Arabic months stand in their double form (كانون الثاني/يناير). A partial date stays partial.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language, gettext_lazy

from atlas.periods import FORM

RIGHT_TO_LEFT = {"ar", "fa", "ur", "he"}
MASHREQ, MAGHREB = "ar_LB", "ar_EG"  # the two usages of month names that the double form joins
QUARTERS = {
    "1": gettext_lazy("first quarter of %(year)s"),
    "2": gettext_lazy("second quarter of %(year)s"),
    "3": gettext_lazy("third quarter of %(year)s"),
    "4": gettext_lazy("fourth quarter of %(year)s"),
}


@cache
def _locale(language: str) -> Locale:
    return Locale.parse({"ar": "ar_EG", "en": "en_GB"}.get(language, language))


def _language(language: str | None) -> str:
    return (language or get_language() or "en").split("-")[0]


def direction(language: str) -> str:
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def number(value: Decimal | int | float, decimals: int | None = None, language: str | None = None) -> str:
    """29,891,708 in English and Arabic, 29 891 708 (narrow no-break spaces) in French."""
    pattern = None if decimals is None else _digits(decimals)
    return format_decimal(value, format=pattern, locale=_locale(_language(language)), numbering_system="latn")


def plain_number(value: Decimal | int) -> str:
    """A number as forms and storage write it, in every language: 29891708, 1.38, without trailing zeros."""
    return f"{Decimal(value).normalize():f}"


def percent(value: Decimal | int, decimals: int = 0, language: str | None = None) -> str:
    """1.38% in English and Arabic, 1,38 % (with a narrow no-break space) in French, for the value 1.38 per cent."""
    locale = _locale(_language(language))
    pattern = locale.percent_formats[None].pattern.replace("#,##0", _digits(decimals)).replace("\u00a0", "\u202f")
    return format_percent(Decimal(value) / 100, format=pattern, locale=locale, numbering_system="latn")


def _digits(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def month(number_of_month: int, language: str | None = None) -> str:
    language = _language(language)
    if language == "ar":
        return "/".join(
            Locale.parse(usage).months["stand-alone"]["wide"][number_of_month] for usage in (MASHREQ, MAGHREB)
        )
    return _locale(language).months["format"]["wide"][number_of_month]


def first_weekday(language: str | None = None) -> int:
    """The day on which a week begins; 0 is Monday."""
    return _locale(_language(language)).first_week_day


def weekdays(language: str | None = None) -> list[tuple[str, str]]:
    """(short name, name) of the days of a week, from its first on."""
    names = _locale(_language(language)).days["stand-alone"]
    first = first_weekday(language)
    return [(names["abbreviated"][day % 7], names["wide"][day % 7]) for day in range(first, first + 7)]


def period(text: str, language: str | None = None) -> str:
    """“2013”, “second quarter of 2013”, “June 2013” or “18 June 2013”, for 2013, 2013-Q2, 2013-06, 2013-06-18."""
    parts = FORM.fullmatch(text or "")
    if parts is None:
        return text or ""
    year = parts["year"]
    if parts["quarter"]:
        return QUARTERS[parts["quarter"]] % {"year": year}
    if not parts["month"]:
        return year
    words = f"{month(int(parts['month']), language)} {year}"
    if not parts["day"]:
        return words
    day = int(parts["day"])
    return f"1er {words}" if day == 1 and _language(language) == "fr" else f"{day} {words}"


def span(starts: str, ends: str, language: str | None = None) -> str:
    """“29–30 March 2012”, or both partial dates as they are: “30 March – 2 April 2012” is “30 March 2012 – 2 April 2012”."""
    if not ends or ends == starts:
        return period(starts, language)
    if len(starts) == len(ends) == 10 and starts[:7] == ends[:7]:
        first = f"{int(starts[8:])}er" if starts[8:] == "01" and _language(language) == "fr" else f"{int(starts[8:])}"
        return f"{first}–{period(ends, language)}"
    if len(starts) == len(ends) == 4:
        return f"{starts}–{ends}"
    return f"{period(starts, language)} – {period(ends, language)}"


def day(value: date | datetime, language: str | None = None) -> str:
    return period(f"{value:%Y-%m-%d}", language)


def language(code: str, written_in: str | None = None) -> str:
    """The name of a language in another, as it stands inside a sentence: Arabic, arabe, العربية."""
    return _locale(_language(written_in)).languages.get(code, code)


__all__ = ["day", "direction", "first_weekday", "language", "month", "number", "percent", "period", "span", "weekdays"]
