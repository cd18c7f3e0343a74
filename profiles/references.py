"""Figures cited in texts: `<data value="[subject/]indicator/period/source">29,891,708</data>`.

The value names a figure: the slug of its subject where that is not the profile's own, the slug of its indicator, its
period as it is kept (atlas.periods), the slug of its source: `population-total/2004/hcp`,
`niger/population-total/2007/gapminder`. It never names a vintage or a breakdown: publishing takes the newest vintage
of the figure of the whole. Between the tags stands a number for those who write, or nothing; readers get the one that
the portal writes. Pure: no database.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from atlas.periods import FORM as PERIOD

SLUG = r"[\w\-]+"
# Without named groups, so that browsers understand it too.
PATTERN = rf"(?:{SLUG}/)?{SLUG}/{re.sub(r'[?]P<[a-z]+>', '?:', PERIOD.pattern)}/{SLUG}"
_FORM = re.compile(PATTERN, re.ASCII)
_NUMBER = r"(?:&nbsp;|[\d\s.,'’٫٬+−-])*"  # nothing else that publishing would lose
_CITED = re.compile(rf'<data value="({PATTERN})">({_NUMBER})</data>')
_TAG = re.compile(rf"({_CITED.pattern})|</?data\b[^>]*>")


@dataclass(frozen=True)
class Reference:
    """A reference taken apart; `subject` is empty where it is the profile's own."""

    subject: str
    indicator: str
    period: str
    source: str

    @classmethod
    def of(cls, text: str) -> "Reference":
        """Raises ValueError when the text is no reference."""
        if not is_reference(text):
            raise ValueError(f"not a reference: {text!r}")
        *subject, indicator, period, source = text.split("/")
        return cls("".join(subject), indicator, period, source)

    def __str__(self) -> str:
        return "/".join(filter(None, (self.subject, self.indicator, self.period, self.source)))


def is_reference(text: str) -> bool:
    return _FORM.fullmatch(text) is not None


def only_references(html: str) -> str:
    """Cleaned HTML without the tags `data` that name no figure, or hold more than a number; what they hold stays."""
    return _TAG.sub(lambda tag: tag[1] or "", html)


def number_of_elements(html: str) -> int:
    """How many figures a person who wrote this, cleaned or not, wanted to cite."""
    return len(re.findall(r"<data\b", html, re.IGNORECASE))


def references_in(html: str) -> list[str]:
    """The references of a cleaned text, each once, in its order."""
    return list(dict.fromkeys(cited[1] for cited in _CITED.finditer(html)))


def with_figures(html: str, written: Callable[[str], str]) -> str:
    """A cleaned text with what `written` gives for a reference in place of each element that names one."""
    return _CITED.sub(lambda cited: written(cited[1]), html)


def with_numbers(html: str, numbers: dict[str, str]) -> str:
    """A cleaned text with these numbers between the tags; a reference that has none keeps what stands there."""
    return _CITED.sub(lambda cited: element(cited[1], numbers.get(cited[1], cited[2])), html)


def without_numbers(html: str) -> str:
    return with_figures(html, lambda reference: element(reference, ""))


def element(reference: str, number: str) -> str:
    return f'<data value="{reference}">{number}</data>'
