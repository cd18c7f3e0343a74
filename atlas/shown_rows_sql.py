"""Functions of the database that say which versions of a thing a viewer is shown.

A version is shown to a viewer when it is the first that they may read, or when it looks otherwise to them than the one
before it that they may read. Both locks are asked: the functions run as whoever calls them, under the policies, and
compare the audiences with the tokens that they are given, `held` and `bounds`.
"""

from access.visibility import sees


def seen(*aliases: str) -> str:
    """SQL: whoever holds these tokens sees the rows."""
    return " AND ".join(sees(alias) % {"tokens": "held", "within": "bounds"} for alias in aliases)


def those_shown(signature: str, dialogue: str, versions: str, look_alike: str, most: str = "NULL") -> str:
    """A function with this signature, which gives the numbers of the versions that are shown, the newest first.

    `dialogue`: SQL for its slug; its Secretariat, which sees everything, is shown every version. `versions`: a query for
    the numbers of those that may be read, the newest first. `look_alike`: the function that compares two of them.
    `most`: SQL for how many are wanted.
    """
    return f"""
CREATE FUNCTION {signature} RETURNS SETOF bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    newer bigint;
    older bigint;
    found integer := 0;
    is_desk boolean := bounds IS NULL AND ('secretariat:' || {dialogue}) = ANY (held);
BEGIN
    FOR older IN {versions} LOOP
        IF newer IS NOT NULL AND (is_desk OR NOT {look_alike}(newer, older, held, bounds)) THEN
            RETURN NEXT newer;
            found := found + 1;
            IF found = {most} THEN
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
