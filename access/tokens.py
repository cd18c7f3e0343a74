"""Builds and recognises tokens, of which audiences and viewers consist.

A token is `public`, `nominated` or `<kind>:<name>[:<name>]`, in small letters, digits and hyphens. `group:` and `person:`
count only while their holder stands in the dialogue that gave them; `self:` is held for as long as there is an account.
"""

import re
from collections.abc import Iterable

PUBLIC = "public"
NOMINATED = "nominated"

FORM = re.compile(
    r"public|nominated|(?:partner|authority|group|secretariat):[a-z0-9][a-z0-9-]*|self:[0-9]+"
    r"|dialogue:[a-z0-9-]+:[a-z0-9-]+|person:[a-z0-9][a-z0-9-]*:[0-9]+"
)


def dialogue(dialogue: str, theme: str) -> str:
    return f"dialogue:{dialogue}:{theme}"


def partner(partner: str) -> str:
    return f"partner:{partner}"


def authority(partner: str) -> str:
    """Token of those whom a partner authorised to nominate its people."""
    return f"authority:{partner}"


def group(group: str) -> str:
    return f"group:{group}"


def person(dialogue: str, user_id: int) -> str:
    """Token of a reader named by a dialogue's secretariat; held while they belong to the dialogue."""
    return f"person:{dialogue}:{user_id}"


def own(user_id: int) -> str:
    """Token of what is a person's own: saved searches, lines of the log, the course of their nomination."""
    return f"self:{user_id}"


def secretariat(dialogue: str) -> str:
    return f"secretariat:{dialogue}"


def named(words: Iterable[str], kind: str) -> list[str]:
    """The names in the tokens of a kind, sorted: `group:experts` gives `experts`."""
    return sorted(word.removeprefix(f"{kind}:") for word in words if word.startswith(f"{kind}:"))


def is_token(word: str) -> bool:
    return FORM.fullmatch(word) is not None
