from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsCentreConfig(AppConfig):
    name = "newscentre"
    verbose_name = _("News centre")

    def ready(self) -> None:
        from accounts.account_page.export_registry import FURTHER
        from newscentre.links.own_locations import register_own
        from newscentre.search_kinds import KINDS
        from newscentre.subscriptions.personal_data import held_of
        from search.kinds import register

        import_module("newscentre.feeds.heartbeats")  # connects its receivers
        register_own()
        FURTHER["news"] = held_of
        for kind in KINDS:
            register(kind)
