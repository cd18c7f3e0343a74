"""External links in published texts, and which of them are no longer available: readers are told beside the link."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from html import unescape

from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import get_language

from access.viewer import Viewer
from atlas.reference_version import advance
from profiles.models import Edition, EditionText, GoneLink

LINK = re.compile(r'<a [^>]*href="(https?://[^"]+)"[^>]*>.*?</a>', re.DOTALL)  # as profiles.texts leaves it

ByText = dict[int, dict[str, date]]  # text → address → the day on which it was found gone


def newest_texts_with_addresses() -> QuerySet[EditionText]:
    """Those of the newest edition of each profile, and the same of earlier ones, which may be what a reader is shown.

    Others of older editions stay as they were.
    """
    newest = Edition.objects.order_by("profile_id", "-number").distinct("profile_id").values("pk")
    alike = EditionText.objects.filter(
        edition__in=newest, section=OuterRef("section"), language=OuterRef("language"), html=OuterRef("html")
    )
    texts = EditionText.objects.filter(Exists(alike), html__contains='href="http')
    return texts.select_related("edition__profile")


def addresses_in(html: str) -> set[str]:
    return {unescape(address) for address in LINK.findall(html)}


def tell_readers(dialogue: str, address: str, gone_on: date | None) -> None:
    """Notes in every newest text of the dialogue that has the address that it is gone, or (without a day) that it is back.

    Pages that are kept are made anew.
    """
    changed, _ = GoneLink.objects.filter(address=address, text__edition__profile__dialogue=dialogue).delete()
    if gone_on:
        texts = newest_texts_with_addresses().filter(edition__profile__dialogue=dialogue)
        leading = [text for text in texts if address in addresses_in(text.html)]
        GoneLink.objects.bulk_create([GoneLink(text=text, address=address, gone_on=gone_on) for text in leading])
        changed += len(leading)
    if changed:
        advance()


def gone_from(texts: Iterable[EditionText], viewer: Viewer) -> ByText:
    """One query, none when no text leads outside."""
    leading = [text.pk for text in texts if addresses_in(text.html)]
    found: ByText = {}
    for row in GoneLink.objects.visible_to(viewer).filter(text__in=leading) if leading else ():
        found.setdefault(row.text_id, {})[row.address] = row.gone_on
    return found


def with_gone(html: str, gone: Mapping[str, date]) -> str:
    """A text in which each link that leads nowhere is followed by a note in the page's language."""

    def told(link: re.Match[str]) -> str:
        gone_on = gone.get(unescape(link[1]))
        if gone_on is None:
            return link[0]
        return f"{link[0]} {render_to_string('gone.html', {'gone_on': gone_on, 'language': get_language()})}"

    return LINK.sub(told, html) if gone else html
