"""How the database keeps an address that is left: for migrations.

A trigger on each table whose word stands in an address writes the row that stood there, whoever changes it and how.
"""

from django.db import migrations

from access.lock import secretariat_holds

KEEP = """
CREATE FUNCTION imap_keep_former_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO imap_formeraddress (left_at, dialogue, theme, kind, word, %I) SELECT now(), %s, ($1).id',
                   TG_ARGV[0], TG_ARGV[1]) USING OLD;
    RETURN NULL;
END
$$
"""
# What belongs to a row that is locked is written by its secretariat; names are written by whoever may change them.
WRITE = f"((profile_id IS NULL AND story_id IS NULL AND review_id IS NULL) OR {secretariat_holds('dialogue')})"


class KeepsFormerAddresses(migrations.RunSQL):
    """`column` of a former address leads to the row. `dialogue`, `theme`, `kind`, `word`: columns of the table, or ''."""

    def __init__(self, table, column, dialogue, theme, kind, word):
        self.arguments = [table, column, dialogue, theme, kind, word]
        words = [name for name in (dialogue, theme, kind, word) if name]
        said = ", ".join(f"($1).{name}" if name else "''" for name in (dialogue, theme, kind, word)).replace("'", "''")
        old, new = (", ".join(f"{row}.{name}" for name in words) for row in ("OLD", "NEW"))
        super().__init__(
            sql=f"CREATE TRIGGER keep_former_address AFTER UPDATE OF {', '.join(words)} ON {table} FOR EACH ROW "
            f"WHEN (ROW({old}) IS DISTINCT FROM ROW({new})) EXECUTE FUNCTION imap_keep_former_address('{column}', '{said}')",
            reverse_sql=f"DROP TRIGGER keep_former_address ON {table}",
        )

    def deconstruct(self):
        return (self.__class__.__name__, self.arguments, {})

    def describe(self):
        return f"Keep the addresses at which rows of {self.arguments[0]} stood"
