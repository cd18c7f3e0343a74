"""A secretariat views its dialogue as someone else: reading only, said on every page, noted, ended in time."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from access import tokens
from access.viewing import viewing
from accounts.audiences.personas import KEPT_AS
from accounts.models import Action, LogEntry, ReadingGroup, SecretariatMember, User
from indicators.models import Observation, Source
from profiles.models import Profile
from tests.conftest import user_of

pytestmark = pytest.mark.django_db
PAGE = "/en/accounts/view-as/"
IRREGULAR, DEVELOPMENT = "irregular-mixed-migration", "migration-development"
RESTRICTED = f"/en/maps/mtm/{IRREGULAR}/morocco/"
BAR = 'class="viewing-as"'


def view_as(client: Client, whom: str, themes=(IRREGULAR, DEVELOPMENT), **more):
    return client.post(PAGE, {"dialogue": "mtm", "whom": whom, "themes": list(themes), **more})


@pytest.fixture
def editor(reader) -> Client:
    return reader("editor")


def lines(login: str = "editor") -> list[tuple[str, str]]:
    with viewing(user_of(login).viewer):
        return list(LogEntry.objects.filter(action=Action.VIEWED_AS).values_list("dialogue_id", "object"))


# Beginning and ending -------------------------------------------------------------------------------------------------


def test_an_editor_views_as_the_public_and_stops_again(editor):
    assert editor.get(RESTRICTED).status_code == 200
    assert view_as(editor, "public")["Location"] == "/en/maps/mtm/"
    page = editor.get("/en/maps/mtm/").content.decode()
    assert BAR in page
    assert "You see MTM as the public does." in page
    assert "MTM editor" in page, "the name of who is signed in stays"
    assert editor.get(RESTRICTED).status_code == 404
    assert editor.post(PAGE, {"leave": "1", "next": RESTRICTED})["Location"] == RESTRICTED
    page = editor.get(RESTRICTED)
    assert page.status_code == 200
    assert BAR not in page.content.decode()


def test_the_bar_names_the_partner_and_the_themes(editor):
    view_as(editor, "partner:morocco", [IRREGULAR])
    page = editor.get("/fr/maps/mtm/").content.decode()
    assert "Maroc" in page[page.index(BAR) :]
    page = editor.get("/en/maps/mtm/").content.decode()
    assert "nominated by Morocco" in page
    assert "Themes: Irregular and Mixed Migration." in page


def test_the_bar_stands_on_kept_pages_and_on_pages_that_are_missing(editor, reader):
    reader("official.mar").get(RESTRICTED)
    view_as(editor, "partner:morocco")
    for path in (RESTRICTED, f"{RESTRICTED}print/", "/en/no-such-page/", "/ar/maps/mtm/", "/fr/countries/"):
        assert BAR in editor.get(path).content.decode(), path
    assert BAR not in reader("official.mar").get(RESTRICTED).content.decode()


def test_the_same_page_is_not_taken_for_unchanged_when_the_bar_comes_or_goes(editor):
    """What an open page shows is the same for the editor and for the public; only the bar differs."""
    opened = f"/en/maps/mtm/{DEVELOPMENT}/morocco/"
    before = editor.get(opened)["ETag"]
    view_as(editor, "public")
    during = editor.get(opened, headers={"If-None-Match": before})
    assert during.status_code == 200
    editor.post(PAGE, {"leave": "1"})
    assert editor.get(opened, headers={"If-None-Match": during["ETag"]}).status_code == 200


def test_another_persona_can_be_chosen_while_viewing_as_one(editor):
    view_as(editor, "public")
    assert 'value="public" selected' in editor.get(PAGE).content.decode()
    view_as(editor, "partner:unhcr")
    assert "United Nations High Commissioner for Refugees" in editor.get("/en/maps/").content.decode()
    assert editor.get(RESTRICTED).status_code == 200


def test_it_ends_at_sign_out(editor):
    view_as(editor, "public")
    assert editor.post("/en/accounts/logout/").status_code == 302
    editor.force_login(user_of("editor"))
    assert editor.get(RESTRICTED).status_code == 200


def test_it_ends_with_the_seat_in_the_secretariat_at_the_next_request(editor):
    view_as(editor, "partner:morocco")
    SecretariatMember.objects.filter(user=user_of("editor")).delete()
    page = editor.get("/en/maps/mtm/").content.decode()
    assert BAR not in page
    assert editor.get(RESTRICTED).status_code == 404
    assert KEPT_AS not in editor.session


def test_a_group_whose_persona_names_nothing_that_there_is_is_a_group_of_nobody(editor):
    ReadingGroup.objects.create(slug="meeting", dialogue_id="mtm", name_en="Meeting")
    view_as(editor, "group:meeting")
    assert "as a member of “Meeting”" in editor.get("/en/").content.decode()
    session = editor.session
    session[KEPT_AS] |= {"whom": "group:gone"}
    session.save()
    assert "as a member of “gone”" in editor.get("/en/").content.decode()


def test_after_stopping_one_is_led_to_a_page_of_the_portal_only(editor):
    for foreign in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:x"):
        view_as(editor, "public")
        assert editor.post(PAGE, {"leave": "1", "next": foreign})["Location"] == PAGE
        assert view_as(editor, "public", next=foreign)["Location"] == "/en/maps/mtm/"


# Reading only ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed_while_viewing_as(editor, method):
    view_as(editor, "partner:morocco")
    for path in ("/en/", RESTRICTED, "/en/accounts/password/change/", "/secretariat/", "/secretariat/language/"):
        answer = getattr(editor, method)(path)
        assert answer.status_code == 403, path
        assert "Nothing can be changed now" in answer.content.decode()
        assert BAR in answer.content.decode()


def test_the_admin_is_closed_and_shows_the_way_out(editor):
    view_as(editor, "partner:morocco")
    for path in (
        "/secretariat/",
        "/secretariat/profiles/profile/",
        "/secretariat/accounts/logentry/",
        "/secretariat/x/",
    ):
        assert editor.get(path)["Location"] == PAGE
    assert "Stop viewing as" in editor.get(PAGE).content.decode()


def test_the_database_too_takes_nothing_from_whoever_views_as(editor):
    viewer = user_of("editor").viewer.viewing_as(["partner:morocco"], "mtm")
    with viewing(user_of("editor").viewer):
        Source.objects.create(slug="a-source", dialogue_id="mtm", name="x", kind="press", audience=["public"])
    with viewing(viewer):
        assert Source.objects.filter(slug="a-source").exists()
        assert Source.objects.filter(slug="a-source").update(name="y") == 0
        assert Source.objects.filter(slug="a-source").delete()[0] == 0


def test_what_is_new_since_a_visit_is_neither_noted_nor_shown(editor):
    User.objects.filter(email="editor@imap.example").update(visit_began_at=None, last_visit_at="2012-01-01T00:00Z")
    view_as(editor, "partner:morocco")
    User.objects.filter(email="editor@imap.example").update(visit_began_at=None)
    for path in ("/en/", "/en/maps/mtm/", RESTRICTED):
        assert "New since your last visit" not in editor.get(path).content.decode(), path
    assert user_of("editor").visit_began_at is None


# Who may, and what for ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["official.mar", "focalpoint.mar", "translator.ar", "observer.las"])
def test_for_everyone_else_there_is_no_such_page(reader, login):
    client = reader(login)
    assert client.get(PAGE).status_code == 404
    assert view_as(client, "public").status_code == 404
    assert KEPT_AS not in client.session
    assert "view-as" not in client.get("/en/").content.decode()


def test_the_public_is_asked_to_sign_in(reader):
    assert reader("stranger").get(PAGE)["Location"].startswith("/en/accounts/login/")


def test_only_ones_own_dialogue_can_be_viewed(editor):
    answer = editor.post(PAGE, {"dialogue": "rabat-process", "whom": "public"})
    assert answer.status_code == 404
    assert editor.get(f"{PAGE}?dialogue=rabat-process").status_code == 404


@pytest.mark.parametrize(
    "whom",
    ["secretariat:mtm", "authority:morocco", "person:mtm:1", "nominated", "partner:nobody", "group:of-rabat", ""],
)
def test_only_readers_of_the_dialogue_can_be_viewed_as(editor, whom):
    ReadingGroup.objects.create(slug="of-rabat", dialogue_id="rabat-process", name_en="Of Rabat")
    assert view_as(editor, whom).status_code == 200  # the form again
    assert KEPT_AS not in editor.session


def test_a_state_in_a_foreign_session_opens_nothing(reader):
    """The state lies in the server's session; put there for someone else, it is dropped at the next request."""
    official = reader("official.ukr")
    session = official.session
    session[KEPT_AS] = {"dialogue": "mtm", "whom": "partner:morocco", "themes": [IRREGULAR], "is_granted": True}
    session.save()
    assert official.get(RESTRICTED).status_code == 404
    assert KEPT_AS not in official.session


