"""`search.normalisation` as functions of PostgreSQL, as `search/sql/imap_folded.sql` holds them: `imap_folded` and `imap_searched`.

`python -m search.letters_in_sql` writes that file.

Nothing in them depends on the locale of a database: small letters come from the table, classes of letters are spelled out.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from access.triggers import quoted
from search.normalisation import (
    ACUTE,
    APOSTROPHES,
    JOINED,
    LAST,
    LETTERS,
    ONE_FOR_SEVERAL,
    SMALL,
    SPACES,
    SPELLINGS,
)

FILE = Path(__file__).parent / "sql/imap_folded.sql"
OFTEN = "ىة"  # in nearly every Arabic text
LAST_OF_GROUPS = "\u024f\u03ff\u052f\u05ff\u065f\u0669\u06d5\u06ff\U0010ffff"  # Latin, Greek, Cyrillic …, Arabic digits and letters …


def changed() -> Iterator[tuple[str, str]]:
    """Each letter that NFKD leaves as it is and the table does not, with what it becomes when it is small."""
    for code in range(0x110000):
        letter = chr(code)
        category = unicodedata.category(letter)
        if category in {"Lo", "Cn", "Cs"} and letter not in ONE_FOR_SEVERAL:
            continue
        if category != "Co" and unicodedata.normalize("NFKD", letter) != letter:
            continue
        other = letter.translate(LETTERS).translate(SMALL)
        if other != letter and code:
            yield letter, other


def as_class(letters: Iterable[str]) -> str:
    """What stands between the brackets of a class: ranges, by code points."""
    ranges: list[list[int]] = []
    for code in map(ord, letters):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(_escaped(first) + (f"-{_escaped(last)}" if last > first else "") for first, last in ranges)


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"


def functions() -> tuple[str, str]:
    """Statements that make both functions, or make them anew."""
    return _folded(list(changed())), _searched()


def _folded(table: list[tuple[str, str]]) -> str:
    """Whatever is rare is looked for before it is replaced: `translate` compares each letter with each of its list."""
    apart = as_class(letter for letter, other in table if other == " " != letter)
    left_out = as_class(letter for letter, other in table if other == "")
    steps = [f"normalize(replace(plain, {quoted(ACUTE)}, ''''), NFKD)"]
    steps += [f"regexp_replace(plain, '[{left_out}]+', '', 'g')"]
    steps += [f"regexp_replace(plain, '[{as_class(sorted(set(APOSTROPHES) - {chr(39)}))}]', '''', 'g')"]
    steps += [f"replace(plain, {quoted(one)}, {quoted(ONE_FOR_SEVERAL[one])})" for one in OFTEN]
    statements = [f"plain := {step};" for step in steps]
    for group in _groups(table):
        letters = as_class(letter for letter, _ in group)
        statements.append(f"IF plain ~ '[{letters}]' THEN plain := {_translated(group)}; END IF;")
    return f"""
CREATE OR REPLACE FUNCTION imap_folded(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := said;
BEGIN
    IF octet_length(said) <> char_length(said) THEN  -- in UTF-8: not of ASCII alone
        {_lines(statements)}
    END IF;
    plain := ' ' || regexp_replace(lower(plain COLLATE "C"), '[{apart}]+', ' ', 'g') || ' ';
    {_lines(["plain := replace(plain, '`', '''');", *_spellings()])}
    RETURN trim(BOTH ' ' FROM regexp_replace(plain, '{SPACES}', ' ', 'g'));
END
$$
"""


def _groups(table: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Of the letters of which one becomes one or two others: those that stand together in texts of one kind."""
    rest = [
        pair for pair in table if pair[1].strip() and pair[0] not in {*OFTEN, *APOSTROPHES} and not pair[0].isascii()
    ]
    for last in LAST_OF_GROUPS:
        if group := [pair for pair in rest if pair[0] <= last]:
            yield group
        rest = rest[len(group) :]


def _translated(group: list[tuple[str, str]]) -> str:
    """An expression: `plain` with these letters replaced, those first of which two come."""
    said = "plain"
    for one, other in group:
        if len(other) > 1:
            said = f"replace({said}, {quoted(one)}, {quoted(other)})"
    pairs = [pair for pair in group if len(pair[1]) == 1]
    one, other = ("".join(letters) for letters in zip(*pairs, strict=True))
    return f"translate({said}, {quoted(one)}, {quoted(other)})"


def _spellings() -> Iterator[str]:
    for pattern, guard, other in SPELLINGS:
        yield f"IF plain ~ {quoted(guard)} THEN plain := regexp_replace(plain, {quoted(pattern)}, {quoted(other)}, 'g'); END IF;"
    for one, other in LAST.items():
        yield f"plain := replace(plain, {quoted(one)}, {quoted(other)});"


def _lines(statements: Iterable[str]) -> str:
    return "\n    ".join(statements)


def _searched() -> str:
    pattern, other = JOINED
    return f"""
CREATE OR REPLACE FUNCTION imap_searched(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(imap_folded(said), {quoted(pattern)}, {quoted(other)}, 'g')
$$
"""


def written() -> str:
    """The contents of the file."""
    return ";\n".join(statement.strip() for statement in functions()) + ";\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
