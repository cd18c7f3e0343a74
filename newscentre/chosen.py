"""Fields of forms in which the desk chooses categories and subjects by name."""

from django import forms

from atlas.sorting import in_reading_order
from newscentre.models import Category
from newscentre.tagging import named_in_the_press


class CategoriesField(forms.MultipleChoiceField):
    """Slugs of categories, chosen by their names in the language of the page."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        options.setdefault("required", False)
        super().__init__(
            choices=lambda: [(category.pk, category.name) for category in Category.objects.all()], **options
        )


class SubjectsField(forms.TypedMultipleChoiceField):
    """Ids of subjects that the press names, chosen by name."""

    def __init__(self, **options):
        super().__init__(
            choices=lambda: [(subject.pk, subject.name) for subject in in_reading_order(named_in_the_press())],
            coerce=int,
            required=False,
            widget=forms.SelectMultiple(attrs={"size": 10}),
            **options,
        )
