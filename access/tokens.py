"""The words of the access rule: what a row's audience and a viewer's standing are made of.

A token is `public`, `nominated` or `<kind>:<name>[:<name>]`, in small letters, digits and hyphens.
"""

import re

PUBLIC = "public"
NOMINATED = "nominated"

FORM = re.compile(
    r"public|nominated|(?:partner|authority|group|secretariat|person):[a-z0-9][a-z0-9-]*|dialogue:[a-z0-9-]+:[a-z0-9-]+"
)


def dialogue(dialogue: str, theme: str) -> str:
    return f"dialogue:{dialogue}:{theme}"


def partner(partner: str) -> str:
    return f"partner:{partner}"


def authority(partner: str) -> str:
    """Held by those whom a partner authorised to nominate its people."""
    return f"authority:{partner}"


def group(group: str) -> str:
    return f"group:{group}"


def person(user_id: int) -> str:
    return f"person:{user_id}"


def secretariat(dialogue: str) -> str:
    return f"secretariat:{dialogue}"


def is_token(word: str) -> bool:
    return FORM.fullmatch(word) is not None
