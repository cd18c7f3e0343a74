"""Numbers, dates and orders of profiles come from the newest edition in which something that this reader sees changed.

An edition in which only a section, a figure or a source changed that is for others is none to this reader: no list, no
page, no date, no ETag tells of it.
"""

import re

import pytest

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from indicators.models import Observation, Source
from profiles.listing import latest
from profiles.models import Citation, CitedFigure, Draft, Edition, EditionText, Profile, Section
from profiles.publishing import publish
from tests.conftest import STRANGER, forget_all_pages, user_of
from tests.readers import answer_to, body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
BASE = "/maps/mtm/migration-development/morocco/"
OPEN, NARROW = "overview", "remittances"
SEARCHED = "Morocco"
PAGES = [
    "/en/", "/fr/maps/", "/ar/maps/mtm/", "/en/maps/mtm/migration-development/", f"/en{BASE}", f"/en{BASE}{OPEN}/",
    f"/en{BASE}print/", f"/ar{BASE}editions/1/", f"/en{BASE}editions/2/", f"/en{BASE}editions/99/", "/en/countries/",
    "/en/countries/morocco/", "/en/maps/mtm/migration-development/across/overview/", "/sitemap.xml",
    f"/en/search/?q={SEARCHED}&kind=profile", f"/en/search/?q={SEARCHED}&kind=profile&year=2012",
]  # fmt: skip


def the_profile() -> Profile:
    return Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")


def section_of(slug: str) -> Section:
    return Section.objects.get(profile=the_profile(), heading__slug=slug)


def narrow(slug: str) -> None:
    with viewing(DESK):
        Section.objects.filter(pk=section_of(slug).pk).update(audience=["secretariat:mtm"])
    forget_all_pages()


def publish_a_change_of(slug: str, as_of: str) -> Edition:
    with viewing(DESK):
        draft = Draft.objects.get(section=section_of(slug), language="en")
        draft.html += f"<p>As it was found in {as_of}.</p>"
        draft.save()
        edition = publish(the_profile(), as_of=as_of, is_demonstration=True)
    forget_all_pages()
    return edition


def answers(client) -> list:
    return [answer_to(client, path) for path in PAGES]


@pytest.mark.parametrize("login", [STRANGER, "official.ukr"])
def test_an_edition_in_which_only_a_hidden_section_changed_changes_nothing_for_others(reader, login):
    narrow(NARROW)
    client = reader(login)
    client.get("/en/maps/")
    before = answers(client)
    publish_a_change_of(NARROW, "2034-05")
    assert [path for path, one, other in zip(PAGES, before, answers(client), strict=True) if one != other] == []
    assert "May 2034" in body_of(reader("editor").get(f"/en{BASE}")).decode()


def test_lists_are_in_the_order_of_what_their_reader_sees(reader):
    narrow(NARROW)
    publish_a_change_of(OPEN, "2033-01")
    with viewing(DESK):
        other = Profile.objects.get(dialogue="mtm", theme="migration-development", slug="tunisia")
        draft = Draft.objects.filter(section__profile=other, language="en").exclude(html="").first()
        draft.html += "<p>More.</p>"
        draft.save()
        publish(other, as_of="2033-02")
    publish_a_change_of(NARROW, "2033-03")
    with viewing(ANYONE):
        assert [row.slug for row in latest(ANYONE, 2)] == ["tunisia", "morocco"]
    editor = user_of("editor").viewer
    with viewing(editor):
        assert [row.slug for row in latest(editor, 2)] == ["morocco", "tunisia"]


def test_a_number_that_is_left_out_leads_to_the_edition_before_it(reader):
    narrow(NARROW)
    publish_a_change_of(NARROW, "2033-01")
    publish_a_change_of(OPEN, "2033-02")
    page = body_of(reader(STRANGER).get(f"/en{BASE}editions/3/")).decode()
    assert re.findall(r'<li value="(\d+)"', page) == ["3", "1"]
    left_out = reader(STRANGER).get(f"/en{BASE}editions/2/")
    assert (left_out.status_code, left_out["Location"]) == (302, f"/en{BASE}editions/1/")
    assert reader("editor").get(f"/en{BASE}editions/2/").status_code == 200


def test_an_edition_beyond_the_newest_that_is_shown_is_not_there(reader):
    narrow(NARROW)
    publish_a_change_of(NARROW, "2033-01")
    there, missing = (
        answer_to(reader(STRANGER), f"/en{BASE}editions/{number}/", f"editions/{number}/") for number in (2, 9)
    )
    assert there == missing
    assert there.text.startswith(b"404")


def test_narrowing_what_changed_last_takes_its_date_back(reader):
    page = body_of(reader(STRANGER).get(f"/en{BASE}")).decode()
    publish_a_change_of(NARROW, "2033-01")
    assert "January 2033" in body_of(reader(STRANGER).get(f"/en{BASE}")).decode()
    narrow(NARROW)
    after = body_of(reader(STRANGER).get(f"/en{BASE}")).decode()
    assert "January 2033" not in after
    assert re.search("Updated [A-Z][a-z]+ 2012", page)[0] in after


def test_a_text_that_is_taken_out_is_a_change_to_who_saw_it(reader):
    with viewing(DESK):
        Draft.objects.filter(section=section_of(NARROW)).delete()
        publish(the_profile(), as_of="2033-01")
    forget_all_pages()
    assert "January 2033" in body_of(reader(STRANGER).get(f"/en{BASE}")).decode()


def test_a_hidden_source_and_a_hidden_figure_move_no_date():
    """Of a section that everyone reads: the sources and figures that its next edition names beside the others."""
    with viewing(DESK):
        source = Source.objects.create(
            slug="kept-apart", dialogue_id="mtm", kind="national", language="en", name_en="Kept apart",
            audience=["secretariat:mtm"],
        )  # fmt: skip
        former = the_profile().editions.get()
        newest = Edition.objects.create(
            profile=former.profile, number=2, published_at=former.published_at, as_of="2033-01",
            audience=former.audience, endorsement=former.endorsement, is_demonstration=True,
        )  # fmt: skip
        for model in (EditionText, Citation, CitedFigure):
            rows = list(model.objects.filter(edition=former))
            for row in rows:
                row.pk, row.edition = None, newest
            model.objects.bulk_create(rows)
        figure = Observation.objects.filter(subject=newest.profile.subject, value__isnull=False).first()
        hidden = Observation.objects.create(
            indicator=figure.indicator, subject=figure.subject, period="1999", value=1, source=source, dialogue_id="mtm",
            audience=["secretariat:mtm"],
        )  # fmt: skip
        Citation.objects.create(edition=newest, section=section_of(OPEN), source=source, position=99)
        newest.figures.create(section=section_of(OPEN), reference="a/1999/b", observation=hidden, value=1)
    shown = {}
    for name, viewer in (("anyone", ANYONE), ("desk", DESK)):
        with viewing(viewer):
            shown[name] = latest(viewer, 99, slug="morocco", theme="migration-development")[0].as_of
    assert shown == {"anyone": former.as_of, "desk": "2033-01"}
