"""Form fields in which the desk chooses categories and subjects by name."""

from collections.abc import Iterable
from typing import Any

from django import forms

from access.viewer import ANYONE, Viewer
from atlas.sorting import in_reading_order
from newscentre.articles.names import named_in_the_press
from newscentre.models import Category


class NamesField(forms.TypedMultipleChoiceField):
    """Keys of names, of which a form offers those that its desk may be told of."""

    def offer(self, viewer: Viewer) -> set:
        """Returns the keys of what it offers."""
        named = {row.pk: row.name for row in self.names(viewer)}
        self.choices = list(named.items())
        return set(named)

    def names(self, viewer: Viewer) -> Iterable[Any]:
        raise NotImplementedError


class CategoriesField(NamesField):
    """Slugs of categories, chosen by their names in the language of the page."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        super().__init__(coerce=str, required=False, **options)

    def names(self, viewer: Viewer) -> Iterable[Category]:
        return Category.objects.sayable_to(viewer)


class SubjectsField(NamesField):
    """Ids of subjects that the press names, chosen by name."""

    def __init__(self, **options):
        super().__init__(coerce=int, required=False, widget=forms.SelectMultiple(attrs={"size": 10}), **options)

    def names(self, viewer: Viewer) -> Iterable[Any]:
        return in_reading_order(named_in_the_press().sayable_to(viewer))


class NamesFormMixin(forms.BaseForm):
    """Mixin of a form with such fields. What the row holds and its desk may not be told of stays as it is."""

    viewer: Viewer = ANYONE

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._unsaid: dict[str, list] = {}
        for name, field in self.fields.items():
            if isinstance(field, NamesField):
                offered = field.offer(self.viewer)
                held = self.initial.get(name) or []
                self.initial[name] = [key for key in held if key in offered]
                self._unsaid[name] = [key for key in held if key not in offered]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, unsaid in self._unsaid.items():
            if name in cleaned:
                cleaned[name] = [*cleaned[name], *unsaid]
        return cleaned
