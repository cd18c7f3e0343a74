"""Registers this room's places of external links: links, and the publishers of publications."""

from collections.abc import Iterator
from datetime import date

from newscentre.links.locations import Found, Place, register
from newscentre.models import Link, Publication


def register_own() -> None:
    register(Place("links", _of_links, _tell_readers_of_links))
    register(Place("library", _of_publications, _tell_readers_of_publications))


def _of_links() -> Iterator[Found]:
    for link in Link.objects.all():
        yield link.dialogue_id, link.address, link.log_name


def _tell_readers_of_links(dialogue: str, address: str, gone_on: date | None) -> None:
    Link.objects.filter(dialogue=dialogue, address=address).update(gone_on=gone_on)


def _of_publications() -> Iterator[Found]:
    for publication in Publication.objects.exclude(link=""):
        yield publication.dialogue_id, publication.link, publication.log_name


def _tell_readers_of_publications(dialogue: str, address: str, gone_on: date | None) -> None:
    Publication.objects.filter(dialogue=dialogue, link=address).update(gone_on=gone_on)
