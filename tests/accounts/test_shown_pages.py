"""Two people at one page by which something is decided: what was shown before the other one's change decides nothing."""

import re

import pytest
from django.contrib import admin
from django.forms import CharField
from django.test import Client, RequestFactory
from django.urls import reverse

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import Affiliation, PolicyWidening
from accounts.nominations import nominating, policies
from atlas.models import Partner
from indicators.models import Source
from newscentre.models import Article, Review
from profiles.models import Draft, Profile
from routes.models import GeodataImport, Layer, MapEdition, SegmentDrawing
from tests.accounts.conftest import nominated, submission_of
from tests.accounts.page_forms import carried, change_of, fields_of, opened, page_of, rows_with_texts
from tests.conftest import browser_of, user_of
from tests.newscentre import feeds_of_tests as feeds

pytestmark = pytest.mark.django_db
MTM = Viewer.secretariat_of("mtm")


@pytest.fixture
def article():
    with viewing(MTM):
        return feeds.article(feeds.feed("https://sahel.example/rss"))


NO_STATE = {"en": "does not say", "fr": "ne dit pas", "ar": "لا تذكر هذه الاستمارة"}
NOT_SHOWN = {"en": "decide anew", "fr": "décidez à nouveau", "ar": "قرّروا من جديد"}


def in_each_language(desk, said: dict[str, str]):
    for language, sentence in said.items():
        desk.cookies["django_language"] = language
        yield sentence


def test_a_form_that_does_not_say_its_state_saves_nothing_and_shows_both(article):
    desk = browser_of("editor")
    with viewing(MTM):
        rows = rows_with_texts()
    for row, field in rows:
        form = opened(desk, change_of(row))
        before = form[field]
        del form["_state"]
        for sentence in in_each_language(desk, NO_STATE):
            page = Client.post(desk, change_of(row), form | {field: "What a program wrote"}).content.decode()
            assert sentence in page, change_of(row)
            assert "What a program wrote" in page.partition('id="differences"')[2].partition("</section>")[0]
            assert fields_of(page)[field] == ["What a program wrote"]
            assert Client.post(desk, change_of(row), fields_of(page)).status_code == 200, "not until one has looked"
        assert opened(desk, change_of(row))[field] == before


def test_no_form_of_the_admin_saves_without_its_state(article):
    """Of each kind of row, by the first of its fields that may be filled with a text."""
    desk, superuser = browser_of("secretariat"), user_of("secretariat")
    request = RequestFactory().get("/secretariat/")
    request.user, request.viewer = superuser, superuser.viewer
    asked = 0
    for model, model_admin in admin.site._registry.items():
        with viewing(superuser.viewer):
            row = model_admin.get_queryset(request).first()
            if row is None or not model_admin.has_change_permission(request, row):
                continue
            fields = model_admin.get_form(request, row, change=True).base_fields
        texts = [name for name, field in fields.items() if type(field) is CharField and not field.disabled]
        if not texts or model._meta.model_name in ("submission", "geodataimport"):
            continue
        form = opened(desk, change_of(row)) | {texts[0]: "Another word"}
        form.pop("_state")
        answer = Client.post(desk, change_of(row), form)
        assert answer.status_code == 200, model
        assert "does not say from which state" in answer.content.decode(), model
        asked += 1
    assert asked > 12


