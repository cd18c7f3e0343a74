"""The choice of a nationality beside the tables of figures, for readers without scripts."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from atlas.filter_forms import Choice, FilterField, FilterForm


class NationalityForm(FilterForm):
    """`nationalities`: code and name each."""

    nationality = FilterField(label=gettext_lazy("Nationality"), all_label=gettext_lazy("all"))

    def __init__(self, nationalities: Iterable[Choice], nationality: str):
        super().__init__({"nationality": nationality}, auto_id="of-%s")
        self.offer("nationality", nationalities)
