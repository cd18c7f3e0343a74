"""What is wrong with the lock by PostgreSQL's own catalogue, whatever the models say. No sentence: nothing is wrong."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

OURS = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
IS_OWNER_ACCESS = "(current_setting('imap.owner_access'::text, true) = 'on'::text)"
COMMANDS = {"r": "reading", "a": "adding", "w": "changing", "d": "removing"}
EVERYBODY = 0  # the role of a policy that is for every role

# A partition and a table that inherits are asked by their own policies when they are asked by their own name.
WITHOUT_LOCK = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f') AND {OURS} AND NOT c.relrowsecurity
      AND (
        EXISTS (SELECT 1 FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname LIKE '%%audience%%' AND NOT a.attisdropped)
        OR EXISTS (SELECT 1 FROM pg_constraint k JOIN pg_class parent ON parent.oid = k.confrelid
                   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
                   WHERE k.contype = 'f' AND k.conrelid = c.oid AND parent.relrowsecurity
                     AND NOT c.relname || '.' || a.attname = ANY (%(regardless)s))
        OR EXISTS (SELECT 1 FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent
                   WHERE i.inhrelid = c.oid AND parent.relrowsecurity)
      )
"""
OPEN_VIEWS = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'v' AND {OURS} AND NOT EXISTS (
        SELECT 1 FROM pg_options_to_table(c.reloptions) o
        WHERE o.option_name = 'security_invoker' AND o.option_value::boolean)
"""
MATERIALISED_VIEWS = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'm' AND {OURS}
"""
FUNCTIONS_OF_THE_OWNER = f"""
    SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND {OURS}
"""
POLICIES = f"""
    SELECT c.oid::regclass::text, p.polname, p.polcmd, p.polpermissive, p.polroles, c.relowner,
           pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_policy p ON p.polrelid = c.oid
    WHERE c.relrowsecurity AND {OURS}
"""
NOT_FORCED = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity AND NOT c.relforcerowsecurity AND {OURS}
"""


class Policy(NamedTuple):
    table: str
    name: str | None  # None: the table has no policy at all
    command: str
    is_permissive: bool
    roles: list[int]
    owner: int
    using: str | None
    check: str | None

    @property
    def is_owner_access(self) -> bool:
        condition = IS_OWNER_ACCESS
        return (self.name, self.roles, self.using, self.check) == ("owner_access", [self.owner], condition, condition)


def faults(cursor: Any, append_only: Collection[str], regardless: Collection[str] = ()) -> list[str]:
    """One sentence for each thing that stands outside the lock, or whose lock is not whole.

    `regardless`: columns, as table.column, that lead to locked rows and decide nothing about who sees theirs.
    """
    cursor.execute(WITHOUT_LOCK, {"regardless": list(regardless)})
    found = [f"{table} has no lock" for table in sorted(name for (name,) in cursor.fetchall())]
    found += [f"{table} is not locked for its owner" for table in _names(cursor, NOT_FORCED)]
    found += [f"view {view} reads as its owner" for view in _names(cursor, OPEN_VIEWS)]
    found += [f"materialised view {view} is a copy without a lock" for view in _names(cursor, MATERIALISED_VIEWS)]
    found += [f"function {function} runs as its owner" for function in _names(cursor, FUNCTIONS_OF_THE_OWNER)]
    cursor.execute(POLICIES)
    policies = defaultdict(list)
    for row in cursor.fetchall():
        policies[row[0]].append(Policy(*row))
    for table, held in sorted(policies.items()):
        found += [f"{table} {fault}" for fault in _faults_of_policies(held, table in append_only)]
    return found


def _faults_of_policies(policies: list[Policy], is_append_only: bool) -> list[str]:
    """Of one table: one policy for each thing that may be done with its rows, and the owner's access."""
    others = [policy for policy in policies if policy.name and not policy.is_owner_access]
    found = [] if len(others) < len(policies) and policies[0].name else ["is closed to its owner"]
    wanted = {"r", "a"} if is_append_only else set(COMMANDS)
    held = [policy.command for policy in others if policy.is_permissive]
    found += [f"has no policy for {COMMANDS[command]}" for command in sorted(wanted - set(held))]
    found += [f"has two policies for {COMMANDS[command]}" for command in COMMANDS if held.count(command) > 1]
    found += [f"has a policy for {COMMANDS[command]}" for command in sorted((set(held) & set(COMMANDS)) - wanted)]
    found += [f"has one policy for everything, {policy.name}" for policy in others if policy.command == "*"]
    found += [f"has a policy for some roles, {policy.name}" for policy in others if policy.roles != [EVERYBODY]]
    return found


def _names(cursor: Any, query: str) -> list[str]:
    cursor.execute(query)
    return sorted(name for (name,) in cursor.fetchall())
