from django.apps import AppConfig
from django.contrib.admin import apps as of_the_admin


class ImapConfig(AppConfig):
    name = "imap"

    def ready(self) -> None:
        from access.viewing import BEFORE_COMMIT
        from imap.journal.shipping import ship_before_commit
        from imap.outside_addresses import register_places

        register_places()
        BEFORE_COMMIT.append(ship_before_commit)


class SecretariatAdminConfig(of_the_admin.AdminConfig):
    default = False
    default_site = "imap.admin.SecretariatSite"
