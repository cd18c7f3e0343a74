"""SQL conditions of the second lock: row-level security. `access.policies` derives the policies of each table from them.

The setting `imap.viewer` holds the viewer's tokens for one transaction (`access.viewing`). Policies are written as
overlap and exists(parent); the subquery on the parent is itself under the parent's policies. `imap.within` is set while
a secretariat views as someone else, and must be overlapped too: it is what that secretariat may itself read.

The lock holds for the owner's role too. Purge, backup and restore reach every row through `access.owner_access`.
"""

# The rules of the database itself (who holds which token, who writes search entries) read which dialogues there are, and
# who takes part in them, before there is a viewer or whoever it is. No audience and no `Viewer` holds this word; beside
# dialogues and what has no audience of its own in them it opens nothing.
PORTAL = "{portal}"
IS_PORTAL = f"(current_setting('imap.viewer', true) = '{PORTAL}')"

# Of the owner's role alone, and only while `access.owner_access` has set it.
IS_OWNER_ACCESS = "(current_setting('imap.owner_access', true) = 'on')"


def overlap(audience: str = "audience") -> str:
    """SQL: the viewer is among those for whom this column is."""
    return f"('public' = ANY ({audience}) OR coalesce({audience} && (SELECT imap_viewer()), imap_sees_as({audience})))"


def secretariat_holds(dialogue: str) -> str:
    """SQL: the viewer is the secretariat of the dialogue whose slug this expression gives."""
    return f"('secretariat:' || {dialogue}) = ANY ((SELECT imap_viewer())::text[])"


def in_its_dialogue(column: str = "dialogue_id") -> str:
    """SQL: the row's dialogue, if it has one, is one that the viewer may know of."""
    return f"({column} IS NULL OR {column} = ANY ((SELECT imap_dialogues())::text[]))"


def as_the_portal(signature: str, returns: str, body: str, declare: str = "") -> str:
    """SQL of a function that reads as the portal, and leaves the viewer as it was.

    `declare`: the variable `answer` that `body` fills, of a function that returns one value.

    In PL/pgSQL, which keeps its plans from one request to the next. Set by hand: only a superuser may say so at the
    function's head. What fails inside takes the setting with it, as every rollback does.
    """
    return f"""
CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
    limits text := coalesce(current_setting('imap.within', true), '');
    {declare}
BEGIN
    PERFORM set_config('imap.viewer', '{PORTAL}', true), set_config('imap.within', '', true);
    {body}
    PERFORM set_config('imap.viewer', viewer, true), set_config('imap.within', limits, true);
    RETURN{" answer" if declare else ""};
END
$$
"""
