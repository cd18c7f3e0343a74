from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as of_the_admin

from imap.local_apps import modules_named


class ImapConfig(AppConfig):
    name = "imap"

    def ready(self) -> None:
        from access.viewing import BEFORE_COMMIT
        from imap.external_links import register_places
        from imap.journal.writer import ship_before_commit

        register_places()
        BEFORE_COMMIT.append(ship_before_commit)


class SecretariatAdminConfig(of_the_admin.AdminConfig):
    default = False
    default_site = "imap.admin.SecretariatSite"

    def ready(self) -> None:
        super().ready()
        for module in modules_named("admin"):
            import_module(module)
