"""The editor's work in the admin, without superuser rights and for the MTM Dialogue only."""

import pytest
from django.urls import reverse
from django.utils import translation

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from indicators.models import Source
from profiles.models import Draft, Endorsement, KeptDrafts, Profile, Section

pytestmark = pytest.mark.django_db
ENDORSED = {
    "ar": ["أقرته الدولة", "موافقة ضمنية"],
    "en": ["endorsed by the State", "tacitly agreed"],
    "fr": ["approuvé par l’État", "accord tacite"],
}


@pytest.fixture
def morocco():
    with viewing(Viewer.secretariat_of("mtm")):
        return Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")


def address(name, *args):
    return reverse(f"admin:profiles_profile_{name}", args=args)


def draft_form(html, **fields):
    return {"html": html, "preset": "", "sources": [], "tags": []} | fields


def test_an_editor_writes_previews_and_publishes(reader, morocco):
    editor, stranger = reader("editor"), reader("stranger")
    page = address("draft", morocco.pk, "overview", "ar")
    assert editor.get(page).status_code == 200
    saved = editor.post(page, draft_form("<p>جملة جديدة</p>", _preview="1"))
    assert saved["Location"] == address("preview", morocco.pk, "ar")
    assert "جملة جديدة" in editor.get(saved["Location"]).content.decode()
    assert "جملة جديدة" not in stranger.get("/ar/maps/mtm/migration-development/morocco/overview/").content.decode()
    published = editor.post(address("publish", morocco.pk), {"as_of": "2013-06"})
    assert published.status_code == 302
    assert "جملة جديدة" in stranger.get("/ar/maps/mtm/migration-development/morocco/overview/").content.decode()


def test_an_editor_goes_back_to_an_earlier_edition(reader, morocco):
    editor = reader("editor")
    editor.post(address("draft", morocco.pk, "overview", "en"), draft_form("<p>A mistake.</p>"))
    editor.post(address("publish", morocco.pk), {"as_of": "2013"})
    assert editor.post(address("take_back", morocco.pk, 1)).status_code == 302
    editor.post(address("publish", morocco.pk), {"as_of": "2012-02"})
    assert b"A mistake." not in reader("stranger").get("/en/maps/mtm/migration-development/morocco/overview/").content


def test_a_wrong_date_is_said_kindly_and_nothing_is_lost(reader, morocco):
    answer = reader("editor").post(address("publish", morocco.pk), {"as_of": "last week"})
    assert answer.status_code == 200
    assert "last week" in answer.content.decode()


@pytest.mark.parametrize(("language", "word"), [("ar", "الأمانة"), ("en", "Secretariat"), ("fr", "Secrétariat")])
def test_the_admin_speaks_the_editors_language(reader, morocco, language, word):
    editor = reader("editor")
    editor.post(reverse("set_language"), {"language": language, "next": "/secretariat/"})
    page = editor.get(address("change", morocco.pk)).content.decode()
    assert f'lang="{language}"' in page
    assert word in page
    assert ('dir="rtl"' in page) == (language == "ar")


def test_an_editor_of_one_dialogue_sees_no_record_of_another(reader):
    with viewing(Viewer.secretariat_of("budapest-process")):
        foreign = Profile.objects.get(dialogue="budapest-process")
    editor = reader("editor")
    listing = editor.get(address("changelist")).content.decode()
    assert f"/profile/{foreign.pk}/" not in listing
    for name, *args in (
        ("change", foreign.pk),
        ("draft", foreign.pk, "detection", "en"),
        ("preview", foreign.pk, "en"),
        ("publish", foreign.pk),
    ):
        answer = editor.get(address(name, *args))
        assert answer.status_code in (302, 404)
        assert b"Pakistan" not in answer.content


def test_an_editor_cannot_make_a_record_for_another_dialogue(reader, morocco):
    crafted = {
        "dialogue": "budapest-process", "theme": "migration-development", "subject": morocco.subject_id,
        "slug": "morocco", "endorsement": "preparation", "preset": "public",
    }  # fmt: skip
    answer = reader("editor").post(address("add"), crafted)
    assert answer.status_code == 200  # the form again, with its error
    assert not Profile.objects.filter(dialogue="budapest-process", slug="morocco").exists()


@pytest.mark.parametrize(
    ("preset", "more", "tokens"),
    [
        ("public", {}, {"public", "secretariat:mtm"}),
        ("nominated", {}, {"nominated", "secretariat:mtm"}),
        ("theme", {}, {"dialogue:mtm:migration-development", "secretariat:mtm"}),
        ("partners", {"partners": ["morocco", "unhcr"]}, {"partner:morocco", "partner:unhcr", "secretariat:mtm"}),
        ("secretariat", {}, {"secretariat:mtm"}),
    ],
)
def test_a_preset_becomes_the_audience_and_its_sentence(reader, morocco, preset, more, tokens):
    form = {"slug": "morocco", "endorsement": "with-state", "preset": preset} | more
    reader("editor").post(address("change", morocco.pk), form)
    with viewing(Viewer.secretariat_of("mtm")):
        morocco.refresh_from_db()
    assert set(morocco.audience) == tokens


