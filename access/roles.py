"""The two database roles: the owner migrates and purges, the application serves under the lock."""

from django.apps import apps
from django.db import connections

APPEND_ONLY = "append_only"  # attribute of a model whose rows are added once and never changed
MAY_CHANGE = "may_change"  # attribute beside it: the columns that may be changed all the same


def grant_to_application(sender, using: str = "default", **kwargs) -> None:
    """Grants the application's role what it needs on every table, after migrating as owner."""
    if using != "owner" or sender.name != "access":
        return
    role = connections["default"].settings_dict["USER"]
    owner = connections["owner"]
    with owner.cursor() as cursor:
        name = owner.ops.quote_name(role)
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return
        for statement in (
            f"GRANT USAGE ON SCHEMA public TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
            f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}",
        ):
            cursor.execute(statement)
        for model in apps.get_models():
            if getattr(model, APPEND_ONLY, False):
                table = owner.ops.quote_name(model._meta.db_table)
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")
                for column in getattr(model, MAY_CHANGE, ()):
                    cursor.execute(f"GRANT UPDATE ({owner.ops.quote_name(column)}) ON {table} TO {name}")


def why_role_is_unsafe() -> list[str]:
    """Reasons why the application's role could bypass row-level security; empty when it cannot."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            """
            SELECT r.rolname, r.rolsuper, r.rolbypassrls,
                   EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                           WHERE n.nspname = 'public' AND pg_has_role(r.oid, c.relowner, 'USAGE')) AS owns,
                   EXISTS (SELECT 1 FROM pg_roles other WHERE (other.rolsuper OR other.rolbypassrls)
                           AND other.oid <> r.oid AND pg_has_role(r.oid, other.oid, 'MEMBER')) AS may_become
            FROM pg_roles r WHERE r.rolname = current_user
            """
        )
        name, is_superuser, bypasses, owns, may_become = cursor.fetchone()
    checks = {
        f"The database role {name} is a superuser.": is_superuser,
        f"The database role {name} bypasses row-level security.": bypasses and not is_superuser,
        f"The database role {name} owns tables of the portal.": owns and not is_superuser,
        f"The database role {name} may become a role that passes the lock.": may_become and not is_superuser,
    }
    return [sentence for sentence, holds in checks.items() if holds]
