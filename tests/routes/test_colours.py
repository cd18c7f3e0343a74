"""The colours of the routes are told apart by readers who see fewer of them, and stand out from land and sea."""

import re
from itertools import combinations

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
ROUTES = ("cm", "wm", "wa", "ea", "em")
# Machado, Oliveira and Fernandes (2009), severity 1.0: linear RGB as seen.
SEEN_BY = {
    "everyone": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopes": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopes": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopes": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)
APART = 14.0  # ΔE of CIE 1976; about 2.3 can just be told apart side by side


def linear(name: str) -> tuple[float, ...]:
    digits = re.search(rf"--{name}: #([0-9a-f]{{6}})", TOKENS)[1]
    shares = (int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4))
    return tuple(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)


def times(matrix, vector) -> tuple[float, ...]:
    return tuple(sum(factor * part for factor, part in zip(row, vector, strict=True)) for row in matrix)


def lab(colour: tuple[float, ...]) -> tuple[float, float, float]:
    xyz = times(TO_XYZ, [min(1.0, max(0.0, part)) for part in colour])
    x, y, z = (
        t ** (1 / 3) if (t := part / white) > 0.008856 else 7.787 * t + 16 / 116
        for part, white in zip(xyz, WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


@pytest.mark.parametrize("reader", SEEN_BY)
def test_each_two_routes_differ(reader):
    seen = {name: times(SEEN_BY[reader], linear(name)) for name in ROUTES}
    close = {pair: round(difference(seen[pair[0]], seen[pair[1]]), 1) for pair in combinations(ROUTES, 2)}
    assert {pair: value for pair, value in close.items() if value < APART} == {}


@pytest.mark.parametrize("ground", ["land", "sea", "paper"])
def test_each_route_stands_out_from_what_it_lies_on(ground):
    """WCAG 2.2, 1.4.11 asks 3 : 1 of what is needed to understand a picture; names on the map say it again."""
    luminance = {name: times(TO_XYZ, linear(name))[1] for name in (*ROUTES, ground)}
    ratios = {name: (luminance[ground] + 0.05) / (luminance[name] + 0.05) for name in ROUTES}
    assert {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < 3} == {}
