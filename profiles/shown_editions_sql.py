"""Which editions of a profile a viewer is told of (`atlas.shown_rows_sql`).

Two look alike to a viewer when the texts, sources and figures that they see of both are the same. What changes for others
alone moves no number and no date of theirs.
"""

from atlas.shown_rows_sql import seen, those_shown


def _text_seen(edition: str) -> str:
    """FROM and WHERE of the texts `t` of an edition that the viewer sees."""
    return (
        f"FROM profiles_editiontext t JOIN profiles_section s ON s.id = t.section_id "
        f"WHERE t.edition_id = {edition} AND {seen('t')} AND {seen('s')}"
    )


def _is_in_both(one: str, other: str) -> str:
    """Each text that is seen of one edition stands in the other as well."""
    return f"""
        NOT EXISTS (SELECT 1 {_text_seen(one)} AND NOT EXISTS (
            SELECT 1 FROM profiles_editiontext o
             WHERE o.edition_id = {other} AND o.section_id = t.section_id AND o.language = t.language AND {seen("o")}
               AND o.audience = t.audience AND o.tags = t.tags AND (o.digest = t.digest OR o.html = t.html)))
    """


def _sources(edition: str) -> str:
    return f"""
        (SELECT array_agg(ARRAY[c.section_id, c.source_id] ORDER BY c.section_id, c.position, c.source_id)
           FROM profiles_citation c
           JOIN profiles_section s ON s.id = c.section_id
           JOIN indicators_source n ON n.id = c.source_id
          WHERE c.edition_id = {edition} AND {seen("s")} AND {seen("n")}
            AND EXISTS (SELECT 1 FROM profiles_editiontext t
                         WHERE t.edition_id = {edition} AND t.section_id = c.section_id AND {seen("t")}))
    """


def _figures(edition: str) -> str:
    return f"""
        (SELECT array_agg(concat_ws(' ', c.section_id, c.reference, c.observation_id, c.value, c.known_on)
                          ORDER BY c.section_id, c.reference)
           FROM profiles_citedfigure c
           JOIN profiles_section s ON s.id = c.section_id
           JOIN indicators_observation f ON f.id = c.observation_id
           LEFT JOIN indicators_source n ON n.id = f.source_id
          WHERE c.edition_id = {edition} AND {seen("s")} AND {seen("f")} AND {seen("n")}
            AND EXISTS (SELECT 1 FROM profiles_editiontext t
                         WHERE t.edition_id = {edition} AND t.section_id = c.section_id AND {seen("t")}))
    """


LOOKS_ALIKE = f"""
CREATE FUNCTION profiles_editions_look_alike(one bigint, other bigint, held text[], bounds text[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(DISTINCT (e.audience, e.is_demonstration)) < 2 FROM profiles_edition e WHERE e.id IN (one, other))
       AND {_is_in_both("one", "other")} AND {_is_in_both("other", "one")}
       AND {_sources("one")} IS NOT DISTINCT FROM {_sources("other")}
       AND {_figures("one")} IS NOT DISTINCT FROM {_figures("other")};
END
$$
"""

# `upto`: no later number.
SHOWN = those_shown(
    "profiles_editions_shown(of_profile bigint, upto numeric, most integer, held text[], bounds text[])",
    dialogue="(SELECT p.dialogue_id FROM profiles_profile p WHERE p.id = of_profile)",
    versions=f"""
        SELECT e.id FROM profiles_edition e
         WHERE e.profile_id = of_profile AND (upto IS NULL OR e.number <= upto) AND {seen("e")} ORDER BY e.number DESC
    """,
    look_alike="profiles_editions_look_alike",
    most="most",
)
