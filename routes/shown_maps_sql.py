"""Which maps of a dialogue a viewer is told of (`atlas.shown_rows_sql`).

Two look alike to a viewer when their years, titles and readers and the features that they see are the same, and no agency
more checked the newer one. One that says just the same again, with another date, is shown to everybody. What changes for
others alone moves no number and no date of theirs.
"""

from atlas.shown_rows_sql import seen, those_shown

OF_THE_EDITION = "e.year, e.first_year, e.last_year, e.title_en, e.title_fr, e.title_ar, e.audience"
# FROM and WHERE of the features `f` of a map that the viewer sees: with the records of which they were made.
FEATURE_SEEN = f"""
    FROM routes_mapfeature f
    LEFT JOIN routes_segment g ON g.id = f.segment_id
    LEFT JOIN routes_stop starts ON starts.id = g.start_id
    LEFT JOIN routes_stop ends ON ends.id = g.end_id
    LEFT JOIN routes_stop h ON h.id = f.stop_id
    LEFT JOIN routes_layer of_segment ON of_segment.id = g.layer_id
    LEFT JOIN routes_layer of_start ON of_start.id = starts.layer_id
    LEFT JOIN routes_layer of_end ON of_end.id = ends.layer_id
    LEFT JOIN routes_layer of_stop ON of_stop.id = h.layer_id
    LEFT JOIN routes_reason r ON r.id = f.reason_id
    WHERE f.edition_id = {{edition}}
      AND {seen("f", "g", "starts", "ends", "h", "of_segment", "of_start", "of_end", "of_stop", "r")}
"""


def _is_in_both(one: str, other: str) -> str:
    """Each feature that is seen of one map stands in the other as well."""
    return f"""
        NOT EXISTS (SELECT 1 {FEATURE_SEEN.format(edition=one)} AND NOT EXISTS (
            SELECT 1 FROM routes_mapfeature o
             WHERE o.edition_id = {other} AND o.kind = f.kind AND {seen("o")}
               AND coalesce(o.segment_id, o.stop_id, o.reason_id) = coalesce(f.segment_id, f.stop_id, f.reason_id)
               AND o.layer = f.layer AND o.audience = f.audience AND o.countries = f.countries
               AND o.properties = f.properties AND o.geometry IS NOT DISTINCT FROM f.geometry))
    """


LOOKS_ALIKE = f"""
CREATE FUNCTION routes_maps_look_alike(newer bigint, older bigint, held text[], bounds text[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(DISTINCT ({OF_THE_EDITION})) < 2 FROM routes_mapedition e WHERE e.id IN (newer, older))
       AND (SELECT o.checked @> n.checked AND o.digest <> n.digest FROM routes_mapedition n, routes_mapedition o
             WHERE n.id = newer AND o.id = older)
       AND {_is_in_both("newer", "older")} AND {_is_in_both("older", "newer")};
END
$$
"""

SHOWN = those_shown(
    "routes_maps_shown(of_dialogue text, held text[], bounds text[])",
    dialogue="of_dialogue",
    versions=f"""
        SELECT e.id FROM routes_mapedition e
         WHERE e.dialogue_id = of_dialogue AND NOT e.is_proof AND {seen("e")} ORDER BY e.year DESC, e.number DESC
    """,
    look_alike="routes_maps_look_alike",
)
