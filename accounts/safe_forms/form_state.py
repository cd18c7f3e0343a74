"""The state of a form: a digest, sent along, of what its row held when the form was made; and the differences since."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.base import File
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

STATE = "_state"  # of the form as it was made
OVER = "_over"  # of the row as its person has seen it since, pressed in the comparison
NO_STATE = gettext_lazy(
    "This form does not say from which state of the page it was made. Nothing was saved, and what you wrote stands in the "
    "form. Compare both below."
)
CHANGED_MEANWHILE = gettext_lazy(
    "This was changed by somebody else, or in another window, after you had opened it. Nothing was saved, and what you "
    "wrote stands in the form. Compare both below."
)


@dataclass(frozen=True)
class FieldDifference:
    """A field whose value in the row differs from the submitted one."""

    label: str
    now: str
    yours: str


def state_of(form: forms.BaseForm, formsets: Iterable[BaseFormSet] = ()) -> str:
    """A keyed digest of what the row and the rows beside it hold in the fields that the form would write.

    It is made of what the form shows its person, so that nothing hidden from them shows in it.
    """
    held: list[Any] = [_held(form)]
    for formset in formsets:
        held.append([[str(row.instance.pk), _held(row)] for row in formset.initial_forms])
    return salted_hmac(
        "accounts.safe_forms.form_state", json.dumps(held, sort_keys=True, default=force_str)
    ).hexdigest()


def is_of_an_older_state(request: HttpRequest, state: str) -> bool:
    """Whether the form was made from another state than the row's, which its user has not seen since."""
    seen = [request.POST[name] for name in (STATE, OVER) if name in request.POST]
    return not any(constant_time_compare(one, state) for one in seen)


def has_a_state(request: HttpRequest) -> bool:
    return bool(request.POST.get(STATE) or request.POST.get(OVER))


def why_older(request: HttpRequest) -> Promise:
    return CHANGED_MEANWHILE if has_a_state(request) else NO_STATE


def differences(form: forms.BaseForm, formsets: Iterable[BaseFormSet] = ()) -> list[FieldDifference]:
    """Differences by field, of the row and its inline rows; newly added rows count as no difference."""
    return [*_differences(form), *(found for formset in formsets for row in formset.initial_forms for found in _differences(row))]  # fmt: skip


def _differences(form: forms.BaseForm) -> Iterator[FieldDifference]:
    for name in form.changed_data:
        if name in form.fields and not form.fields[name].widget.is_hidden:
            bound = form[name]
            yield FieldDifference(str(bound.label), _shown(bound, _initial(bound)), _shown(bound, bound.value()))


def _held(form: forms.BaseForm) -> dict[str, Any]:
    return {name: _plain(_initial(form[name])) for name in form.fields if not form.fields[name].disabled}


def _initial(bound: BoundField) -> Any:
    return bound.field.prepare_value(bound.initial)


def _plain(value: Any) -> Any:
    """A canonical form: equal for equal values, in whatever order a set of rows came."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set):
        return sorted(force_str(_plain(part)) for part in value)
    return "" if value is None else force_str(value)


def _shown(bound: BoundField, value: Any) -> str:
    """A value in words: names of what is chosen among the choices that the form offers, nothing else.

    A field that knows better how people read its values has a method `shown`.
    """
    field = bound.field
    if shown := getattr(field, "shown", None):
        return shown(force_str(value or ""))
    if isinstance(field, forms.BooleanField):
        return _("Yes") if field.to_python(value) else _("No")
    if isinstance(value, File):
        return value.name or ""
    parts = [part for part in (value if isinstance(value, list | tuple | set) else [value]) if part not in (None, "")]
    if isinstance(field, forms.ModelChoiceField):
        return _names(field, parts)
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in _flat(field.choices)}  # type: ignore[arg-type]
        return _(", ").join(labels[str(part)] for part in parts if str(part) in labels)
    return " ".join(force_str(part) for part in parts)


def _names(field: forms.ModelChoiceField, keys: list[Any]) -> str:
    try:
        chosen = list(field.queryset.filter(**{f"{field.to_field_name or 'pk'}__in": keys})) if keys else []
    except (ValueError, TypeError):
        return ""
    return _(", ").join(sorted(field.label_from_instance(row) for row in chosen))


def _flat(choices: Iterable) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
