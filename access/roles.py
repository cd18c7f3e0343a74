"""The database role that serves: it may never bypass row-level security."""

from django.db import connections


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
