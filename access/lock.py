"""The second lock: row-level security, stated once more in PostgreSQL, for migrations to put on.

The setting `imap.viewer` holds the viewer's tokens for one transaction (`access.viewing`). Policies are written as
overlap and exists(parent); the subquery on the parent is itself under the parent's policies. `imap.within` is set while
a secretariat views as someone else, and must be overlapped too: it is what that secretariat may itself read.

The lock holds for the owner's role too. Who has to reach every row (purge, backup, restore) says so: `access.keeping`.
"""

from importlib import import_module

from django.db import migrations

# Null while a secretariat views as someone else: then nothing is written, and `imap_sees_as` decides about each row.
# In PL/pgSQL, since the planner would write a plain SQL function out at each of the many places of a page's query.
VIEWER_FUNCTION = """
CREATE OR REPLACE FUNCTION imap_viewer() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF coalesce(current_setting('imap.within', true), '') <> '' THEN
        RETURN NULL;
    END IF;
    RETURN coalesce(nullif(current_setting('imap.viewer', true), '')::text[], '{public}'::text[]);
END
$$
"""

# What someone else would see, within what the secretariat itself may read.
VIEWING_AS_FUNCTION = """
CREATE OR REPLACE FUNCTION imap_sees_as(audience text[]) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN audience && nullif(current_setting('imap.viewer', true), '')::text[]
       AND audience && nullif(current_setting('imap.within', true), '')::text[];
END
$$
"""

# The dialogues that the viewer may know of, asked once for a statement: whatever belongs to another is not there.
DIALOGUES_FUNCTION = """
CREATE FUNCTION imap_dialogues() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT slug FROM public.atlas_dialogue);
END
$$
"""

# The rules of the database itself (who holds which token, who writes search entries) read which dialogues there are, and
# who takes part in them, before there is a viewer or whoever it is. No audience and no `Viewer` holds this word; beside
# dialogues and what has no audience of its own in them it opens nothing.
PORTAL = "{portal}"
IS_PORTAL = f"(current_setting('imap.viewer', true) = '{PORTAL}')"

# Adds the row's own secretariat to its audience, so that a row nobody classified is seen by nobody else.
# Its argument is an SQL expression that gives the dialogue's slug, of the row as $1.
SECRETARIAT_FUNCTION = """
CREATE FUNCTION imap_add_secretariat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    token text;
BEGIN
    IF NEW.audience IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE 'SELECT ''secretariat:'' || ' || TG_ARGV[0] INTO token USING NEW;
    IF token IS NOT NULL AND NOT token = ANY (NEW.audience) THEN
        NEW.audience := NEW.audience || token;
    END IF;
    RETURN NEW;
END
$$
"""


def overlap(audience: str = "audience") -> str:
    """SQL: the viewer is among those for whom this column is."""
    return f"('public' = ANY ({audience}) OR coalesce({audience} && (SELECT imap_viewer()), imap_sees_as({audience})))"


OVERLAP = overlap()

# Of the owner's role alone, and only while it says that it keeps.
KEEPS = "(current_setting('imap.keeping', true) = 'on')"


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
CREATE OR REPLACE FUNCTION {signature} RETURNS {returns} LANGUAGE plpgsql STABLE AS $$
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


# The tokens of all secretariats, as a setting of the viewer, for what the portal does on behalf of them all.
SECRETARIATS_FUNCTION = as_the_portal(
    "imap_secretariats()",
    "text[]",
    "SELECT coalesce(array_agg('secretariat:' || slug ORDER BY slug), '{}') INTO answer FROM atlas_dialogue;",
    declare="answer text[];",
)


def owner_keeps(table: str) -> tuple[str, ...]:
    """SQL, which may run twice: the role that migrates reaches every row of the table while it keeps."""
    return (
        f"DROP POLICY IF EXISTS keeping ON {table}",
        f"CREATE POLICY keeping ON {table} TO CURRENT_USER USING {KEEPS} WITH CHECK {KEEPS}",
    )


class Keeping(migrations.RunSQL):
    """Lets the owner keep a table that was locked before there was `access.keeping`."""

    def __init__(self, table):
        self.table = table
        super().__init__(sql=owner_keeps(table), reverse_sql=f"DROP POLICY IF EXISTS keeping ON {table}")

    def deconstruct(self):
        return (self.__class__.__name__, [self.table], {})

    def describe(self):
        return f"Let the owner keep {self.table}"