def test_a_page_that_does_not_say_what_it_showed_does_nothing(article):
    desk = browser_of("secretariat")
    with viewing(MTM):
        row = Source.objects.create(slug="to-go", dialogue_id="mtm", kind="national", name_en="Shown", language="en")
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")
        before = profile.editions.count(), MapEdition.objects.count()
        number = profile.editions.first().number
        submission = submission_of(nominated(), "mtm")
    password = user_of("editor").password
    pages = {
        reverse("admin:indicators_source_delete", args=[row.pk]): {"post": "yes"},
        reverse("admin:indicators_source_changelist"): {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"},
        reverse("admin:profiles_profile_publish", args=[profile.pk]): {"as_of": "2026-10"},
        reverse("admin:profiles_profile_take_back", args=[profile.pk, number]): {},
        reverse("admin:routes_mapedition_next", args=["mtm"]): {"_publish": "1", "preset": "public"},
        reverse("admin:accounts_submission_change", args=[submission.pk]): {"_decline": "1", "reason": "No"},
        reverse("admin:auth_user_password_change", args=[user_of("editor").pk]): {"password1": "A long one, 4 all", "password2": "A long one, 4 all"},
    }  # fmt: skip
    for address, sent in pages.items():
        for sentence in in_each_language(desk, NOT_SHOWN):
            answer = Client.post(desk, address, sent)
            assert answer.status_code == 200, address
            assert sentence in answer.content.decode(), address
    desk.cookies["django_language"] = "en"
    listed = Client.post(desk, reverse("admin:newscentre_article_changelist"), {"action": "hide", "index": "0", "_selected_action": article.pk}, follow=True)  # fmt: skip
    assert "these were changed after the list was shown" in listed.content.decode()
    with viewing(MTM):
        assert Source.objects.filter(pk=row.pk).exists()
        assert (profile.editions.count(), MapEdition.objects.count()) == before
        assert type(submission).objects.get(pk=submission.pk).state == "waiting"
        assert Article.objects.get(pk=article.pk).status == "published"
    assert user_of("editor").password == password


def test_no_list_of_the_admin_is_edited_in_place():
    """Its rows would compare no state."""
    assert [model_admin for model_admin in admin.site._registry.values() if model_admin.list_editable] == []


def test_what_changed_since_its_deletion_was_asked_is_shown_again_and_stays(article):
    desk = browser_of("secretariat")
    with viewing(MTM):
        row = Source.objects.create(
            slug="to-go", dialogue_id="mtm", kind="national", name_en="As it was shown", language="en"
        )
    address = reverse("admin:indicators_source_delete", args=[row.pk])
    form = carried(page_of(desk, address)) | {"post": "yes"}
    with viewing(MTM):
        Source.objects.filter(pk=row.pk).update(name_en="As a colleague wrote it")
    page = desk.post(address, form).content.decode()
    assert "Compare both, and decide anew" in page
    assert "As it was shown" in page
    assert "As a colleague wrote it" in page
    with viewing(MTM):
        assert Source.objects.filter(pk=row.pk).exists()
    assert desk.post(address, carried(page) | {"post": "yes"}).status_code == 302
    with viewing(MTM):
        assert not Source.objects.filter(pk=row.pk).exists()


def test_of_rows_chosen_to_be_deleted_one_that_changed_is_shown_again(article):
    desk = browser_of("secretariat")
    with viewing(MTM):
        rows = [Source.objects.create(slug=f"to-go-{n}", dialogue_id="mtm", kind="national", name_en="Shown", language="en") for n in (1, 2)]  # fmt: skip
    address = reverse("admin:indicators_source_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    asked = desk.post(address, carried(page_of(desk, address)) | chosen | {"index": "0"}).content.decode()
    assert "Compare both" not in asked
    with viewing(MTM):
        Source.objects.filter(pk=rows[0].pk).update(name_en="Changed")
    again = desk.post(address, carried(asked) | chosen | {"post": "yes"}).content.decode()
    assert "Compare both" in again
    with viewing(MTM):
        assert Source.objects.filter(slug__startswith="to-go-").count() == 2
    desk.post(address, carried(again) | chosen | {"post": "yes"})
    with viewing(MTM):
        assert not Source.objects.filter(slug__startswith="to-go-").exists()


def test_an_action_over_rows_that_changed_since_the_list_was_shown_does_nothing(article):
    desk = browser_of("editor")
    with viewing(MTM):
        other = feeds.article(article.feed, title="Another one")
    address = reverse("admin:newscentre_article_changelist")
    form = carried(page_of(desk, address)) | {
        "action": "hide",
        "index": "0",
        "_selected_action": [article.pk, other.pk],
    }
    with viewing(MTM):
        Article.objects.filter(pk=article.pk).update(summary_en="Written since")
    page = desk.post(address, form, follow=True).content.decode()
    assert "these were changed after the list was shown" in page
    assert article.title in page
    assert "“–” when you opened the page, now “Written since”" in page
    with viewing(MTM):
        assert set(Article.objects.filter(pk__in=[article.pk, other.pk]).values_list("status", flat=True)) == {
            "published"
        }
    desk.post(address, carried(page) | {"action": "hide", "index": "0", "_selected_action": [article.pk, other.pk]})
    with viewing(MTM):
        assert set(Article.objects.filter(pk__in=[article.pk, other.pk]).values_list("status", flat=True)) == {"hidden"}


def test_a_draft_that_a_colleague_saved_is_not_published_unseen():
    with viewing(MTM):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")
        draft = Draft.objects.filter(section__profile=profile, language="en").first()
        before = profile.editions.count()
    desk, address = browser_of("editor"), reverse("admin:profiles_profile_publish", args=[profile.pk])
    form = carried(page_of(desk, address)) | {"as_of": "2026-10"}
    with viewing(MTM):
        Draft.objects.filter(pk=draft.pk).update(html="<p>What a colleague wrote since.</p>")
    page = desk.post(address, form).content.decode()
    assert "Compare both" in page
    assert "What a colleague wrote since." in page
    assert 'value="2026-10"' in page, "what was typed stays"
    with viewing(MTM):
        assert profile.editions.count() == before
    assert desk.post(address, carried(page) | {"as_of": "2026-10"}).status_code == 302
    with viewing(MTM):
        assert profile.editions.count() == before + 1


def test_a_map_that_was_drawn_otherwise_since_is_not_published_unseen():
    desk, address = browser_of("editor"), reverse("admin:routes_mapedition_next", args=["mtm"])
    page = page_of(desk, address)
    with viewing(MTM):
        before = MapEdition.objects.count()
        SegmentDrawing.objects.filter(segment__layer__dialogue="mtm").update(remark_en="Drawn otherwise since")
    again = desk.post(
        address, opened(desk, address) | carried(page) | {"_publish": "1", "preset": "public"}
    ).content.decode()
    assert "Compare both" in again
    with viewing(MTM):
        assert MapEdition.objects.count() == before


def test_a_press_review_that_changed_since_is_not_published_unseen(article):
    desk = browser_of("editor")
    with viewing(MTM):
        review = Review.objects.create(dialogue_id="mtm", month="2026-10")
    form = opened(desk, change_of(review))
    with viewing(MTM):
        Review.objects.filter(pk=review.pk).update(introduction_en="A colleague's words")
    page = desk.post(change_of(review), form | {"is_published": "on", "preset": "public"}).content.decode()
    assert "changed by somebody else" in page
    with viewing(MTM):
        assert Review.objects.get(pk=review.pk).published_at is None


def test_a_nomination_that_was_corrected_since_is_not_accepted_unseen():
    with viewing(user_of("secretariat").viewer):
        row = submission_of(nominated(), "mtm")
    desk, address = browser_of("editor"), reverse("admin:accounts_submission_change", args=[row.pk])
    form = carried(page_of(desk, address)) | {"reason": "My reason"}
    with viewing(MTM):
        nominating.correct_address(row.nomination, user_of("editor"), "other@mfa.example", approves_address=True)
    for button in ("_accept", "_decline"):
        page = desk.post(address, form | {button: "1"}).content.decode()
        assert "Compare both" in page
        assert "other@mfa.example" in page
        assert "My reason" in page
    with viewing(MTM):
        assert type(row).objects.get(pk=row.pk).state == "waiting"
    assert desk.post(address, carried(page) | {"reason": "My reason", "_decline": "1"}).status_code == 302


def test_a_mandate_that_changed_since_is_neither_confirmed_nor_ended_unseen():
    mandate = Affiliation.objects.get(user=user_of("official.mar"))
    partner = browser_of("focalpoint.mar")
    people, end = "/en/nominations/people/", f"/en/nominations/people/{mandate.pk}/end/"
    list_of_people, form = page_of(partner, people), carried(page_of(partner, end)) | {"reason": "Left us"}
    Affiliation.objects.filter(pk=mandate.pk).update(office="Another office")
    page = partner.post(end, form).content.decode()
    assert "Compare both" in page
    assert "Another office" in page
    assert "Left us" in page
    state = re.search(rf'people/{mandate.pk}/confirm/">.*?name="_state" value="(\w+)"', list_of_people, re.DOTALL)
    held = Affiliation.objects.get(pk=mandate.pk).ends_on
    for sent in ({"_state": state[1]} if state else {}, {"_state": "none"}):
        answer = partner.post(f"/en/nominations/people/{mandate.pk}/confirm/", sent or {"_state": "none"}, follow=True)
        assert "decide anew" in answer.content.decode()
    assert Affiliation.objects.get(pk=mandate.pk).ends_on == held
    assert partner.post(end, carried(page) | {"reason": "Left us"}).status_code == 302


def test_of_all_rows_of_a_long_list_chosen_at_once_each_is_shown_before_it_is_deleted():
    desk = browser_of("secretariat")
    with viewing(MTM):
        Source.objects.bulk_create(Source(slug=f"long-{n:03}", dialogue_id="mtm", kind="national", name_en="Long", language="en") for n in range(120))  # fmt: skip
    address = f"{reverse('admin:indicators_source_changelist')}?q=Long"
    page = page_of(desk, address)
    shown = re.findall(r'name="_selected_action" value="(\d+)"', page)
    chosen = {"action": "delete_selected", "_selected_action": shown, "select_across": "1", "index": "0"}
    asked = desk.post(address, carried(page) | chosen).content.decode()
    every = re.findall(r'name="_selected_action" value="(\d+)"', asked)
    assert len(every) == 120 > len(shown)
    confirmed = {"action": "delete_selected", "_selected_action": every, "post": "yes"}
    assert desk.post(address, carried(asked) | confirmed).status_code == 302
    with viewing(MTM):
        assert not Source.objects.filter(slug__startswith="long-").exists()


def test_an_edition_is_not_gone_back_to_over_what_a_colleague_wrote_since():
    with viewing(MTM):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")
        draft = Draft.objects.filter(section__profile=profile, language="en").first()
        number = profile.editions.order_by("-number").first().number
    desk, address = browser_of("editor"), reverse("admin:profiles_profile_take_back", args=[profile.pk, number])
    form = carried(page_of(desk, address))
    with viewing(MTM):
        Draft.objects.filter(pk=draft.pk).update(html="<p>What a colleague wrote since.</p>")
    page = desk.post(address, form).content.decode()
    assert "Compare both" in page
    assert "What a colleague wrote since." in page
    with viewing(MTM):
        assert Draft.objects.get(pk=draft.pk).html == "<p>What a colleague wrote since.</p>"
    assert desk.post(address, carried(page)).status_code == 302


def test_a_dialogue_whose_readers_were_narrowed_since_is_shown_with_both():
    first, second = browser_of("secretariat"), browser_of("secretariat")
    address = "/secretariat/atlas/dialogue/mtm/change/"
    one, other = opened(first, address), opened(second, address)
    assert first.post(address, one | {"preset": "theme"}).status_code == 302
    page = second.post(address, other | {"strapline_en": "Another line"}).content.decode()
    assert "changed by somebody else" in page
    compared = page.partition('id="differences"')[2].partition("</section>")[0]
    assert "Another line" in compared
    assert fields_of(page)["strapline_en"] == ["Another line"]


def test_a_password_is_not_set_over_one_that_somebody_else_set_since():
    person = user_of("editor")
    desk, address = browser_of("secretariat"), reverse("admin:auth_user_password_change", args=[person.pk])
    words = {"password1": "A long one, 4 all", "password2": "A long one, 4 all", "usable_password": "true"}
    form = carried(page_of(desk, address)) | words
    person.set_password("By somebody else, 5")
    person.save()
    page = desk.post(address, form).content.decode()
    assert "changed by somebody else" in page
    assert "By somebody else, 5" not in page
    assert user_of("editor").check_password("By somebody else, 5")
    assert desk.post(address, carried(page) | words).status_code == 302
    assert user_of("editor").check_password("A long one, 4 all")


def test_a_file_that_a_colleague_decided_on_since_is_shown_with_both_states():
    with viewing(MTM):
        made = GeodataImport.objects.create(dialogue_id="mtm", layer=Layer.objects.filter(dialogue="mtm").first(), name="map.geojson", state="waiting")  # fmt: skip
    desk, address = browser_of("editor"), reverse("admin:routes_geodataimport_change", args=[made.pk])
    form = carried(page_of(desk, address)) | {"_leave": "1"}
    with viewing(MTM):
        GeodataImport.objects.filter(pk=made.pk).update(state="read")
    page = desk.post(address, form).content.decode()
    assert "Compare both" in page
    with viewing(MTM):
        assert GeodataImport.objects.get(pk=made.pk).state == "read"
    assert desk.post(address, carried(page) | {"_leave": "1"}).status_code == 302
    with viewing(MTM):
        assert GeodataImport.objects.get(pk=made.pk).state == "left"


def test_a_nomination_that_changed_since_its_partner_looked_is_neither_withdrawn_nor_corrected_nor_invited_again():
    row = nominated()
    partner, page = browser_of("focalpoint.mar"), f"/en/nominations/{row.pk}/"
    forms = {"withdraw/": carried(page_of(partner, page)), "again/": carried(page_of(partner, page))}
    forms["address/"] = carried(page_of(partner, f"{page}address/")) | {"email": "mine@mfa.example"}
    with viewing(user_of("secretariat").viewer):
        type(row).objects.filter(pk=row.pk).update(office="Another office")
    for name, form in forms.items():
        answer = partner.post(f"{page}{name}", form, follow=True).content.decode()
        assert "Compare both, and decide anew" in answer, name
        assert "Another office" in answer, name
    with viewing(user_of("secretariat").viewer):
        row.refresh_from_db()
        assert submission_of(row, "mtm").state == "waiting"
    assert row.email != "mine@mfa.example"


def test_a_wider_audience_is_not_confirmed_by_who_was_shown_another():
    with viewing(MTM):
        policies.change(Partner.objects.get(slug="morocco"), user_of("editor"), policies.Policy(frozenset({"mfa.example", "gov.example"}), 12, False))  # fmt: skip
        widening = PolicyWidening.objects.get(state="waiting")
    desk = browser_of("secretariat")
    address, decide = (reverse(f"admin:accounts_policywidening_{name}", args=[widening.pk]) for name in ("change", "decide"))  # fmt: skip
    form = carried(page_of(desk, address)) | {"decision": "confirm"}
    with viewing(MTM):
        PolicyWidening.objects.filter(pk=widening.pk).update(added_domains=["other.example"])
    for sent in (form, {"decision": "confirm"}):
        answer = Client.post(desk, decide, sent, follow=True).content.decode()
        assert "decide anew" in answer
    assert PolicyWidening.objects.get(pk=widening.pk).state == "waiting"


def test_people_chosen_to_be_ended_are_shown_again_when_one_changed():
    mandate = Affiliation.objects.get(user=user_of("official.mar"))
    desk, address = browser_of("editor"), reverse("admin:accounts_affiliation_changelist")
    chosen = {"action": "end", "_selected_action": [mandate.pk]}
    asked = desk.post(address, carried(page_of(desk, address)) | chosen | {"index": "0"}).content.decode()
    Affiliation.objects.filter(pk=mandate.pk).update(may_nominate=True)
    page = desk.post(address, carried(asked) | chosen | {"_end": "1", "reason": "They left"}).content.decode()
    assert "Compare both" in page
    assert "They left" in page
    assert Affiliation.objects.get(pk=mandate.pk).left_dialogues == []
    desk.post(address, carried(page) | chosen | {"_end": "1", "reason": "They left"})
    assert Affiliation.objects.get(pk=mandate.pk).left_dialogues == ["mtm"]
