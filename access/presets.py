"""The six audiences from which a secretariat chooses who reads a record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preset(models.TextChoices):
    PUBLIC = "public", _("open access: everyone")
    NOMINATED = "nominated", _("every nominated user")
    THEME = "theme", _("the nominated users of this dialogue and theme")
    PARTNERS = "partners", _("named partners")
    GROUP = "group", _("a named group")
    SECRETARIAT = "secretariat", _("the Secretariat alone")