class Lock(migrations.RunSQL):
    """Puts row-level security on a table, for the owner's role too.

    `audience`: 'own' (a column of its own), 'inherits' (a column that may be null) or None.
    `parents`: foreign key column → parent table; a null key passes.
    `write`: SQL condition under which rows may be added, changed and removed; with `append_only` only added.
    `of_dialogue`: the column of the dialogue that a row without an audience belongs to.
    `desk_only`: rows are read under that condition too. `further`: more columns that may be null, each to be overlapped.
    `names`: foreign key column → table of names (`access.names`); a row is read by those who may be told of the name.
    `asked`: SQL that narrows what is read to what the session asks for. An index serves a policy's own condition, whatever
    its operator; of a query's conditions under a policy it serves those alone that are leakproof.
    """

    def __init__(
        self,
        table,
        *,
        audience,
        parents,
        write,
        append_only=False,
        desk_only=False,
        further=(),
        asked="",
        names=(),
        of_dialogue="",
    ):
        self.table = table
        self.arguments = {"audience": audience, "parents": parents, "write": write}
        self.arguments |= {"append_only": append_only, "desk_only": desk_only, "further": further}
        self.arguments |= {"asked": asked} if asked else {}
        self.arguments |= {"names": dict(names)} if names else {}
        self.arguments |= {"of_dialogue": of_dialogue} if of_dialogue else {}
        self.reading = self._reading()
        put_on: list = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            self.reading,
            f"CREATE POLICY adding ON {table} FOR INSERT WITH CHECK ({write})",
            *owner_keeps(table),
        ]
        take_off: list = [f"DROP POLICY IF EXISTS keeping ON {table}"]
        take_off += [f"DROP POLICY reading ON {table}", f"DROP POLICY adding ON {table}"]
        if not append_only:
            put_on.append(f"CREATE POLICY changing ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})")
            put_on.append(f"CREATE POLICY removing ON {table} FOR DELETE USING ({write})")
            take_off += [f"DROP POLICY changing ON {table}", f"DROP POLICY removing ON {table}"]
        take_off += [
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]
        super().__init__(sql=put_on, reverse_sql=take_off)

    def _reading(self) -> str:
        """The policy by which rows are read."""
        table, audience, parents = self.table, self.arguments["audience"], self.arguments["parents"]
        conditions = {"own": [OVERLAP], "inherits": [f"(audience IS NULL OR {OVERLAP})"], None: []}[audience][:]
        conditions += [f"({column} IS NULL OR {overlap(column)})" for column in self.arguments["further"]]
        if "of_dialogue" in self.arguments:
            conditions.append(in_its_dialogue(self.arguments["of_dialogue"]))
        if self.arguments["desk_only"]:
            conditions.append(self.arguments["write"])
        if asked := self.arguments.get("asked"):
            conditions.append(asked)
        for column, name in self.arguments.get("names", {}).items():
            conditions.append(f"({table}.{column} IS NULL OR {table}.{column} IN (SELECT {name}_sayable_keys()))")
        for column, parent in parents.items():
            conditions.append(
                f"({table}.{column} IS NULL OR EXISTS (SELECT 1 FROM {parent} parent WHERE parent.id = {table}.{column}))"
            )
        return f"CREATE POLICY reading ON {table} FOR SELECT USING ({' AND '.join(conditions)})"

    def deconstruct(self):
        return (self.__class__.__name__, [self.table], self.arguments)

    def describe(self):
        return f"Put row-level security on {self.table}"


class InItsDialogue(migrations.RunSQL):
    """Of a locked table whose rows belong to a dialogue: beside its own policy, the dialogue's readers alone read it.

    What the desk's own rows say of it is written by the policies that the table has.
    """

    def __init__(self, table: str, column: str = "dialogue_id"):
        self.arguments = [table, column]
        super().__init__(
            sql=f"CREATE POLICY in_its_dialogue ON {table} AS RESTRICTIVE FOR SELECT USING ({in_its_dialogue(column)})",
            reverse_sql=f"DROP POLICY in_its_dialogue ON {table}",
        )

    def deconstruct(self):
        return (self.__class__.__name__, self.arguments, {})


class ReadByTodaysRule(migrations.RunSQL):
    """Writes the reading policies of these locks anew, where they were put on in the words of an earlier rule."""

    def __init__(self, *locks: Lock):
        self.locks = locks
        statements: list = []
        for lock in locks:
            statements += [f"DROP POLICY reading ON {lock.table}", lock.reading]
        super().__init__(sql=statements, reverse_sql=migrations.RunSQL.noop)

    @classmethod
    def of(cls, migration: str) -> "ReadByTodaysRule":
        """Of all the locks that a migration, named by its module, puts on."""
        operations = import_module(migration).Migration.operations
        return cls(*(operation for operation in operations if isinstance(operation, Lock)))

    def deconstruct(self):
        return (self.__class__.__name__, list(self.locks), {})


class SecretariatInAudience(migrations.RunSQL):
    """Makes the database add the secretariat to each row's audience. `dialogue`: SQL for its slug, the row being $1."""

    def __init__(self, table, dialogue="($1).dialogue_id"):
        self.arguments = [table, dialogue]
        quoted = dialogue.replace("'", "''")
        super().__init__(
            sql=f"CREATE TRIGGER add_secretariat BEFORE INSERT OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION imap_add_secretariat('{quoted}')",
            reverse_sql=f"DROP TRIGGER add_secretariat ON {table}",
        )

    def deconstruct(self):
        return (self.__class__.__name__, self.arguments, {})
