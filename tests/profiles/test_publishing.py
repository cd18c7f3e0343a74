"""From draft to edition and back."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from indicators.models import Source
from profiles.editing.rollback import take_back
from profiles.models import Draft, Edition, EditionText, Profile
from profiles.publishing import publish
from tests.conftest import user_of

pytestmark = pytest.mark.django_db
PAGE = "/en/maps/mtm/migration-development/morocco/overview/"


@pytest.fixture
def desk():
    with viewing(Viewer.secretariat_of("mtm")):
        yield


@pytest.fixture
def profile(desk):
    return Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")


def draft_of(profile, language="en", slug="overview"):
    return Draft.objects.get(section__profile=profile, section__heading__slug=slug, language=language)


def rewrite(profile, html, **where):
    draft = draft_of(profile, **where)
    draft.html = html
    draft.save()


def test_readers_see_nothing_of_a_draft(profile, reader):
    rewrite(profile, "<p>Not yet for anyone.</p>")
    assert b"Not yet for anyone" not in reader("stranger").get(PAGE).content
    with viewing(ANYONE):
        assert not Draft.objects.exists()


def test_readers_see_a_new_edition_at_once(profile, reader):
    stranger = reader("stranger")
    assert b"A new sentence." not in stranger.get(PAGE).content
    rewrite(profile, "<p>A new sentence.</p>")
    edition = publish(profile, as_of="2013-06", by=user_of("editor"))
    assert edition.number == 2
    page = stranger.get(PAGE).content.decode()
    assert "A new sentence." in page
    assert "June 2013" in page


def test_a_script_in_a_draft_is_not_published(profile, reader):
    rewrite(profile, "<p>Fine.</p><script>alert(1)</script><img src=x onerror=alert(2)>")
    publish(profile, as_of="2013")
    page = reader("stranger").get(PAGE).content
    assert b"Fine." in page
    assert b"alert(" not in page


def test_an_edition_never_changes(profile):
    edition = profile.editions.get()
    for attempt in (
        lambda: Edition.objects.filter(pk=edition.pk).update(as_of="1999"),
        lambda: EditionText.objects.filter(edition=edition).update(html="x"),
        lambda: EditionText.objects.filter(edition=edition).delete(),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            attempt()


def test_an_earlier_edition_stays_readable_and_says_that_it_was_replaced(profile, reader):
    rewrite(profile, "<p>Second.</p>")
    publish(profile, as_of="2013")
    first = reader("stranger").get("/en/maps/mtm/migration-development/morocco/editions/1/").content.decode()
    assert "A newer one has replaced it" in first
    assert "Second." not in first


def test_going_back_makes_a_third_edition_equal_to_the_first(profile):
    texts = dict(profile.editions.get(number=1).texts.values_list("section__heading__slug", "digest"))
    rewrite(profile, "<p>A mistake.</p>")
    publish(profile, as_of="2013")
    assert take_back(profile.editions.get(number=1)) == 1
    third = publish(profile, as_of="2012-02")
    assert third.number == 3
    assert dict(third.texts.values_list("section__heading__slug", "digest")) == texts


def test_an_emptied_section_leaves_the_edition(profile, reader):
    rewrite(profile, "<p> </p>")
    publish(profile, as_of="2013")
    page = reader("stranger").get(PAGE).content.decode()
    assert "the original" in page or "Nothing has been collected yet" in page


@pytest.mark.parametrize("as_of", ["", "soon", "2013-13", "13", "2013-6-1", "2013-06-31x"])
def test_a_wrong_date_is_refused_and_nothing_is_published(profile, as_of):
    with pytest.raises(ValidationError):
        publish(profile, as_of=as_of)
    assert profile.editions.count() == 1


def test_without_any_text_nothing_is_published(profile):
    Draft.objects.filter(section__profile=profile).update(html="<p></p>")
    with pytest.raises(ValidationError, match="no text"):
        publish(profile, as_of="2013")


def test_a_source_narrower_than_its_section_stops_publishing(profile):
    secret = Source.objects.create(slug="secret", dialogue_id="mtm", kind="national", name_en="Confidential letter")
    draft_of(profile).section.sources.add(secret)
    with pytest.raises(ValidationError, match="Confidential letter"):
        publish(profile, as_of="2013")
    assert profile.editions.count() == 1


def test_two_publications_get_two_numbers(profile):
    assert [publish(profile, as_of="2013").number, publish(profile, as_of="2013").number] == [2, 3]


def test_a_dialogue_shows_its_own_languages_with_a_notice_in_others(reader):
    page = reader("stranger").get("/ar/maps/prague-process/migration-development/georgia/").content.decode()
    assert 'class="original"' in page
    assert 'lang="en" dir="ltr"' in page
