"""Two people at one form of the admin: the older state is refused, both are shown, and nothing is lost."""

import re
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import UniqueConstraint
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import SentForm
from accounts.safe_forms import admin as safe_admin
from accounts.safe_forms.admin import SafeAdmin, SafeInline
from accounts.safe_forms.database_errors import has_a_sentence
from atlas.models import NameVariant, Subject
from imap.local_apps import ROOMS
from indicators.admin import SourceAdmin
from indicators.models import Source
from newscentre.models import Feed, Link, Publication, PublicationSection
from profiles.models import Draft, Profile
from routes.models import Layer, Stop
from tests.accounts.page_forms import change_of, fields_of, opened, rows_with_texts
from tests.conftest import browser_of, user_of
from tests.newscentre import feeds_of_tests as feeds

pytestmark = pytest.mark.django_db
MTM = Viewer.secretariat_of("mtm")


@pytest.fixture
def article():
    with viewing(MTM):
        return feeds.article(feeds.feed("https://sahel.example/rss"))


def test_of_two_who_save_one_row_the_second_is_shown_both_and_may_then_save_over_it(article):
    first, second = browser_of("editor"), browser_of("editor")
    with viewing(MTM):
        rows = rows_with_texts()
    for row, field in rows:
        address = change_of(row)
        one, other = opened(first, address), opened(second, address)
        saved = first.post(address, one | {field: "What the first one wrote"})
        assert saved.status_code == 302, (address, fields_of(saved.content.decode()))
        answer = second.post(address, other | {field: "What the second one wrote"})
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert "changed by somebody else" in page
        assert "What the first one wrote" in page
        again = fields_of(page)
        assert again[field] == ["What the second one wrote"]
        assert opened(first, address)[field] == ["What the first one wrote"]
        newer = re.search(r'name="_over" value="([0-9a-f]+)"', page)
        assert second.post(address, again).status_code == 200  # the page's Save is refused until one has looked
        assert second.post(address, again | {"_over": newer[1]}).status_code == 302
        assert opened(first, address)[field] == ["What the second one wrote"]


def test_of_two_who_save_one_draft_the_second_is_shown_both(article):
    with viewing(MTM):
        morocco = Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")
    address = reverse("admin:profiles_profile_draft", args=[morocco.pk, "overview", "en"])
    first, second = browser_of("editor"), browser_of("editor")
    one, other = opened(first, address), opened(second, address)
    assert first.post(address, one | {"html": "<p>The first text.</p>"}).status_code == 302
    answer = second.post(address, other | {"html": "<p>The second <strong>text</strong>.</p><script>alert(1)</script>"})
    page = answer.content.decode()
    assert answer.status_code == 200
    compared = page.partition('id="differences"')[2].partition("</section>")[0]
    assert "<p>The first text.</p>" in compared
    assert "<p>The second <strong>text</strong>.</p>" in compared, "as readers would see it"
    assert "alert(1)" not in compared
    assert "The second <strong>text</strong>." in fields_of(page)["html"][0]
    with viewing(MTM):
        assert (
            Draft.objects.get(section__profile=morocco, section__heading__slug="overview", language="en").html
            == "<p>The first text.</p>"
        )
    newer = re.search(r'name="_over" value="([0-9a-f]+)"', page)
    assert second.post(address, fields_of(page) | {"_over": newer[1]}).status_code == 302


def test_what_a_fetch_or_another_field_of_the_row_does_is_no_change_of_the_form(article):
    with viewing(MTM):
        feed = Feed.objects.filter(dialogue="mtm", fetching__isnull=False).first()
    desk = browser_of("editor")
    form = opened(desk, change_of(feed))
    with viewing(MTM):
        type(feed.fetching).objects.filter(pk=feed.fetching.pk).update(failures=7)
    assert desk.post(change_of(feed), form | {"name": "Another name"}).status_code == 302


