"""Corrects figures. The only way: another row replaces the figure from today on, and the earlier one stays what was known.

The database refuses any other change of what a row says (`indicators.migrations`), and its removal.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.viewer import is_narrower, narrowest
from indicators.models import FurtherSource, Observation

SAYS = ("indicator", "subject", "period", "breakdown", "value", "known_on", "flag", "source")  # never changed in a row


@transaction.atomic
def replace_figure(held: Observation, corrected: Observation, reason: str) -> Observation:
    """Adds `corrected` in the place of `held`, from today on, and returns it. Raises ValidationError: it was replaced already."""
    withdraw_figure(held, reason)
    corrected.pk, corrected._state.adding = None, True
    corrected.replaces, corrected.held_from, corrected.reason = held.pk, timezone.localdate(), reason
    corrected.withdrawn_on, corrected.withdrawn_because = None, ""
    corrected.save(force_insert=True)
    FurtherSource.objects.bulk_create(
        FurtherSource(observation=corrected, source_id=source)
        for source in FurtherSource.objects.filter(observation=held).values_list("source", flat=True)
    )
    return corrected


@transaction.atomic
def withdraw_figure(held: Observation, reason: str) -> None:
    """Withdraws the figure from today on. Raises ValidationError if it is withdrawn already."""
    living = Observation.objects.filter(pk=held.pk, withdrawn_on__isnull=True)
    today = timezone.localdate()
    if not living.update(withdrawn_on=today, withdrawn_because=reason, changed_at=timezone.now()):
        raise ValidationError(_("This figure was corrected or taken back meanwhile."))


def narrow_the_past(row: Observation) -> None:
    """What a figure said before it was corrected is read by nobody who may not read what it says now."""
    while row.replaces and (earlier := Observation.objects.filter(pk=row.replaces).first()):
        if is_narrower(row.audience, earlier.audience):
            audience = narrowest(earlier.audience, row.audience)
            Observation.objects.filter(pk=earlier.pk).update(audience=audience, changed_at=timezone.now())
        row = earlier


def replace_by_facts(held: Observation, differing: dict) -> bool:
    """For the loader: where the facts say otherwise than a row, another one replaces it."""
    said = {name.removesuffix("_id") for name in differing} & set(SAYS)
    if not said:
        return False
    corrected = Observation.objects.get(pk=held.pk)
    for name, value in differing.items():
        setattr(corrected, name, value)
    corrected.clean_fields(exclude=[field.name for field in corrected._meta.fields if field.is_relation])
    replace_figure(held, corrected, "The facts say otherwise.")
    return True
