"""Whose pages are measured: sections by one visit or another, and lists."""

from enum import StrEnum


class Reader(StrEnum):
    PUBLIC = "the public"
    OFFICIAL = "an official, signed in"


class Visit(StrEnum):
    FIRST = "first visit, page not kept"
    REPEAT = "repeat visit"
    UNCHANGED = "unchanged (304)"


SECTION = {
    Reader.PUBLIC: "/en/maps/mtm/migration-development/morocco/",
    Reader.OFFICIAL: "/en/maps/mtm/irregular-mixed-migration/morocco/",
}
THEME = "/en/maps/mtm/irregular-mixed-migration/"
LISTS = {
    "home": "/en/",
    "all profiles": "/en/maps/",
    "dialogue": "/en/maps/mtm/",
    "theme": THEME,
    "theme by area": f"{THEME}?by=area",
    "across": f"{THEME}across/detection/",
    "countries": "/en/countries/",
}
