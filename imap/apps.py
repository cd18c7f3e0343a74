from django.apps import AppConfig


class ImapConfig(AppConfig):
    name = "imap"

    def ready(self) -> None:
        from imap.outside_addresses import register_places

        register_places()
