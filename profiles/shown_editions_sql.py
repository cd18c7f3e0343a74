"""Which editions of a profile a viewer is told of, in the database: for migrations.

An edition is *shown* to a viewer when it is the first of the profile that they may read, or when something of it that
they see differs from the edition before it that they may read. What changes for others alone moves no number and no
date of theirs. The Secretariat, which sees everything, is shown every edition. Both locks are asked: the functions run as whoever calls them, under the policies, and compare the
audiences with the tokens that they are given.
"""

from access.visibility import sees


def _seen(alias: str) -> str:
    return sees(alias) % {"tokens": "held", "within": "bounds"}


def _text_seen(edition: str) -> str:
    """FROM and WHERE of the texts `t` of an edition that the viewer sees."""
    return (
        f"FROM profiles_editiontext t JOIN profiles_section s ON s.id = t.section_id "
        f"WHERE t.edition_id = {edition} AND {_seen('t')} AND {_seen('s')}"
    )


def _is_in_both(one: str, other: str) -> str:
    """Each text that is seen of one edition stands in the other as well."""
    return f"""
        NOT EXISTS (SELECT 1 {_text_seen(one)} AND NOT EXISTS (
            SELECT 1 FROM profiles_editiontext o
             WHERE o.edition_id = {other} AND o.section_id = t.section_id AND o.language = t.language AND {_seen("o")}
               AND o.audience = t.audience AND o.tags = t.tags AND (o.digest = t.digest OR o.html = t.html)))
    """


def _sources(edition: str) -> str:
    return f"""
        (SELECT array_agg(ARRAY[c.section_id, c.source_id] ORDER BY c.section_id, c.position, c.source_id)
           FROM profiles_citation c
           JOIN profiles_section s ON s.id = c.section_id
           JOIN indicators_source n ON n.id = c.source_id
          WHERE c.edition_id = {edition} AND {_seen("s")} AND {_seen("n")}
            AND EXISTS (SELECT 1 FROM profiles_editiontext t
                         WHERE t.edition_id = {edition} AND t.section_id = c.section_id AND {_seen("t")}))
    """


def _figures(edition: str) -> str:
    return f"""
        (SELECT array_agg(concat_ws(' ', c.section_id, c.reference, c.observation_id, c.value, c.known_on)
                          ORDER BY c.section_id, c.reference)
           FROM profiles_citedfigure c
           JOIN profiles_section s ON s.id = c.section_id
           JOIN indicators_observation f ON f.id = c.observation_id
           LEFT JOIN indicators_source n ON n.id = f.source_id
          WHERE c.edition_id = {edition} AND {_seen("s")} AND {_seen("f")} AND {_seen("n")}
            AND EXISTS (SELECT 1 FROM profiles_editiontext t
                         WHERE t.edition_id = {edition} AND t.section_id = c.section_id AND {_seen("t")}))
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

# The newest first, `most` of them; `upto`: no later number.
SHOWN = f"""
CREATE FUNCTION profiles_editions_shown(of_profile bigint, upto numeric, most integer, held text[], bounds text[])
RETURNS SETOF bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    newer bigint;
    older bigint;
    found integer := 0;
    is_desk boolean;
BEGIN
    SELECT bounds IS NULL AND ('secretariat:' || p.dialogue_id) = ANY (held) INTO is_desk
      FROM profiles_profile p WHERE p.id = of_profile;
    FOR older IN SELECT e.id FROM profiles_edition e
                  WHERE e.profile_id = of_profile AND (upto IS NULL OR e.number <= upto) AND {_seen("e")}
                  ORDER BY e.number DESC LOOP
        IF newer IS NOT NULL AND (is_desk OR NOT profiles_editions_look_alike(newer, older, held, bounds)) THEN
            RETURN NEXT newer;
            found := found + 1;
            IF found = most THEN
                RETURN;
            END IF;
        END IF;
        newer := older;
    END LOOP;
    IF newer IS NOT NULL THEN
        RETURN NEXT newer;
    END IF;
END
$$
"""
MAKE = (LOOKS_ALIKE, SHOWN)
UNMAKE = (
    "DROP FUNCTION profiles_editions_shown(bigint, numeric, integer, text[], text[])",
    "DROP FUNCTION profiles_editions_look_alike(bigint, bigint, text[], text[])",
)
