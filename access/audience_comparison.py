"""Whether a change of audience lets more people read."""

from collections.abc import Iterable

from access import tokens

OF_NOMINATED = ("dialogue:", "partner:")  # kinds whose holders are nominated users, all of them


def is_covered(audience: Iterable[str], by: Iterable[str]) -> bool:
    """Whether everyone whom this audience names may read by the other one already.

    Secretariats are left aside: each is in the audience of its own rows. Members of a group need not be nominated.
    """
    wider = set(by)
    return tokens.PUBLIC in wider or all(_is_among(token, wider) for token in audience)


def _is_among(token: str, wider: set[str]) -> bool:
    if token in wider or token.startswith("secretariat:"):
        return True
    return tokens.NOMINATED in wider and token.startswith(OF_NOMINATED)