def test_a_row_beside_that_a_colleague_removed_is_told_of_and_nothing_breaks():
    with viewing(MTM):
        publication = Publication.objects.filter(dialogue="mtm").first()
        subject = Subject.objects.get(slug="morocco")
        row = PublicationSection.objects.create(
            publication=publication, theme_id="irregular-mixed-migration", subject=subject
        )
    desk = browser_of("editor")
    form = opened(desk, change_of(publication))
    with viewing(MTM):
        row.delete()
    answer = desk.post(change_of(publication), form | {"title": "Another title"})
    assert answer.status_code == 200
    assert "changed by somebody else" in answer.content.decode()
    assert fields_of(answer.content.decode())["title"] == ["Another title"]


def test_a_double_click_adds_once_and_complains_of_nothing():
    desk = browser_of("editor")
    address = reverse("admin:newscentre_link_add")
    form = opened(desk, address) | {
        "name_en": "A link", "address": "https://example.org/", "category": "statistics", "slug": "a-link", "dialogue": "mtm", "preset": "secretariat",
    }  # fmt: skip
    form["category"] = Link._meta.get_field("category").choices[0][0]
    answers = [desk.post(address, form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    with viewing(MTM):
        assert Link.objects.filter(slug="a-link").count() == 1
    assert SentForm.objects.count() == 1


def test_a_double_click_changes_once_and_complains_of_nothing():
    with viewing(MTM):
        source = Source.objects.filter(dialogue="mtm").first()
    desk = browser_of("editor")
    form = opened(desk, change_of(source)) | {"name_en": "Another name"}
    assert [desk.post(change_of(source), form).status_code for _ in range(2)] == [302, 302]


def test_a_long_arabic_search_that_the_list_was_filtered_by_loses_no_work():
    with viewing(MTM):
        source = Source.objects.filter(dialogue="mtm").first()
    desk = browser_of("editor")
    address = f"{change_of(source)}?{urlencode({'_changelist_filters': urlencode({'q': 'هجرة ' * 60})})}"
    form = opened(desk, address) | {"name_en": "Another name", "_continue": "1"}
    answers = [desk.post(address, form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert "_changelist_filters" in answers[0]["Location"]
    with viewing(MTM):
        assert Source.objects.get(pk=source.pk).name_en == "Another name"


def test_who_is_told_that_nothing_was_saved_is_not_told_that_all_was(monkeypatch):
    """A key to a row that is gone is asked for at the end, as the database defers it."""
    with viewing(MTM):
        source = Source.objects.filter(dialogue="mtm").first()
    save = SourceAdmin.save_model

    def save_beside_what_is_gone(*given):
        save(*given)
        NameVariant.objects.create(subject_id=10**9, language="en", text="Nowhere")

    monkeypatch.setattr(SourceAdmin, "save_model", save_beside_what_is_gone)
    desk = browser_of("editor")
    answer = desk.post(change_of(source), opened(desk, change_of(source)) | {"name_en": "Another name"})
    assert answer.status_code == 200
    assert "was removed meanwhile" in answer.content.decode()
    assert "changed successfully" not in answer.content.decode()


def test_a_form_that_came_back_with_errors_may_be_sent_again():
    desk = browser_of("editor")
    with viewing(MTM):
        source = Source.objects.filter(dialogue="mtm").first()
    form = opened(desk, change_of(source))
    assert desk.post(change_of(source), form | {"slug": "not a slug"}).status_code == 200
    assert desk.post(change_of(source), form | {"name_en": "Another name"}).status_code == 302


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_every_constraint_says_what_is_wrong_in_a_sentence_of_its_own(language):
    """Those on fields alone, that something is unique, are said by Django in each language."""
    asked = 0
    for model in apps.get_models():
        if model._meta.app_label not in ROOMS:
            continue
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields and constraint.condition is None:
                continue
            assert has_a_sentence(constraint), constraint.name
            with override("en"):
                english = str(constraint.get_violation_error_message())
            with override(language):
                assert str(constraint.get_violation_error_message()) != english, constraint.name
            field = constraint.violation_error_code
            assert field is None or model._meta.get_field(field), constraint.name
            asked += 1
    assert asked > 20


def test_every_form_of_the_admin_has_it():
    for model_admin in admin.site._registry.values():
        assert isinstance(model_admin, SafeAdmin), model_admin
        assert all(issubclass(inline, SafeInline) for inline in model_admin.inlines), model_admin


def test_every_page_that_changes_a_row_carries_its_state(article):
    desk = browser_of("secretariat")
    superuser = user_of("secretariat")
    request = RequestFactory().get("/secretariat/")
    request.user, request.viewer = superuser, superuser.viewer
    asked = 0
    for model, model_admin in admin.site._registry.items():
        with viewing(superuser.viewer):
            row = model_admin.get_queryset(request).first()
            is_changed_here = row is not None and model_admin.has_change_permission(request, row)
        if not is_changed_here or model._meta.model_name in ("submission", "geodataimport"):
            continue
        page = desk.get(change_of(row)).content.decode()
        assert 'name="_state"' in page, model
        assert 'name="_once"' in page, model
        asked += 1
    assert asked > 15


# What belongs to another Secretariat ------------------------------------------------------------------------------------


def foreign_layer() -> Layer:
    with viewing(Viewer.secretariat_of("rabat-process")):
        return Layer.objects.create(
            dialogue_id="rabat-process", theme_id="migration-development", slug="a-foreign-layer", name_en="A foreign layer", audience=["public"]
        )  # fmt: skip


def test_another_secretariats_layer_is_neither_offered_nor_taken():
    layer = foreign_layer()
    with viewing(MTM):
        place = Stop.objects.first().place_id
        before = Stop.objects.count()
    desk = browser_of("editor")
    address = reverse("admin:routes_stop_add")
    page = desk.get(address).content.decode()
    assert "A foreign layer" not in page
    answer = desk.post(address, fields_of(page) | {
        "layer": layer.pk, "place": place, "kind": "hub", "preset": "",
        "drawing-0-point": '{"type": "Point", "coordinates": [1, 2]}',
    })  # fmt: skip
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()
    with viewing(Viewer.secretariat_of("mtm", "rabat-process")):
        assert Stop.objects.count() == before


def test_no_form_of_the_admin_offers_a_row_of_another_dialogue():
    foreign_layer()
    editor = user_of("editor")
    request = RequestFactory().get("/secretariat/")
    request.user, request.viewer = editor, editor.viewer
    asked = 0
    with viewing(editor.viewer):
        for model_admin in admin.site._registry.values():
            forms = [model_admin.get_form(request)]
            forms += [inline(model_admin.model, admin.site).get_formset(request).form for inline in model_admin.inlines]
            for form in forms:
                for name, field in form.base_fields.items():
                    rows = getattr(field, "queryset", None)
                    of_the_model = admin.site._registry.get(rows.model) if rows is not None else None
                    path = getattr(of_the_model, "dialogue_path", None)
                    if path is None or getattr(of_the_model, "is_cited_by_every_desk", False):
                        continue
                    asked += 1
                    assert set(rows.values_list(path, flat=True)) <= {"mtm"}, (form, name)
    assert asked >= 8


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_what_the_lock_refuses_is_a_sentence_in_the_form_and_nothing_is_lost(language, monkeypatch):
    """As if a form let through what the lock alone refuses."""
    monkeypatch.setattr(safe_admin, "is_of_a_dialogue", lambda site, model: False)
    layer = foreign_layer()
    with viewing(MTM):
        place = Stop.objects.first().place_id
    desk = browser_of("editor")
    desk.cookies["django_language"] = language
    address = reverse("admin:routes_stop_add")
    answer = desk.post(address, opened(desk, address) | {
        "layer": layer.pk, "place": place, "kind": "hub", "preset": "",
        "drawing-0-point": '{"type": "Point", "coordinates": [1, 2]}',
    })  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 200
    said = {"ar": "لم يُحفظ شيء", "en": "belongs to another Secretariat", "fr": "Rien n’a été enregistré"}[language]
    assert said in page
    assert fields_of(page)["kind"] == ["hub"]
