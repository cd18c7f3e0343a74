"""The choices under the map of the routes, which static/js/routes.js reads; none of them is sent."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from atlas.filter_forms import Choice, FilterField, FilterForm
from atlas.models import Subject
from routes.models import Mode

QUARTERS = [(quarter, quarter) for quarter in "1234"]
SPEEDS = [("0.5", "½"), ("1", "1"), ("2", "2")]


class RouteFilterForm(FilterForm):
    """`nationalities`: code and name each. There is no choice of a route where there is one, or of no nationality."""

    quarter = FilterField(label=gettext_lazy("Quarter"), all_label=gettext_lazy("whole year"), choices=QUARTERS)
    speed = FilterField(label=gettext_lazy("Speed"), choices=SPEEDS)
    route = FilterField(label=gettext_lazy("Route"), all_label=gettext_lazy("all"))
    mode = FilterField(label=gettext_lazy("Mode"), all_label=gettext_lazy("all"), choices=Mode.choices)
    nationality = FilterField(label=gettext_lazy("Nationality"), all_label=gettext_lazy("all"))

    def __init__(self, routes: Iterable[Subject], nationalities: Iterable[Choice] = ()):
        super().__init__({"speed": "1"}, auto_id=False)
        named, of_people = [(route.slug, route.name) for route in routes], list(nationalities)
        self.offer("route", named)
        self.offer("nationality", of_people)
        if len(named) < 2:
            del self.fields["route"]
        if not of_people:
            del self.fields["nationality"]
