"""Places the names on a printed map without overlap, important ones first, in millimetres. Pure: no Django."""

from collections.abc import Iterable
from dataclasses import dataclass

from routes.printing.drawing import STOP_MM

LETTER = 0.56  # of the size of the letters, how wide one is on average
LINE = 1.25
GAP_MM = 0.6
MM_PER_POINT = 0.3528


@dataclass(frozen=True)
class Name:
    """`at`: the place it names, from the upper left corner. The lower the rank, the more it matters."""

    text: str
    at: tuple[float, float]
    size_pt: float
    rank: int


@dataclass(frozen=True)
class Label:
    """A name with its room: the upper left corner of a box of this width and height."""

    text: str
    x: float
    y: float
    width: float
    height: float
    size_pt: float
    rank: int
    side: str = "center"  # of its room on which the name stands: that of its place

    def meets(self, other: "Label") -> bool:
        apart = self.x + self.width <= other.x or other.x + other.width <= self.x
        return not (apart or self.y + self.height <= other.y or other.y + other.height <= self.y)


def placed(names: Iterable[Name], width: float, height: float) -> list[Label]:
    """Each name beside its place where there is room: on the right, the left, above, below; else it is left out."""
    names = list(names)
    dots = [_room_of_dot(name) for name in names]
    labels: list[Label] = []
    for name in sorted(names, key=lambda name: (name.rank, name.text)):
        for label in _beside(name):
            is_inside = label.x >= 0 and label.x + label.width <= width and 0 <= label.y <= height - label.height
            if is_inside and not any(label.meets(other) for other in (*labels, *dots)):
                labels.append(label)
                break
    return labels


def _beside(name: Name) -> Iterable[Label]:
    size = name.size_pt * MM_PER_POINT
    wide, high = max(len(name.text), 2) * size * LETTER, size * LINE
    x, y = name.at
    away = STOP_MM + GAP_MM
    for left, top, side in (
        (x + away, y - high / 2, "left"), (x - away - wide, y - high / 2, "right"),
        (x - wide / 2, y - away - high, "center"), (x - wide / 2, y + away, "center"),
    ):  # fmt: skip
        yield Label(name.text, left, top, wide, high, name.size_pt, name.rank, side)


def _room_of_dot(name: Name) -> Label:
    x, y = name.at
    return Label("", x - STOP_MM, y - STOP_MM, 2 * STOP_MM, 2 * STOP_MM, 0, 0)
