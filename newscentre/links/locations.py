"""Registry of the places where external links stand. Each room registers its own; the checker knows none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

# (dialogue, address, where it stands, in the words of the log)
Found = tuple[str, str, str]


@dataclass(frozen=True)
class Place:
    """`addresses`: all that stand there; `tell`: shows readers that one is gone, or (None) that it is back.

    Both are asked as every secretariat.
    """

    name: str
    addresses: Callable[[], Iterable[Found]]
    tell: Callable[[str, str, date | None], None]


PLACES: dict[str, Place] = {}


def register(place: Place) -> None:
    PLACES[place.name] = place
