"""What a viewer may see of a profile at an address: rights, edition and what makes its pages differ, in one query."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection
from django.utils import timezone

from access.viewer import Viewer, narrowest
from access.visibility import sees, tokens_of

# A figure whose date lies ahead shows from that day on: until its year is over the mark is another every day.
CAME_TO_BE_KNOWN = "CASE WHEN max(f.known_on) >= left(%(today)s, 4) THEN %(today)s ELSE '' END"
QUERY = f"""
    SELECT p.id, p.subject_id, p.audience, e.audience, e.id, e.number, e.published_at, e.as_of, e.endorsement, e.is_demonstration,
           x.texts,
           (SELECT md5(string_agg(f.id || ' ' || f.changed_at, ',' ORDER BY f.id)) || {CAME_TO_BE_KNOWN}
              FROM indicators_observation f LEFT JOIN indicators_source c ON c.id = f.source_id
             WHERE f.subject_id = ANY (p.subject_id || e.cited_subjects) AND {sees("f")} AND {sees("c")}),
           (SELECT md5(string_agg(w.id::text, ',' ORDER BY w.id))
              FROM indicators_furthersource w
              JOIN indicators_observation f ON f.id = w.observation_id
              LEFT JOIN indicators_source c ON c.id = f.source_id
              JOIN indicators_source n ON n.id = w.source_id
             WHERE f.subject_id = p.subject_id AND {sees("f")} AND {sees("c")} AND {sees("n")}),
           (SELECT md5(string_agg(c.id::text, ',' ORDER BY c.id))
              FROM profiles_citation c
              JOIN profiles_section s ON s.id = c.section_id
              JOIN indicators_source n ON n.id = c.source_id
             WHERE c.edition_id = e.id AND {sees("s")} AND {sees("n")}),
           x.audiences,
           (SELECT last_value FROM atlas_revision)
      FROM profiles_profile p
      JOIN LATERAL (SELECT * FROM profiles_edition e
                     WHERE e.profile_id = p.id AND {sees("e")} AND (%(number)s::numeric IS NULL OR e.number = %(number)s::numeric)
                     ORDER BY e.number DESC LIMIT 1) e ON true
     CROSS JOIN LATERAL (
           SELECT json_agg(json_build_array(coalesce(h.slug, ''), t.language, t.digest) ORDER BY h.position, t.language) AS texts,
                  md5(string_agg(array_to_string(t.audience || s.audience, ','), ' ' ORDER BY t.id)) AS audiences
             FROM profiles_editiontext t
             JOIN profiles_section s ON s.id = t.section_id
             LEFT JOIN atlas_outlinesection h ON h.id = s.heading_id
            WHERE t.edition_id = e.id AND {sees("t")} AND {sees("s")}) x
     WHERE p.dialogue_id = %(dialogue)s AND p.theme_id = %(theme)s AND p.slug = %(slug)s AND {sees("p")}
"""


@dataclass(frozen=True)
class Address:
    """Where a profile stands: slugs."""

    dialogue: str
    theme: str
    slug: str


@dataclass(frozen=True)
class Standing:
    """The edition a viewer reads and the parts of it they may see.

    `audience`: the record's and the edition's, whichever is narrower. `texts`: (section slug or '', language, digest).
    """

    address: Address
    profile_id: int
    subject_id: int
    audience: tuple[str, ...]
    edition_id: int
    number: int
    published_at: datetime
    as_of: str
    endorsement: str
    is_demonstration: bool
    texts: tuple[tuple[str, str, str], ...]
    fingerprint: str

    def languages_of(self, section: str) -> list[str]:
        return [language for slug, language, _ in self.texts if slug == section]

    def has(self, section: str) -> bool:
        return any(slug == section for slug, _, _ in self.texts)


def standing_of(viewer: Viewer, address: Address, number: int | None = None) -> Standing | None:
    """The newest edition the viewer may see, or the one with that number; None when there is nothing for them.

    `fingerprint` differs whenever anything that this viewer would see of the profile differs.
    """
    wanted = {"dialogue": address.dialogue, "theme": address.theme, "slug": address.slug, "number": number}
    with connection.cursor() as cursor:
        today = f"{timezone.localdate():%Y-%m-%d}"
        cursor.execute(QUERY, wanted | {"tokens": tokens_of(viewer), "today": today})
        row = cursor.fetchone()
    if row is None:
        return None
    profile, subject, live, kept, edition, number, published_at, as_of, endorsement, demonstration, texts, *marks = row
    texts = tuple(tuple(text) for text in texts or ())
    fingerprint = sha256(repr((edition, live, kept, texts, marks)).encode()).hexdigest()[:24]
    return Standing(
        address, profile, subject, tuple(narrowest(live, kept)), edition, number, published_at, as_of, endorsement, demonstration,
        texts, fingerprint,
    )  # fmt: skip
