"""What a viewer may see of a profile: rights, edition and whatever makes its pages differ, in one query.

The answer is remembered in this process together with the mark of the rows it was made of (`atlas.change_counters`), so that
the next visit asks for the mark and the record's own audience alone.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection

from access import tokens
from access.viewer import ANYONE, Viewer, narrowest
from access.viewing import asked_as
from access.visibility import is_open, sees, sees_dialogue, tokens_of
from accounts.audiences.presets import readers_named
from atlas.change_counters import MARK, CachedLookup, Mark, mark_of_the_public, today
from profiles.shown_editions import SHOWN

# A figure whose date lies ahead shows from that day on: until its year is over the mark is another every day.
CAME_TO_BE_KNOWN = "CASE WHEN max(f.known_on) >= left(%(today)s, 4) THEN %(today)s ELSE '' END"
QUERY = f"""
    SELECT p.id, p.subject_id, p.audience, e.audience, d.audience, e.id, e.number, e.published_at, e.as_of, e.is_demonstration,
           (SELECT json_agg(json_build_array(coalesce(h.slug, ''), t.language, t.digest, t.audience || s.audience,
                                             {is_open("t")} AND {is_open("s")})
                            ORDER BY h.position, t.language)
              FROM profiles_editiontext t
              JOIN profiles_section s ON s.id = t.section_id
              LEFT JOIN atlas_outlinesection h ON h.id = s.heading_id
             WHERE t.edition_id = e.id AND {sees("t")} AND {sees("s")}),
           (SELECT md5(string_agg(concat(f.id, ' ', f.changed_at, f.audience, c.audience), ',' ORDER BY f.id)) || {CAME_TO_BE_KNOWN}
              FROM indicators_observation f LEFT JOIN indicators_source c ON c.id = f.source_id
             WHERE f.subject_id = ANY (p.subject_id || e.cited_subjects) AND {sees("f")} AND {sees_dialogue("f")} AND {sees("c")}),
           (SELECT md5(string_agg(w.id::text, ',' ORDER BY w.id))
              FROM indicators_furthersource w
              JOIN indicators_observation f ON f.id = w.observation_id
              LEFT JOIN indicators_source c ON c.id = f.source_id
              JOIN indicators_source n ON n.id = w.source_id
             WHERE f.subject_id = p.subject_id AND {sees("f")} AND {sees_dialogue("f")} AND {sees("c")} AND {sees("n")}),
           (SELECT md5(string_agg(c.id::text, ',' ORDER BY c.id))
              FROM profiles_citation c
              JOIN profiles_section s ON s.id = c.section_id
              JOIN indicators_source n ON n.id = c.source_id
             WHERE c.edition_id = e.id AND {sees("s")} AND {sees("n")}),
           {MARK}
      FROM profiles_profile p
      JOIN atlas_dialogue d ON d.slug = p.dialogue_id AND {sees("d")}
      JOIN LATERAL {SHOWN.format(profile="p.id", upto="%(number)s::numeric", most=1)} shown ON true
      JOIN profiles_edition e ON e.id = shown
     WHERE p.dialogue_id = %(dialogue)s AND p.theme_id = %(theme)s AND p.slug = %(slug)s AND {sees("p")} AND {sees("e")}
