from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsCentreConfig(AppConfig):
    name = "newscentre"
    verbose_name = _("News centre")
