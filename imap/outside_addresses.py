"""The places of outside addresses in the rooms that the news centre does not know: sources of figures, and texts."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

from atlas.revision import advance
from indicators.models import Source
from newscentre.links.places import Found, Place, register
from profiles.models import Edition, EditionText

LINK = re.compile(r'href="(https?://[^"]+)"')  # as profiles.texts writes it


def register_places() -> None:
    register(Place("sources", _of_sources, _tell_readers_of_sources))
    register(Place("texts", _of_texts))


def _of_sources() -> Iterator[Found]:
    for source in Source.objects.exclude(url=""):
        yield source.dialogue_id, source.url, source.log_name


def _tell_readers_of_sources(dialogue: str, address: str, gone_on: date | None) -> None:
    """Pages with a source that changed are made anew."""
    if Source.objects.filter(dialogue=dialogue, url=address).update(gone_on=gone_on):
        advance()


def _of_texts() -> Iterator[Found]:
    """Those of the newest edition of each profile; older ones stay as they were."""
    newest = Edition.objects.order_by("profile_id", "-number").distinct("profile_id").values("pk")
    texts = EditionText.objects.filter(edition__in=newest, html__contains='href="http')
    for text in texts.select_related("edition__profile"):
        profile = text.edition.profile
        for address in LINK.findall(text.html):
            yield profile.dialogue_id, unescape(address), f"{profile.log_name}#{text.edition.number}"
