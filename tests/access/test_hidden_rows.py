"""Whatever subset of rows is hidden: each page is composed of the others, and says nothing of those that are not shown.

`make test-deep` tries twenty times as many subsets, and every pair of page and kind of row.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access.presets import Preset
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from tests.access.hidden_lives import LIVES, life_of
from tests.access.marking import (
    HIDEABLE,
    LANGUAGES,
    LAST_YEAR,
    YEAR,
    candidates,
    change,
    hide,
    mark_everything,
    marks_in,
)
from tests.access.planting import NARROW, OPENING, Planted
from tests.access.planting_news import month_of
from tests.conftest import STRANGER, browser_of, forget_all_pages, user_of
from tests.depth import IS_DEEP, examples
from tests.readers import answer_to, difference, raw

PHASES = list(Phase) if IS_DEEP else [Phase.explicit, Phase.generate]  # looking for the smallest subset takes minutes
OFTEN = settings(
    max_examples=examples(50), deadline=None, derandomize=not IS_DEEP, database=None, phases=PHASES,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
LOGINS = (STRANGER, "official.mar")
MAPS, THEME = "/maps/mtm/", "/maps/mtm/irregular-mixed-migration/"


@dataclass(frozen=True)
class Page:
    """An address (without language, where it has one) and the kinds of rows of which it is composed."""

    path: str
    kinds: frozenset[str]


def page(path: str, kinds: str) -> Page:
    return Page(path, frozenset(kinds.split()))


def pages_of(planted: dict[Preset, Planted]) -> list[Page]:
    one, map_of = planted[Preset.PUBLIC], f"{MAPS}routes/editions/{YEAR}/1/"
    on_the_map = "layer stop segment reason observation source"
    profile = "profile section observation source"
    library = "publication publicationfile project"
    return [
        page("/", "profile"),
        page("/search/?q=zq&kind=profile", profile),
        page(f"{one.base}editions/{one.editions[1] + 2}/", profile),
        page(f"{THEME}?by=area", "profile"),
        page(f"{MAPS}partners/", "layer"),
        page(f"{MAPS}routes/editions/{YEAR}/", on_the_map),
        page(f"{map_of.replace('/1/', '/2/')}", on_the_map),
        page("/calendar/2012-05/", "meeting"),
        page("/library/?dialogue=mtm", library),
        page("/api/ogc/collections/mtm-segments", "layer stop segment"),
        page("/maps/", "profile"),
        page(MAPS, "profile"),
        page(THEME, "profile"),
        page(f"{THEME}across/{OPENING}/", profile),
        page(f"{THEME}across/{NARROW}/", profile),
        page(one.base, profile),
        page(f"{one.base}{NARROW}/", profile),
        page(f"{one.base}print/", profile),
        page(f"{one.base}editions/{one.editions[1] + 1}/", profile),
        page(f"{THEME}morocco/", profile),
        page(f"{THEME}morocco/print/", profile),
        page("/countries/", "profile"),
        page(f"/countries/{one.slug}/", f"{profile} segment layer article"),
        page("/countries/italy/", f"{profile} segment layer article"),
        page("/countries/morocco/", f"{profile} segment layer article"),
        page(f"{MAPS}routes/", f"{on_the_map} story"),
        page(f"{MAPS}routes/?known-on=2013", f"{on_the_map} story"),
        page(f"{MAPS}routes/of/route/central-mediterranean/", on_the_map),
        page(f"{MAPS}routes/of/country/italy/", on_the_map),
        page(f"{MAPS}routes/stories/story-public/", f"{on_the_map} story"),
        page(f"{map_of}layers-4.geojson", "layer stop segment"),
        page(f"{map_of}routes.geojson", "layer stop segment"),
        page(f"{map_of}routes.csv.zip", "layer stop segment"),
        page(f"{map_of}map-{LAST_YEAR}-a4.svg", on_the_map),
        page("/api/ogc/collections", "layer stop segment"),
        page("/api/ogc/collections/mtm-segments/items?limit=1000", "layer stop segment"),
        page("/api/ogc/collections/mtm-stops/items?limit=1000", "layer stop segment"),
        page("/news/", "article"),
        page("/news/rss/", "article"),
        page("/news/atom/", "article"),
        page(f"/news/{one.article}/", "article"),
        page("/news/reviews/", "review"),
        page(f"/news/reviews/mtm/{month_of(Preset.PUBLIC)}/", "review article"),
        page(f"/news/reviews/mtm/{month_of(Preset.NOMINATED)}/", "review article"),
        page("/search/?q=zq", " ".join(HIDEABLE)),
        page("/calendar/", "meeting"),
        page("/calendar/meetings.ics", "meeting"),
        page(f"/calendar/{one.meeting}/", "meeting meetingdocument participantlist"),
        page(f"/calendar/{planted[Preset.THEME].meeting}/", "meeting meetingdocument participantlist"),
        page("/library/", library),
        page(f"/library/{one.publication}/", library),
        page(f"/library/projects/{one.project}/", library),
        page("/links/", "link"),
        page("/sitemap.xml", "profile meeting publication project layer"),
    ]


def address_of(shown: Page, language: str) -> str:
    return shown.path if shown.path.startswith(("/api/", "/sitemap")) else f"/{language}{shown.path}"


@contextmanager
def undone() -> Iterator[None]:
    """What changes inside is as if it had not been."""
    forget_all_pages()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def viewer_of(login: str) -> Viewer:
    return ANYONE if login == STRANGER else user_of(login).viewer


def visible(login: str) -> dict[str, set[int]]:
    """Numbers of the rows that this person may see."""
    viewer = viewer_of(login)
    with viewing(viewer):
        return {
            kind: set(model.objects.visible_to(viewer).values_list("pk", flat=True)) for kind, model in HIDEABLE.items()
        }


@pytest.fixture
def marked(planted) -> dict[Preset, Planted]:
    mark_everything()
    return planted


@pytest.fixture
def clients(marked) -> dict[str, Client]:
    readers = {login: browser_of(login) for login in LOGINS}
    for client in readers.values():
        client.get("/en/maps/")  # the first request of a visit is noted
    return readers


@st.composite
def subsets(draw: st.DrawFn, rows: dict[str, list[int]]) -> dict[str, list[int]]:
    """Of up to four kinds of rows: one, some, or all."""
    chosen = {}
    for kind in draw(st.sets(st.sampled_from(sorted(kind for kind in rows if rows[kind])), min_size=1, max_size=4)):
        share = draw(st.sampled_from((0.0, 0.1, 0.5, 1.0)))
        random = Random(draw(st.integers(0, 10**6)))
        held = [number for number in rows[kind] if random.random() < share]
        chosen[kind] = held or [random.choice(rows[kind])]
    return chosen


@st.composite
def looks(draw: st.DrawFn, pages: list[Page], kinds: set[str]) -> list[tuple[str, str]]:
    """Two to four pages that are composed of these kinds, each in a language: (login, address)."""
    composed = [shown for shown in pages if shown.kinds & kinds]
    chosen = (
        draw(st.lists(st.sampled_from(composed), min_size=2, max_size=4, unique=True))
        if len(composed) > 1
        else composed
    )
    return [
        (draw(st.sampled_from(LOGINS)), address_of(shown, draw(st.sampled_from(("en", "fr", "ar")))))
        for shown in chosen
    ]


@pytest.mark.deep
def test_whatever_is_hidden_every_page_shows_the_rest_and_nothing_of_it(marked, clients):
    pages, rows = pages_of(marked), candidates()

    @OFTEN
    @given(st.data())
    def without(data: st.DataObject) -> None:
        hidden = data.draw(subsets(rows))
        asked = data.draw(looks(pages, set(hidden)))
        with undone():
            for kind, numbers in hidden.items():
                hide(kind, numbers)
            seen = {login: visible(login) for login in {login for login, _ in asked}}
            for login, path in asked:
                answer = clients[login].get(path)
                assert answer.status_code in (200, 404), path
                told = marks_in(raw(answer))
                beyond = {(kind, pk) for kind, pk in told if pk in hidden.get(kind, ()) or pk not in seen[login][kind]}
                assert not beyond, path

    without()


def said_to(client: Client, path: str) -> tuple[bytes, int]:
    """All of an answer but the moment of asking, which documents of the API say."""
    answer = answer_to(client, path)
    return re.sub(rb'"timeStamp":"[^"]*"', b"", answer.text), answer.queries


@pytest.mark.deep
@pytest.mark.parametrize("kind", sorted(LIVES))
def test_making_changing_and_removing_a_hidden_row_changes_no_byte_for_anyone_else(marked, clients, kind):
    """No header, number, date or order either: on every page on which rows of its kind stand (deep: on every page)."""
    of_kind = {"storystep": "story", "mapedition": "layer", "edition": "profile"}.get(kind, kind)
    asked = [
        (login, address_of(shown, LANGUAGES[number % 3]))
        for number, shown in enumerate(pages_of(marked))
        if IS_DEEP or of_kind in shown.kinds
        for login in (LOGINS if IS_DEEP else [LOGINS[number % 2]])
    ]
    assert asked
    before, step = None, 0
    with undone():
        for step, _done in enumerate(life_of(kind)):
            forget_all_pages()
            now = [said_to(clients[login], path) for login, path in asked]
            before = before or now
            changed = [one for one, held, new in zip(asked, before, now, strict=True) if held != new]
            assert changed == [], f"step {step}"
    assert step >= 2


@pytest.mark.deep
def test_changing_a_hidden_row_changes_no_byte_for_anyone_else(marked, clients):
    pages, rows = pages_of(marked), candidates()

    @OFTEN
    @given(st.data())
    def unchanged(data: st.DataObject) -> None:
        hidden = {kind: numbers[:5] for kind, numbers in data.draw(subsets(rows)).items()}
        asked = data.draw(looks(pages, set(hidden)))
        with undone():
            for kind, numbers in hidden.items():
                hide(kind, numbers)
            before = [answer_to(clients[login], path) for login, path in asked]
            for kind, numbers in hidden.items():
                change(kind, numbers)
            forget_all_pages()
            now = [answer_to(clients[login], path) for login, path in asked]
            changed = [(one, difference(held, new)) for one, held, new in zip(asked, before, now, strict=True)]
            assert [row for row in changed if row[1]] == []

    unchanged()


PLANS = ("seqscan", "indexscan", "bitmapscan", "hashjoin", "mergejoin", "nestloop", "hashagg", "sort")


def test_no_page_depends_on_the_plan_that_the_database_chooses(marked, clients):
    """Rows that no order tells apart would change places when statistics change, which hidden rows do."""
    asked = [
        (LOGINS[number % 2], address_of(shown, LANGUAGES[number % 3])) for number, shown in enumerate(pages_of(marked))
    ]
    forget_all_pages()
    before, changed = [said_to(clients[login], path) for login, path in asked], {}
    for plan in PLANS:
        with undone(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL enable_{plan} = off; DISCARD PLANS")
            now = [said_to(clients[login], path) for login, path in asked]
        changed |= {(plan, *one): held for one, held, new in zip(asked, before, now, strict=True) if held[0] != new[0]}
    assert sorted(changed) == []
