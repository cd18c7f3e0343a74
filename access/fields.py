"""The audience column, which says who may see a row."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

from access import tokens

refuse_what_no_token_can_name = RegexValidator(
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$", _("Small letters, digits and hyphens only: it becomes part of who may read.")
)


def no_tokens() -> list[str]:
    return []


def everyone() -> list[str]:
    return [tokens.PUBLIC]


def validate_tokens(audience: Iterable[str]) -> None:
    for word in audience:
        if not tokens.is_token(word):
            raise ValidationError(_("“%(word)s” is not a token of an audience."), params={"word": word})


class AudienceField(ArrayField):
    """An array of tokens. Empty by default; the database adds the row's secretariat (see `access.row_level_security`)."""

    def __init__(self, **options):
        options.setdefault("base_field", models.TextField())
        if not options.get("null"):
            options.setdefault("default", no_tokens)
        options.setdefault("blank", True)
        options.setdefault("validators", [validate_tokens])
        super().__init__(**options)


def names_no_group(constraint: str) -> models.CheckConstraint:
    """Constraint that an audience names neither a group nor a person: for rows that outlive both."""
    words = Func(F("audience"), Value(" "), function="array_to_string", output_field=models.TextField())
    return models.CheckConstraint(
        condition=~Q(Regex(words, Value("(^| )(group|person):"))),
        name=constraint,
        violation_error_code="audience",
        violation_error_message=_("This is shared neither with a group nor with a single person."),
    )