"""
STILL = f"SELECT {MARK} FROM profiles_profile p WHERE p.id = %(profile)s AND {sees('p')} AND {sees_dialogue('p')}"
REMEMBERED = 2000  # standings; about 4 KB each


WITHOUT_HEADING = ""  # the method note, which stands on the page of every section


@dataclass(frozen=True)
class Address:
    """Where a profile stands: slugs."""

    dialogue: str
    theme: str
    slug: str

    def __str__(self) -> str:
        return f"{self.dialogue}/{self.theme}/{self.slug}"


@dataclass(frozen=True)
class VisibleEdition:
    """The edition a viewer reads and the parts of it they may see.

    `audience`: the record's, the edition's and the dialogue's, whichever is narrowest. `texts`: (section slug or '', language, digest).
    `mark`: of the rows it was made of; None for one that was not looked up.
    `restricted`: slugs (or '') of the sections with a text that not everyone may read, even where the edition is open.
    """

    address: Address
    profile_id: int
    subject_id: int
    audience: tuple[str, ...]
    edition_id: int
    number: int
    published_at: datetime
    as_of: str
    is_demonstration: bool
    texts: tuple[tuple[str, str, str], ...]
    fingerprint: str
    mark: Mark | None = None
    restricted: frozenset[str] = frozenset()

    @property
    def opening(self) -> str:
        """The section that a profile opens with: the first that has a text; empty when there is none."""
        return next((slug for slug, _, _ in self.texts if slug), "")

    def is_restricted(self, *sections: str) -> bool:
        """Whether not everyone may read these sections of the edition; without any, the edition as a whole."""
        wanted = self.restricted & {*sections, WITHOUT_HEADING} if sections else self.restricted
        return tokens.PUBLIC not in self.audience or bool(wanted)

    def languages_of(self, section: str) -> list[str]:
        return [language for slug, language, _ in self.texts if slug == section]

    def has(self, section: str) -> bool:
        return any(slug == section for slug, _, _ in self.texts)


_remembered: CachedLookup[VisibleEdition] = CachedLookup(REMEMBERED)


def visible_edition_of(viewer: Viewer, address: Address, number: int | None = None) -> VisibleEdition | None:
    """The newest edition that the viewer is shown, or the one at that number; None when there is nothing for them.

    At a number stands the newest one that is shown (`profiles.shown_editions`) and has no later number.

    `fingerprint` differs whenever anything that this viewer would see of the profile differs, and for other reasons too:
    pages are kept under it, and it is told to nobody. To be asked inside
    `viewing(viewer)`: else the lock shows the public's rows.
    """
    wanted = {"dialogue": address.dialogue, "theme": address.theme, "slug": address.slug, "number": number}
    with connection.cursor() as cursor:
        cursor.execute(QUERY, _values(viewer, **wanted))
        row = cursor.fetchone()
    standing = _standing(address, row) if row else None
    if standing and standing.mark and number is None:
        _remembered.keep((viewer, address), standing.mark, standing)
    return standing


def unchanged_edition_of(viewer: Viewer, address: Address) -> VisibleEdition | None:
    """The same in one round trip outside `viewing`; None when this process does not know it or anything changed.

    It is asked for what is not known too: what was narrowed a moment ago answers like what has never been there.
    """
    known, standing = _remembered.get((viewer, address))
    if viewer == ANYONE:
        mark = mark_of_the_public()
    else:
        mark = asked_as(viewer, STILL, _values(viewer, profile=standing.profile_id if standing else 0))
    return standing if known is not None and known == mark else None


def is_unchanged(viewer: Viewer, standing: VisibleEdition) -> bool:
    """Whether the viewer, inside `viewing`, would get a standing with the same fingerprint again.

    Not so in a transaction that changed reference data: the number it sees is nobody else's yet, and may never be.
    """
    if standing.mark and standing.mark.changes_reference:
        return False
    with connection.cursor() as cursor:
        cursor.execute(STILL, _values(viewer, profile=standing.profile_id))
        if cursor.fetchone() == standing.mark and standing.mark and standing.mark.is_of_committed_rows:
            return True
    now = visible_edition_of(viewer, standing.address)
    return now is not None and now.fingerprint == standing.fingerprint


def forget_editions() -> None:
    """For those who change databases: the next standing is looked up."""
    _remembered.forget()


def _values(viewer: Viewer, **more: Any) -> dict[str, Any]:
    return tokens_of(viewer) | {"today": today(), **more}


def _standing(address: Address, row: tuple) -> VisibleEdition:
    profile, subject, live, kept, whole, edition, number, published_at, as_of, demonstration, texts, *rest = row
    texts = texts or ()
    restricted = frozenset(slug for slug, *_, is_open_to_all in texts if not is_open_to_all)
    digests, mark = rest[: -len(Mark._fields)], Mark(*rest[-len(Mark._fields) :])
    named = readers_named(
        [live, kept, whole, *(audience for _, _, _, audience, _ in texts)]
    )  # as pages say who can read them
    fingerprint = sha256(repr((named, edition, live, kept, whole, texts, digests, mark.revision)).encode()).hexdigest()[
        :24
    ]
    return VisibleEdition(
        address, profile, subject, tuple(narrowest(live, kept, whole)), edition, number, published_at, as_of,
        demonstration, tuple((slug, language, digest) for slug, language, digest, *_ in texts), fingerprint, mark, restricted,
    )  # fmt: skip
