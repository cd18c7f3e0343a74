from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsCentreConfig(AppConfig):
    name = "newscentre"
    verbose_name = _("News centre")

    def ready(self) -> None:
        from accounts.own.further import FURTHER
        from newscentre.finding import KINDS
        from newscentre.links.own_places import register_own
        from newscentre.watching import tasks  # noqa: F401  # the worker learns of them
        from newscentre.watching.held import held_of
        from search.kinds import register

        register_own()
        FURTHER["news"] = held_of
        for kind in KINDS:
            register(kind)
