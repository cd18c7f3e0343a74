"""The filters beside the news, the calendar and the library: each offers what its viewer may be told of."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.viewer import Viewer
from atlas.filter_forms import FilterField, FilterForm
from atlas.models import Dialogue, Subject, SubjectKind, Theme
from atlas.sorting import in_reading_order
from atlas.templatetags.wording import language_name
from newscentre.articles.filters import Filters
from newscentre.articles.listing import publishers_for
from newscentre.articles.names import named_in_the_press
from newscentre.calendar.listing import MeetingFilters, countries_and_years
from newscentre.library.listing import LibraryFilters
from newscentre.models import Category

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class NewsFilterForm(FilterForm):
    """The filters of the news. A name that not every reader of the page may be told of says so."""

    language = FilterField(label=gettext_lazy("Language"), all_label=gettext_lazy("All languages"))
    category = FilterField(label=gettext_lazy("Category"), all_label=gettext_lazy("All categories"))
    subject = FilterField(label=gettext_lazy("Country or town"), all_label=gettext_lazy("All countries and towns"))
    dialogue = FilterField(label=gettext_lazy("Dialogue"), all_label=gettext_lazy("All dialogues"))
    publisher = FilterField(label=gettext_lazy("Publisher"), all_label=gettext_lazy("All publishers"))
    since = forms.CharField(label=gettext_lazy("From"), widget=date_input(), required=False)
    until = forms.CharField(label=gettext_lazy("Until"), widget=date_input(), required=False)

    def __init__(self, filters: Filters, viewer: Viewer):
        super().__init__(asdict(filters), auto_id="news-%s")
        self.offer("language", [(code, language_name(code)) for code in LANGUAGES], {c: {"lang": c} for c in LANGUAGES})
        self._offer_names("category", Category.objects.told_to(viewer))
        self._offer_subjects(named_in_the_press().told_to(viewer))
        self._offer_names("dialogue", in_reading_order(Dialogue.objects.visible_to(viewer)), label="short_name")
        self._offer_names("publisher", in_reading_order(publishers_for(viewer)))

    def _offer_names(self, field: str, rows: Iterable[Any], label: str = "name") -> None:
        rows = list(rows)
        self.offer(field, [_option(row, getattr(row, label)) for row in rows], _marks(rows))

    def _offer_subjects(self, named: Iterable[Subject]) -> None:
        """In two groups; a hub and a town of one name are one choice."""
        countries: dict[str, Subject] = {}
        places: dict[str, Subject] = {}
        for subject in in_reading_order(named):
            (countries if subject.kind == SubjectKind.COUNTRY else places).setdefault(subject.slug, subject)
        groups = [(_("Countries"), countries.values()), (_("Towns"), places.values())]
        choices = [(label, [_option(row, row.name) for row in rows]) for label, rows in groups]
        self.offer("subject", choices, _marks([*countries.values(), *places.values()]))


def _option(row: Any, name: str) -> tuple[str, str]:
    """Value and label; options hold words alone, so these say what else a badge would."""
    return row.slug, _("%(name)s (not for every reader of this page)") % {"name": name} if row.is_narrower else name


def _marks(rows: Iterable[Any]) -> Mapping[str, Mapping[str, str]]:
    return {row.slug: {"class": "narrower"} for row in rows if row.is_narrower}


class DialogueFilterForm(FilterForm):
    """Filters by dialogue and theme."""

    dialogue = FilterField(label=gettext_lazy("Dialogue"), all_label=gettext_lazy("All dialogues"))
    theme = FilterField(label=gettext_lazy("Theme"), all_label=gettext_lazy("All themes"))

    def __init__(self, filters: MeetingFilters | LibraryFilters, viewer: Viewer, **options):
        super().__init__(asdict(filters), **options)
        dialogues = in_reading_order(Dialogue.objects.visible_to(viewer))
        themes = in_reading_order(Theme.objects.sayable_to(viewer))
        self.offer("dialogue", [(row.slug, row.short_name) for row in dialogues])
        self.offer("theme", [(row.slug, row.name) for row in themes])


class LibraryFilterForm(DialogueFilterForm):
    """The filters of the library."""

    def __init__(self, filters: LibraryFilters, viewer: Viewer):
        super().__init__(filters, viewer, auto_id="library-%s")


class MeetingFilterForm(DialogueFilterForm):
    """The filters of the calendar; a month has no choice of years."""

    country = FilterField(label=gettext_lazy("Country"), all_label=gettext_lazy("All countries"))
    year = FilterField(label=gettext_lazy("Year"), all_label=gettext_lazy("All years"))

    def __init__(self, filters: MeetingFilters, viewer: Viewer, is_month: bool = False):
        super().__init__(filters, viewer, auto_id="meetings-%s")
        countries, years = countries_and_years(viewer)
        self.offer("country", [(row.slug, row.name) for row in in_reading_order(countries)])
        self.offer("year", [(str(year), str(year)) for year in years])
        if is_month:
            del self.fields["year"]
