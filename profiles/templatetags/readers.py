"""Tags of readers' pages: the badge that says who can read, and titles of kinds."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from access.presets import Preset
from accounts.audiences.badges import CLASSES, EVERYONE, access_badge
from accounts.audiences.presets import preset_of, who_can_read

register = template.Library()


@register.simple_tag
def tier(audience: list[str]) -> str:
    """A small badge: open or restricted. The page of the profile says to whom."""
    preset = preset_of(audience)
    words = _("Open access") if preset is Preset.PUBLIC else _("Restricted access")
    return format_html('<span class="tier {}">{}</span>', CLASSES[preset], words)


@register.simple_tag(takes_context=True)
def narrower(context, audience: Iterable[str]) -> str:
    """The mark of what not every reader of the page may see."""
    return access_badge(audience, context.get("page_readers", EVERYONE))


@register.simple_tag
def narrower_name(name: Any) -> str:
    """The same of a name that was asked for by `told_to`."""
    return access_badge([]) if name.is_narrower else ""


@register.filter
def as_list(audience: tuple[str, ...]) -> list[str]:
    return list(audience)


@register.filter
def reads(audience: list[str]) -> str:
    """Who can read a section that is narrower than its page."""
    return who_can_read(audience)


@register.filter
def tier_class_of(audience: list[str]) -> str:
    return CLASSES[preset_of(audience)]


@register.filter
def tier_class(preset: Preset) -> str:
    return CLASSES[preset]


@register.simple_tag
def kind_title(kind: str) -> str:
    titles = {
        "country": _("Countries"),
        "route": _("Routes"),
        "hub": _("Hubs"),
        "region": _("Regions"),
        "city": _("Cities"),
    }
    return titles.get(kind, _("Other subjects"))
