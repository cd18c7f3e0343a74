"""Tags that show figures."""

from django import template
from django.utils.translation import gettext as _

from atlas import wording
from atlas.periods import year_of
from indicators import charts
from indicators.models import Observation, Unit

register = template.Library()


@register.filter
def figure(observation: Observation | None) -> str:
    """A value with its indicator's decimals, and with the sign of its unit; n/a where there is none."""
    if observation is None or observation.value is None:
        return _("n/a")
    write = wording.percent if observation.indicator.unit == Unit.PERCENT else wording.number
    return write(observation.value, observation.indicator.decimals)


@register.inclusion_tag("indicators/chart.html")
def chart(series: list[Observation], subject: str, size: str = "small") -> dict:
    """The line of a series, described in words for those who do not see it."""
    width, height = {"small": (80, 20), "large": (320, 120)}[size]
    first, last = series[0], series[-1]
    description = _(
        "%(subject)s: %(indicator)s, %(first)s to %(last)s: from %(low)s to %(high)s. Source: %(source)s."
    ) % {
        "subject": subject,
        "indicator": first.indicator.name,
        "first": first.period,
        "last": last.period,
        "low": figure(first),
        "high": figure(last),
        "source": first.source.name,
    }
    points = [(year_of(row.period), row.value) for row in series if row.value is not None]
    return {"line": charts.line(points, width, height), "description": description, "size": size}


@register.filter
def last_period(series: list[Observation]) -> str:
    return series[-1].period