def test_nothing_that_a_browser_sends_changes_whom_one_views_as(editor, reader):
    view_as(editor, "public")
    sent = {"viewing_as": "partner:morocco", "whom": "partner:morocco", "persona": "partner:morocco"}
    for client in (editor, reader("stranger")):
        client.cookies.load(sent)
        assert client.get(RESTRICTED, sent, headers={"X-Viewing-As": "partner:morocco"}).status_code == 404
    assert editor.cookies["sessionid"].value in set(Session.objects.values_list("session_key", flat=True))


def test_choosing_a_persona_is_noted_with_whom(editor):
    view_as(editor, "partner:morocco", [IRREGULAR])
    view_as(editor, "partner:league-of-arab-states", [IRREGULAR], is_granted="on")
    view_as(editor, "public")
    assert set(lines()) == {
        ("mtm", f"partner:morocco {IRREGULAR}"),
        ("mtm", f"partner:league-of-arab-states {IRREGULAR} granted"),
        ("mtm", "public"),
    }


# Whose tokens ---------------------------------------------------------------------------------------------------------


def seen_as(client: Client, whom: str, themes=(IRREGULAR, DEVELOPMENT), **more) -> set[str]:
    view_as(client, whom, themes, **more)
    request = client.get("/en/").wsgi_request
    return set(request.viewer.tokens)


