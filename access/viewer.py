"""Who is looking: a set of tokens, and nothing else that a rule could ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from access import tokens


@dataclass(frozen=True)
class Viewer:
    tokens: frozenset[str]

    def __post_init__(self) -> None:
        strange = [token for token in self.tokens if not tokens.is_token(token)]
        if strange:
            raise ValueError(f"not a token: {strange[0]!r}")

    @classmethod
    def of(cls, held: Iterable[str]) -> "Viewer":
        """A viewer who holds these tokens, and `public` as everyone does."""
        return cls(frozenset(held) | {tokens.PUBLIC})

    @classmethod
    def secretariat_of(cls, *dialogues: str) -> "Viewer":
        """For tasks and commands that work on behalf of a secretariat."""
        return cls.of(tokens.secretariat(dialogue) for dialogue in dialogues)

    @property
    def is_public(self) -> bool:
        return self.tokens == frozenset({tokens.PUBLIC})

    def is_secretariat_of(self, dialogue: str) -> bool:
        return tokens.secretariat(dialogue) in self.tokens

    def reads_for(self, dialogue: str) -> bool:
        """Whether this viewer has a part in the dialogue: nominated for a theme of it, or its secretariat."""
        prefix = tokens.dialogue(dialogue, "")
        return self.is_secretariat_of(dialogue) or any(token.startswith(prefix) for token in self.tokens)

    def may_nominate_for(self, partner: str) -> bool:
        return tokens.authority(partner) in self.tokens

    def may_read(self, audience: Iterable[str]) -> bool:
        return not self.tokens.isdisjoint(audience)

    @property
    def secretariats(self) -> list[str]:
        """Slugs of the dialogues whose secretariat this viewer is, sorted."""
        return self._named("secretariat")

    @property
    def authorities(self) -> list[str]:
        """Slugs of the partners whose people this viewer may nominate, sorted."""
        return self._named("authority")

    def _named(self, kind: str) -> list[str]:
        return sorted(token.removeprefix(f"{kind}:") for token in self.tokens if token.startswith(f"{kind}:"))

    def as_setting(self) -> str:
        """The tokens as PostgreSQL's text of an array; sorted, so that equal viewers give equal text."""
        return "{" + ",".join(sorted(self.tokens)) + "}"


ANYONE = Viewer.of(())


def narrowest(*audiences: Iterable[str]) -> list[str]:
    """The audience of a row that is visible only where all of these overlap the viewer's tokens: those of all."""
    kept = [tokens.PUBLIC]
    for audience in map(list, audiences):
        if tokens.PUBLIC in kept:
            kept = audience
        elif tokens.PUBLIC not in audience:
            kept = [token for token in kept if token in audience]
    return kept
