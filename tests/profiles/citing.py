"""What tests of cited figures share: Morocco's overview, which cites one figure, and figures that are revised."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from access import tokens
from access.viewer import Viewer
from access.viewing import viewing
from indicators.models import Observation, Source
from indicators.revisions import replace_figure
from profiles.models import Draft, Profile
from profiles.publishing import publish

DESK = Viewer.secretariat_of("mtm")
PAGE = "/{}/maps/mtm/migration-development/morocco/overview/"
TOTAL = "population-total/2004/hcp"
OF_NIGER = "niger/population-total/2007/gapminder"


def cites(reference: str, number: str = "") -> str:
    return f'<p>There are <data value="{reference}">{number}</data> of them.</p>'


@pytest.fixture
def profile():
    with viewing(DESK):
        yield Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")


def write(profile: Profile, html: str, *languages: str) -> None:
    """The overview in these languages (else in all) says this alone."""
    drafts = Draft.objects.filter(section__profile=profile, section__heading__slug="overview")
    (drafts.filter(language__in=languages) if languages else drafts).update(html=html)


def publish_citing(profile: Profile, reference: str, number: str = ""):
    write(profile, cites(reference, number))
    return publish(profile, as_of="2012-02")


def figure(reference: str = TOTAL, subject: str = "morocco", **where: object) -> Observation:
    *_, indicator, period, source = reference.split("/")
    where = {"indicator": indicator, "period": period, "source__slug": source, **where}
    return Observation.objects.get(subject__slug=subject, **where)


def corrected(row: Observation, **said: object) -> Observation:
    """The figure that stands in its place from today on, and says this otherwise."""
    later = Observation.objects.get(pk=row.pk)
    for name, what in said.items():
        setattr(later, name, what)
    return replace_figure(row, later, "a slip of the pen")


def later_vintage(value: int | None, known_on: str = "2013-06", audience=("public",), **where) -> Observation:
    """Entered without any signal, as an import does it."""
    first = figure(**where)
    row = Observation(
        indicator=first.indicator, subject=first.subject, period=first.period, source=first.source, value=value,
        known_on=known_on, dialogue_id="mtm", audience=list(audience), changed_at=timezone.now(),
    )  # fmt: skip
    return Observation.objects.bulk_create([row])[0]


def page(reader, login: str = "stranger", language: str = "en", path: str = PAGE) -> str:
    return reader(login).get(path.format(language)).content.decode()


def sentence(html: str) -> str:
    """What stands in the one sentence, as it is read."""
    return re.sub(r"<[^>]+>", "", re.search(r"There are (.*?) of them", html, re.DOTALL)[1])


def narrow_the_figure():
    Observation.objects.filter(pk=figure().pk).update(audience=[tokens.partner("morocco"), "secretariat:mtm"])


def narrow_the_source():
    Source.objects.filter(slug="hcp").update(audience=[tokens.NOMINATED, "secretariat:mtm"])


def address(name: str, *args) -> str:
    return reverse(f"admin:profiles_profile_{name}", args=args)