def held(login: str, dialogue: str = "mtm") -> set[str]:
    """What that member of the cast holds for the dialogue, what names them and is their own left out."""
    mine = {token for token in user_of(login).viewer.tokens if not token.startswith(("self:", "person:"))}
    return {token for token in mine if not token.startswith("dialogue:") or token.startswith(f"dialogue:{dialogue}:")}


@pytest.mark.parametrize(
    ("login", "whom", "themes"),
    [
        ("official.mar", "partner:morocco", (IRREGULAR, DEVELOPMENT)),
        ("official.mar.dev", "partner:morocco", (DEVELOPMENT,)),
        ("unhcr", "partner:unhcr", (IRREGULAR, DEVELOPMENT)),
        ("frontex", "partner:frontex", (IRREGULAR, DEVELOPMENT)),
        ("observer.las", "partner:league-of-arab-states", (IRREGULAR, DEVELOPMENT)),
        ("stranger", "public", ()),
    ],
)
def test_a_persona_holds_what_such_a_person_holds(editor, login, whom, themes):
    expected = {"public"} if login == "stranger" else held(login)
    assert seen_as(editor, whom, themes) == expected


def test_an_observer_can_be_viewed_as_with_what_may_be_granted(editor):
    granted = seen_as(editor, "partner:league-of-arab-states", is_granted="on")
    assert tokens.dialogue("mtm", IRREGULAR) in granted


def test_a_group_that_has_ended_gives_its_members_nothing(editor):
    ReadingGroup.objects.create(slug="meeting", dialogue_id="mtm", name_en="Meeting", ends_on="2012-02-01")
    assert seen_as(editor, "group:meeting") == {"public"}
    ReadingGroup.objects.update(ends_on=None)
    assert seen_as(editor, "group:meeting") == {"public", "group:meeting"}


def test_a_secretariat_of_several_dialogues_chooses_which(reader):
    secretariat = reader("secretariat")
    page = secretariat.get(f"{PAGE}?dialogue=rabat-process").content.decode()
    assert 'value="partner:morocco"' in page
    assert 'value="partner:unhcr"' not in page
    secretariat.post(PAGE, {"dialogue": "rabat-process", "whom": "partner:morocco", "themes": [DEVELOPMENT]})
    viewer = secretariat.get("/en/").wsgi_request.viewer
    assert viewer.within == {"public", "secretariat:rabat-process"}
    assert viewer.secretariats == viewer.authorities == []


# Where an audience is set ---------------------------------------------------------------------------------------------


@pytest.fixture
def pages_that_set_an_audience(editor) -> list[str]:
    """The forms of profiles, sections, figures and sources: of a row and, where there is one, of a new row."""
    with viewing(user_of("editor").viewer):
        profile = Profile.objects.get(dialogue="mtm", theme=IRREGULAR, slug="morocco")
        source, figure = (
            Source.objects.filter(dialogue="mtm").first(),
            Observation.objects.filter(dialogue="mtm").first(),
        )
    return [
        reverse("admin:profiles_profile_add"),
        reverse("admin:profiles_profile_change", args=[profile.pk]),
        reverse("admin:profiles_profile_draft", args=[profile.pk, "detection", "en"]),
        reverse("admin:indicators_source_add"),
        reverse("admin:indicators_source_change", args=[source.pk]),
        reverse("admin:indicators_observation_add"),
        reverse("admin:indicators_observation_change", args=[figure.pk]),
    ]


def test_every_form_that_sets_an_audience_says_for_each_choice_who_can_read_and_leads_to_viewing_as(
    editor, pages_that_set_an_audience
):
    for path in pages_that_set_an_audience:
        page = editor.get(path).content.decode()
        choices = re.findall(r'<input type="radio" name="preset"[^>]*>', page)
        assert len(choices) >= 5, path
        assert [choice for choice in choices if "data-sentence" not in choice] == [], path
        assert f'class="to-view-as"><a href="{PAGE}' in page, path
        if path.endswith("/change/"):
            assert f"{PAGE}?dialogue=mtm&amp;next=" in page, path


def test_from_the_form_of_a_section_one_comes_back_to_that_section(editor, pages_that_set_an_audience):
    draft = next(path for path in pages_that_set_an_audience if "/draft/" in path)
    link = re.search(rf'href="({PAGE}[^"]*next[^"]*)"', editor.get(draft).content.decode())[1]
    page = editor.get(link.replace("&amp;", "&")).content.decode()
    assert f'name="next" value="{RESTRICTED}detection/"' in page
    assert view_as(editor, "partner:morocco", next=f"{RESTRICTED}detection/")["Location"] == f"{RESTRICTED}detection/"
