"""Where outside addresses stand on the portal. Each room registers its own; the checker knows none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

# (dialogue, address, where it stands, in the words of the log)
Found = tuple[str, str, str]


def tell_nobody(dialogue: str, address: str, gone_on: date | None) -> None:
    """Of places where readers are not told: the desk's page is all there is."""


@dataclass(frozen=True)
class Place:
    """`addresses`: all that stand there; `tell`: shows readers that one is gone, or (None) that it is back.

    Both are asked as every secretariat.
    """

    name: str
    addresses: Callable[[], Iterable[Found]]
    tell: Callable[[str, str, date | None], None] = tell_nobody


PLACES: dict[str, Place] = {}


def register(place: Place) -> None:
    PLACES[place.name] = place
