"""The viewer: a set of tokens, and a second set while a secretariat views as someone else."""

from collections.abc import Iterable
from dataclasses import dataclass

from access import tokens

WORKING = ("secretariat:", "authority:")  # kinds of tokens that let their holder change something


@dataclass(frozen=True)
class Viewer:
    """`within` is set while a secretariat views as someone else: what is looked at must overlap it as well.

    So nothing is shown that the secretariat itself may not read, and nothing that only a right of its own would open.
    """

    tokens: frozenset[str]
    within: frozenset[str] | None = None

    def __post_init__(self) -> None:
        strange = [token for token in self.tokens | (self.within or frozenset()) if not tokens.is_token(token)]
        if strange:
            raise ValueError(f"not a token: {strange[0]!r}")

    @classmethod
    def of(cls, held: Iterable[str]) -> "Viewer":
        """A viewer with these tokens, and with `public`, which everyone holds."""
        return cls(frozenset(held) | {tokens.PUBLIC})

    @classmethod
    def secretariat_of(cls, *dialogues: str) -> "Viewer":
        """The viewer of tasks and commands that work for one secretariat."""
        return cls.of(tokens.secretariat(dialogue) for dialogue in dialogues)

    def viewing_as(self, held: Iterable[str], dialogue: str) -> "Viewer":
        """How someone who holds these tokens sees the dialogue of this secretariat.

        Raises ValueError when this viewer is not its secretariat, or the tokens would give more than reading.
        """
        persona = frozenset(held) | {tokens.PUBLIC}
        if not self.is_secretariat_of(dialogue):
            raise ValueError(f"not of the secretariat of {dialogue}")
        if any(token.startswith(WORKING) for token in persona):
            raise ValueError("a secretariat views as readers only")
        return Viewer(persona, within=frozenset({tokens.PUBLIC, tokens.secretariat(dialogue)}))

    @property
    def is_public(self) -> bool:
        return self.tokens == frozenset({tokens.PUBLIC})

    @property
    def is_viewing_as(self) -> bool:
        return self.within is not None

    @property
    def stands_alone(self) -> bool:
        """Whether the viewer holds only what everyone holds and the token of what is their own."""
        return all(token == tokens.PUBLIC or token.startswith("self:") for token in self.tokens)

    def is_secretariat_of(self, dialogue: str) -> bool:
        return dialogue in self.secretariats

    def may_nominate_for(self, partner: str) -> bool:
        return partner in self.authorities

    def may_read(self, audience: Iterable[str]) -> bool:
        audience = set(audience)
        return not self.tokens.isdisjoint(audience) and (self.within is None or not self.within.isdisjoint(audience))

    @property
    def secretariats(self) -> list[str]:
        """Slugs of the dialogues whose secretariat this viewer is, sorted; none while viewing as someone else."""
        return self._named("secretariat")

    @property
    def authorities(self) -> list[str]:
        """Slugs of the partners whose people this viewer may nominate, sorted; none while viewing as someone else."""
        return self._named("authority")

    def _named(self, kind: str) -> list[str]:
        if self.is_viewing_as:
            return []
        return sorted(token.removeprefix(f"{kind}:") for token in self.tokens if token.startswith(f"{kind}:"))

    def as_setting(self) -> str:
        """The tokens as the text of a PostgreSQL array, sorted, so that equal viewers give equal text."""
        return _as_array(self.tokens)

    def within_as_setting(self) -> str:
        """The same for `within`; empty when nothing limits the viewer."""
        return "" if self.within is None else _as_array(self.within)


def _as_array(words: Iterable[str]) -> str:
    return "{" + ",".join(sorted(words)) + "}"


ANYONE = Viewer.of(())


def narrowest(whole: Iterable[str], *parts: Iterable[str] | None) -> list[str]:
    """The audience of a row that is visible only where all of these overlap the viewer's tokens: those of all.

    A part without an audience of its own (None) inherits.
    """
    kept = list(whole)
    for audience in (list(part) for part in parts if part is not None):
        if tokens.PUBLIC in kept:
            kept = audience
        elif tokens.PUBLIC not in audience:
            kept = [token for token in kept if token in audience]
    return kept


def is_narrower(audience: Iterable[str], readers: Iterable[str]) -> bool:
    """Whether a row with this audience may be hidden from someone who reads a row with the other one."""
    held = set(audience)
    return tokens.PUBLIC not in held and not held.issuperset(readers)
