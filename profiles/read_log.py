"""Who read which restricted edition, for the log. What everyone may read makes no line, whoever reads it.

The words of a line: `mtm/irregular-mixed-migration/morocco#3` for an edition as a whole, `…#3/detection` for a section.
"""

from collections.abc import Iterable

from access import tokens
from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from profiles.across import AcrossRow
from profiles.models import EditionText
from profiles.visible_edition import Address, VisibleEdition


def note_section(request: ReaderRequest, standing: VisibleEdition, section: str) -> None:
    shown = section or standing.opening
    if standing.is_restricted(shown):
        _note(request, standing.address.dialogue, [_words(standing.address, standing.number, shown)])


def note_edition(request: ReaderRequest, standing: VisibleEdition) -> None:
    if standing.is_restricted():
        _note(request, standing.address.dialogue, [_words(standing.address, standing.number)])


def note_across(request: ReaderRequest, dialogue: str, section: str, rows: Iterable[AcrossRow]) -> None:
    """A line for each profile of which a restricted text is shown."""
    restricted = [row.profile for row in rows if row.html and tokens.PUBLIC not in row.audience]
    addresses = [(Address(dialogue, profile.theme_id, profile.slug), profile.number) for profile in restricted]
    _note(request, dialogue, [_words(address, number, section) for address, number in addresses])


def note_texts(request: ReaderRequest, texts: Iterable[EditionText]) -> None:
    """A line for each section of which a part is shown."""
    for text in texts:
        profile = text.edition.profile
        address = Address(profile.dialogue_id, profile.theme_id, profile.slug)
        _note(request, profile.dialogue_id, [_words(address, text.edition.number, text.section.slug)])


def _note(request: ReaderRequest, dialogue: str, objects: list[str]) -> None:
    log_action(Action.READ, request.user, dialogue=dialogue, objects=objects)


def _words(address: Address, number: int, section: str = "") -> str:
    return f"{address}#{number}" + (f"/{section}" if section else "")
