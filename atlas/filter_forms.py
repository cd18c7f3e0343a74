"""Forms that filter a list: sent by GET, drawn with what the address says, which each room reads for itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.utils import flatatt

Choice = tuple[str, Any]  # value and label, or a group's label and its choices
Attributes = Mapping[str, Mapping[str, str]]  # value → attributes of its option


class FilterSelect(forms.Select):
    """A select whose options may bear attributes; the empty value stands first, and is shown if no other is."""

    template_name = "components/select.html"
    option_attributes: Attributes = {}

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        attributes = {**self.option_attributes.get(value, {}), "selected": bool(selected and value)}
        return option | {"attributes": flatatt(attributes)}


class FilterField(forms.ChoiceField):
    """One of the choices that the form offers, or, with `all_label`, all of them."""

    widget = FilterSelect

    def __init__(self, *, label: Any, all_label: Any = "", choices: Iterable[Choice] = ()):
        self.first: list[Choice] = [("", all_label)] if all_label else []
        super().__init__(label=label, required=False, choices=[*self.first, *choices])

    def offer(self, choices: Iterable[Choice], attributes: Attributes | None = None) -> None:
        self.choices = [*self.first, *choices]
        self.widget.option_attributes = attributes or {}


class FilterForm(forms.Form):
    """What a list is filtered by. It is drawn only: the views read the address, and refuse nothing."""

    def __init__(self, values: Mapping[str, Any], **options):
        super().__init__(initial=dict(values), label_suffix="", **options)

    def offer(self, name: str, choices: Iterable[Choice], attributes: Attributes | None = None) -> None:
        """Sets the choices of a field: value and label each, with attributes of their options."""
        field = self.fields[name]
        assert isinstance(field, FilterField)
        field.offer(choices, attributes)
