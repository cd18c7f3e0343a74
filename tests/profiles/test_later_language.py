"""A language may follow later: it joins the edition that readers have, for the readers of the other languages."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from access import tokens
from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Subject
from profiles.models import Draft, Profile
from profiles.publishing import add_language, languages_to_add, publish
from tests.profiles.citing import (
    OF_NIGER,
    TOTAL,
    address,
    cites,
    corrected,
    figure,
    page,
    profile,  # noqa: F401  a fixture
    sentence,
    write,
)

pytestmark = pytest.mark.django_db
ARABIC = "<p>جملة جديدة</p>"
NOTICE = 'class="original"'


@pytest.fixture
def without_arabic(profile):
    """The newest edition is in English and French; the drafts are ready in Arabic."""
    arabic = {draft.pk: draft.html for draft in Draft.objects.filter(section__profile=profile, language="ar")}
    Draft.objects.filter(pk__in=arabic).update(html="")
    write(profile, cites(TOTAL, "29,891,708"), "en", "fr")
    publish(profile, as_of="2012-02")
    for pk, html in arabic.items():
        Draft.objects.filter(pk=pk).update(html=html)
    write(profile, ARABIC, "ar")
    return profile


def narrow(profile: Profile, audience: list[str] | None) -> None:
    section = profile.sections.get(heading__slug="overview")
    section.audience = audience
    section.save()


def test_readers_have_the_language_at_once(reader, without_arabic):
    before = reader("stranger").get("/ar/maps/mtm/migration-development/morocco/overview/")
    assert NOTICE in before.content.decode()
    add_language(without_arabic, "ar")
    after = reader("stranger").get("/ar/maps/mtm/migration-development/morocco/overview/")
    assert "جملة جديدة" in after.content.decode()
    assert NOTICE not in after.content.decode()
    assert before["ETag"] != after["ETag"]


def test_it_is_the_same_edition_with_its_dates(without_arabic):
    newest = without_arabic.editions.first()
    before = (newest.number, newest.published_at, newest.as_of, newest.audience)
    edition = add_language(without_arabic, "ar")
    edition.refresh_from_db()
    assert (edition.number, edition.published_at, edition.as_of, edition.audience) == before
    assert without_arabic.editions.count() == 2
    assert set(edition.texts.values_list("language", flat=True)) == {"ar", "en", "fr"}


def test_it_joins_the_newest_edition_alone(without_arabic):
    older = publish_once_more(without_arabic)
    edition = add_language(without_arabic, "ar")
    assert edition.number == older.number + 1
    assert not older.texts.filter(language="ar").exists()


def publish_once_more(profile: Profile):
    older = profile.editions.first()
    arabic = dict(Draft.objects.filter(section__profile=profile, language="ar").values_list("pk", "html"))
    Draft.objects.filter(pk__in=arabic).update(html="")
    publish(profile, as_of="2012-03")
    for pk, html in arabic.items():
        Draft.objects.filter(pk=pk).update(html=html)
    return older


def test_a_text_cites_the_figures_that_the_edition_froze(reader, without_arabic):
    corrected(figure(), value=30112000)
    write(without_arabic, cites(TOTAL, "1"), "ar")
    add_language(without_arabic, "ar")
    for language in ("ar", "en"):
        assert sentence(page(reader, language=language)).startswith("29,891,708 [")


@pytest.mark.parametrize("reference", [OF_NIGER, "population-total/2005/hcp", "fertility-rate/2004/hcp"])
def test_a_figure_that_the_edition_did_not_freeze_there_is_refused(without_arabic, reference):
    write(without_arabic, cites(reference), "ar")
    with pytest.raises(ValidationError) as refused:
        add_language(without_arabic, "ar")
    [message] = refused.value.messages
    assert message == f"“Overview” (Arabic) cites “{reference}”: the edition does not hold this figure there."
    assert not without_arabic.editions.first().texts.filter(language="ar").exists()


def test_a_text_is_for_those_who_read_its_section_in_the_edition(reader, profile, without_arabic):
    """Widened since: only what is published from then on may follow, and this belongs to what was published before."""
    narrow(profile, [tokens.partner("morocco"), "secretariat:mtm"])
    publish_once_more(profile)
    narrow(profile, None)
    edition = add_language(profile, "ar")
    texts = edition.texts.filter(section__heading__slug="overview")
    assert {tuple(text.audience) for text in texts} == {("partner:morocco", "secretariat:mtm")}
    assert "جملة جديدة" not in page(reader, language="ar")
    assert "جملة جديدة" in page(reader, "official.mar", language="ar")


def test_a_section_narrowed_since_stays_narrow(reader, without_arabic):
    narrow(without_arabic, ["secretariat:mtm"])
    add_language(without_arabic, "ar")
    assert "جملة جديدة" not in page(reader, language="ar")
    assert "جملة جديدة" in page(reader, "editor", language="ar")


def test_a_section_that_the_edition_does_not_have_stays_out(profile, without_arabic):
    Draft.objects.filter(section__heading__slug="actors", section__profile=profile).exclude(language="ar").update(
        html=""
    )
    publish_once_more(profile)
    edition = add_language(profile, "ar")
    sections = set(edition.texts.filter(language="ar").values_list("section__heading__slug", flat=True))
    assert "overview" in sections
    assert "actors" not in sections


@pytest.mark.parametrize(
    ("language", "why"),
    [("en", "has texts in this language already: English"), ("ru", "does not publish in this language: Russian")],
)
def test_a_language_that_the_edition_has_or_the_dialogue_lacks_is_refused(without_arabic, language, why):
    with pytest.raises(ValidationError, match=why):
        add_language(without_arabic, language)


def test_a_language_is_added_once(without_arabic):
    add_language(without_arabic, "ar")
    assert languages_to_add(without_arabic) == []
    with pytest.raises(ValidationError, match="already"):
        add_language(without_arabic, "ar")


def test_without_drafts_or_an_edition_there_is_nothing_to_add(without_arabic):
    Draft.objects.filter(section__profile=without_arabic, language="ar").update(html="<p> </p>")
    assert languages_to_add(without_arabic) == []
    with pytest.raises(ValidationError, match="has a draft in this language"):
        add_language(without_arabic, "ar")
    unused = Subject.objects.filter(kind="country", profiles__isnull=True).first()
    new = Profile.objects.create(dialogue_id="mtm", theme_id="migration-development", subject=unused, slug="new")
    with pytest.raises(ValidationError, match="Nothing has been published"):
        add_language(new, "ar")


# The desk -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interface", "words"),
    [
        ("en", "Add Arabic to the edition of February 2012"),
        ("fr", "Ajouter une langue à l’édition de février 2012\u00a0: arabe"),
        ("ar", "إضافة لغة إلى إصدار شباط/فبراير 2012: العربية"),
    ],
)
def test_an_editor_adds_the_language_and_the_history_tells(reader, without_arabic, interface, words):
    editor = reader("editor")
    editor.post(reverse("set_language"), {"language": interface, "next": "/secretariat/"})
    desk, adding = address("change", without_arabic.pk), address("add_language", without_arabic.pk, "ar")
    html = editor.get(desk).content.decode()
    assert adding in html
    assert words in html
    assert words in editor.get(adding).content.decode()
    assert editor.post(adding)["Location"] == desk
    assert "جملة جديدة" in page(reader, language="ar")
    assert adding not in editor.get(desk).content.decode()
    history = editor.get(address("history", without_arabic.pk)).content.decode()
    assert "2012-02, ar" in history


def test_what_keeps_the_language_out_is_said(reader, without_arabic):
    write(without_arabic, cites(OF_NIGER), "ar")
    answer = reader("editor").post(address("add_language", without_arabic.pk, "ar"))
    assert answer.status_code == 200
    assert "the edition does not hold this figure there" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ru", "xx"])
def test_a_language_that_cannot_be_added_has_no_address(reader, without_arabic, language):
    for method in ("get", "post"):
        assert (
            getattr(reader("editor"), method)(address("add_language", without_arabic.pk, language)).status_code == 404
        )


def other_editor():
    """A colleague of another secretariat, with the same rights there."""
    from tests.access.planting import plant_other_desk

    return plant_other_desk()


@pytest.mark.parametrize("login", ["stranger", "official.mar", "translator.ar", "editor.rabat"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_adds_a_language(reader, without_arabic, login, method):
    other_editor()
    answer = getattr(reader(login), method)(address("add_language", without_arabic.pk, "ar"))
    assert answer.status_code in (302, 404)
    assert not without_arabic.editions.first().texts.filter(language="ar").exists()


def test_the_database_too_refuses_another_secretariat(without_arabic):
    with viewing(Viewer.secretariat_of("rabat-process")), pytest.raises(Profile.DoesNotExist):
        add_language(without_arabic, "ar")
