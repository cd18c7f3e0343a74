from django.apps import AppConfig
from django.contrib.admin import apps as of_the_admin


class ImapConfig(AppConfig):
    name = "imap"

    def ready(self) -> None:
        from imap.outside_addresses import register_places

        register_places()


class SecretariatAdminConfig(of_the_admin.AdminConfig):
    default = False
    default_site = "imap.admin.SecretariatSite"
