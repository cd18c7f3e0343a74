"""Keys that are words: in addresses, and in tokens of the access rule."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from access.fields import refuse_what_no_token_can_name
from access.names import CANNOT_BE_USED

KEY: dict = {"primary_key": True, "error_messages": {"unique": CANNOT_BE_USED}}
IN_TOKENS = [refuse_what_no_token_can_name]
ISO3 = RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as MAR."))