def test_named_partners_need_a_name(reader, morocco):
    form = {"slug": "morocco", "endorsement": "with-state", "preset": "partners"}
    answer = reader("editor").post(address("change", morocco.pk), form)
    assert "Name at least one partner." in answer.content.decode()


def test_a_section_may_be_made_narrower(reader, morocco):
    form = draft_form("<p>Only for us.</p>", preset="secretariat")
    reader("editor").post(address("draft", morocco.pk, "overview", "en"), form)
    with viewing(Viewer.secretariat_of("mtm")):
        assert Section.objects.get(profile=morocco, heading__slug="overview").audience == ["secretariat:mtm"]


@pytest.mark.parametrize("section", ["gossip", "detection"])
def test_a_section_that_the_outline_lacks_is_not_found(reader, morocco, section):
    assert reader("editor").get(address("draft", morocco.pk, section, "en")).status_code == 404


def test_a_language_that_the_dialogue_does_not_write_in_is_not_found(reader, morocco):
    assert reader("editor").get(address("draft", morocco.pk, "overview", "ru")).status_code == 404


@pytest.mark.parametrize("login", ["official.mar", "translator.ar", "focalpoint.mar", "unhcr"])
def test_readers_do_not_enter_the_admin(reader, morocco, login):
    for page in ("/secretariat/", address("change", morocco.pk), address("publish", morocco.pk)):
        answer = reader(login).get(page)
        assert answer.status_code in (302, 403)
        assert not Draft.objects.exists()


# Back to an earlier edition ---------------------------------------------------------------------------------------------


def test_what_going_back_replaces_is_listed_kept_and_had_back(reader, morocco):
    with viewing(Viewer.secretariat_of("mtm")):
        section = Section.objects.get(profile=morocco, heading__slug="overview")
        cited = set(section.sources.all())
        other = Source.objects.exclude(pk__in=[source.pk for source in cited]).first()
    editor = reader("editor")
    form = draft_form("<p>Nobody has read this yet.</p>", sources=[other.pk])
    editor.post(address("draft", morocco.pk, "overview", "en"), form)
    page = editor.get(address("take_back", morocco.pk, 1)).content.decode()
    assert "holds changes that were not published" in page
    assert str(other) in page
    assert editor.post(address("take_back", morocco.pk, 1)).status_code == 302
    with viewing(Viewer.secretariat_of("mtm")):
        assert set(section.sources.all()) == cited
        assert "Nobody has read" not in Draft.objects.get(section=section, language="en").html
        kept = KeptDrafts.objects.get(profile=morocco)
    assert address("have_back", morocco.pk, kept.pk) in editor.get(address("change", morocco.pk)).content.decode()
    assert editor.post(address("have_back", morocco.pk, kept.pk)).status_code == 302
    with viewing(Viewer.secretariat_of("mtm")):
        assert Draft.objects.get(section=section, language="en").html == "<p>Nobody has read this yet.</p>"
        assert set(section.sources.all()) == {other}


def test_kept_drafts_are_of_their_desk_alone(reader, morocco):
    with viewing(Viewer.secretariat_of("mtm")):
        kept = KeptDrafts.objects.create(profile=morocco, texts=[{"html": "x"}])
    for viewer in (Viewer.secretariat_of("budapest-process"), ANYONE, Viewer.of(["nominated"])):
        with viewing(viewer):
            assert not KeptDrafts.objects.filter(pk=kept.pk).exists()


# Endorsement ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_no_reader_is_told_that_a_state_endorsed_what_no_record_says_it_saw(reader, morocco, language):
    form = {"slug": "morocco", "endorsement": "endorsed", "preset": "public"}
    answer = reader("editor").post(address("change", morocco.pk), form)
    assert answer.status_code == 200, "it is no choice of the form"
    with viewing(Viewer.secretariat_of("mtm")):
        Profile.objects.filter(pk=morocco.pk).update(endorsement="with-state")
    reader("editor").post(address("publish", morocco.pk), {"as_of": "2013-06"})
    with translation.override(language):
        words = [*(str(choice.label) for choice in Endorsement), *ENDORSED[language]]
    for path in ("", "overview/", "editions/2/"):
        page = reader("stranger").get(f"/{language}/maps/mtm/migration-development/morocco/{path}").content.decode()
        assert not [word for word in words if word in page]
