"""Template filters for numbers, dates, order and direction in the reader's language."""

from django import template
from django.conf import settings
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from atlas import sorting, wording

register = template.Library()
register.filter("number", wording.number)
register.filter("period", wording.period)
register.filter("day", wording.day)
register.filter("language_in_words", wording.language)
register.filter("direction", wording.direction)
register.simple_tag(wording.span, name="span")
register.filter("in_reading_order", sorting.in_reading_order)

LANGUAGE_NAMES = dict(settings.LANGUAGES) | {"ru": "Русский"}


@register.filter
def language_name(language: str) -> str:
    """A language in its own name."""
    return LANGUAGE_NAMES.get(language, language)


@register.simple_tag
def comma_list(*parts: object) -> SafeString:
    """The parts that are not empty, with the comma of the reader's language between them."""
    return format_html_join(gettext(", "), "{}", [(part,) for part in parts if part])
