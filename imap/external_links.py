"""Registers the places of external links in rooms that the news centre does not know: sources and texts."""

from collections.abc import Iterator
from datetime import date

from atlas.reference_version import advance
from indicators.models import Source
from newscentre.links.locations import Found, Place, register
from profiles.dead_links import addresses_in, newest_texts_with_addresses, tell_readers


def register_places() -> None:
    register(Place("sources", _of_sources, _tell_readers_of_sources))
    register(Place("texts", _of_texts, tell_readers))


def _of_sources() -> Iterator[Found]:
    for source in Source.objects.exclude(url=""):
        yield source.dialogue_id, source.url, source.log_name


def _tell_readers_of_sources(dialogue: str, address: str, gone_on: date | None) -> None:
    """Pages with a source that changed are made anew."""
    if Source.objects.filter(dialogue=dialogue, url=address).update(gone_on=gone_on):
        advance()


def _of_texts() -> Iterator[Found]:
    for text in newest_texts_with_addresses():
        profile = text.edition.profile
        for address in addresses_in(text.html):
            yield profile.dialogue_id, address, f"{profile.log_name}#{text.edition.number}"
