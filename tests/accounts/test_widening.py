"""Narrowing is immediate; a wider audience than the theme proposes is confirmed by a second person of the secretariat."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from access.viewer import Viewer
from access.viewing import viewing
from accounts.audiences.widening import confirm, refuse
from accounts.models import Action, LogEntry, ReadingGroup, SecretariatMember, User, Widening, WideningState
from accounts.permissions import editors
from accounts.signing_in.terms import accept, newest_terms
from atlas.models import Subject
from indicators.models import Source
from profiles.models import Profile, Section
from tests.access.planting_people import widening as planted_widening
from tests.conftest import user_of

pytestmark = pytest.mark.django_db
MTM = Viewer.secretariat_of("mtm")
DESK = ["secretariat:mtm"]
THEME = ["dialogue:mtm:irregular-mixed-migration", *DESK]
LIST = "/secretariat/accounts/widening/"


@pytest.fixture
def profile() -> Profile:
    """Of a theme for whose nominated users alone the secretariat proposes its profiles."""
    with viewing(MTM):
        return Profile.objects.get(dialogue="mtm", theme="irregular-mixed-migration", slug="morocco")


@pytest.fixture
def colleague(reader) -> Client:
    """Another editor of the MTM Dialogue."""
    user = User.objects.create(email="colleague@imap.example", name="MTM colleague", is_staff=True, language="fr")
    user.groups.add(editors())
    SecretariatMember.objects.create(user=user, dialogue_id="mtm")
    accept(user, newest_terms())
    return reader("colleague")


def save(client: Client, profile: Profile, preset: str, **more):
    form = {"slug": profile.slug, "endorsement": profile.endorsement, "preset": preset, **more}
    answer = client.post(reverse("admin:profiles_profile_change", args=[profile.pk]), form, follow=True)
    assert answer.redirect_chain, "the form was not taken"
    return answer.content.decode()


def audience_of(row) -> set[str] | None:
    with viewing(MTM):
        audience = type(row).objects.values_list("audience", flat=True).get(pk=row.pk)
    return None if audience is None else set(audience)


def waiting() -> Widening:
    with viewing(MTM):
        return Widening.objects.get(state=WideningState.WAITING)


def states() -> list[str]:
    with viewing(MTM):
        return list(Widening.objects.order_by("pk").values_list("state", flat=True))


def decide(client: Client, widening: Widening, decision: str = "confirm"):
    return client.post(f"{LIST}{widening.pk}/decide/", {"decision": decision}, follow=True)


def noted(action: Action = Action.AUDIENCE_CHANGED) -> list[tuple[str, str]]:
    with viewing(MTM):
        rows = LogEntry.objects.filter(action=action).order_by("pk")
        return [(row.person.email.partition("@")[0], row.object) for row in rows]


MOROCCO = "mtm/irregular-mixed-migration/morocco"


# What needs nobody else -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "audience", "words"),
    [("secretariat", DESK, "secretariat"), ("theme", THEME, None)],
)
def test_narrowing_and_what_the_theme_proposes_are_immediate(reader, profile, preset, audience, words):
    save(reader("editor"), profile, preset)
    assert audience_of(profile) == set(audience)
    assert states() == []
    assert noted() == ([("editor", f"{MOROCCO}: theme → {words}")] if words else [])


def test_back_to_what_the_theme_proposes_is_immediate(reader, profile):
    editor = reader("editor")
    save(editor, profile, "secretariat")
    save(editor, profile, "theme")
    assert audience_of(profile) == set(THEME)
    assert states() == []


def test_where_the_theme_is_open_every_choice_is_immediate(reader):
    with viewing(MTM):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")
    editor = reader("editor")
    for preset, more in (("partners", {"partners": ["morocco", "unhcr"]}), ("nominated", {}), ("public", {})):
        save(editor, profile, preset, **more)
    assert audience_of(profile) == {"public", *DESK}
    assert states() == []
    words = "mtm/migration-development/morocco"
    assert noted() == [
        ("editor", f"{words}: public → partners morocco,unhcr"),
        ("editor", f"{words}: partners morocco,unhcr → nominated"),
        ("editor", f"{words}: nominated → public"),
    ]


def test_sources_and_figures_have_no_proposal_and_their_changes_are_noted(reader):
    with viewing(MTM):
        source = Source.objects.filter(dialogue="mtm").first()
        Source.objects.filter(pk=source.pk).update(audience=DESK)
    form = {"slug": source.slug, "dialogue": "mtm", "kind": source.kind, "name_en": "x", "preset": "public"}
    reader("editor").post(reverse("admin:indicators_source_change", args=[source.pk]), form)
    assert audience_of(source) == {"public", *DESK}
    assert noted() == [("editor", f"source {source.slug}: secretariat → public")]


# What waits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "more"),
    [
        ("public", {}),
        ("nominated", {}),
        ("partners", {"partners": ["morocco"]}),
        ("group", {"reading_group": "meeting"}),
    ],
)
def test_a_wider_choice_waits_and_says_so(reader, profile, preset, more):
    ReadingGroup.objects.create(slug="meeting", dialogue_id="mtm", name_en="Meeting")
    page = save(reader("editor"), profile, preset, **more)
    assert "a colleague of the Secretariat is asked to confirm it" in page
    assert "Until then: Restricted access: the nominated users of MTM" in page
    assert audience_of(profile) == set(THEME)
    assert waiting().asked_by == user_of("editor")
    assert noted() == []
    assert noted(Action.WIDENING_ASKED)[0][1].startswith(f"{MOROCCO}: theme → {preset}")
    page = reader("editor").get(reverse("admin:profiles_profile_change", args=[profile.pk])).content.decode()
    assert "To be confirmed by a second person:" in page


def test_the_rest_of_the_form_is_saved_though_the_audience_waits(reader, profile):
    profile.endorsement = "with-state"
    save(reader("editor"), profile, "public")
    with viewing(MTM):
        assert Profile.objects.get(pk=profile.pk).endorsement == "with-state"


def test_a_new_profile_that_shall_be_wider_begins_with_the_secretariat_alone(reader):
    subject = Subject.objects.filter(kind="country", profiles__isnull=True).first()
    form = {
        "dialogue": "mtm",
        "theme": "irregular-mixed-migration",
        "subject": subject.pk,
        "slug": "new",
        "endorsement": "preparation",
    }
    reader("editor").post(reverse("admin:profiles_profile_add"), form | {"preset": "public"})
    with viewing(MTM):
        profile = Profile.objects.get(slug="new")
    assert profile.audience == DESK
    assert waiting().object_id == profile.pk
    decide(reader("secretariat"), waiting())
    assert audience_of(profile) == {"public", *DESK}


def test_a_new_profile_takes_what_its_theme_proposes_at_once(reader):
    subject = Subject.objects.filter(kind="country", profiles__isnull=True).first()
    form = {
        "dialogue": "mtm",
        "theme": "irregular-mixed-migration",
        "subject": subject.pk,
        "slug": "new",
        "endorsement": "preparation",
    }
    reader("editor").post(reverse("admin:profiles_profile_add"), form | {"preset": ""})
    with viewing(MTM):
        assert set(Profile.objects.get(slug="new").audience) == set(THEME)
    assert states() == []


def section_form(**fields):
    return {"html": "<p>Text</p>", "sources": [], "tags": [], **fields}


def test_a_section_waits_for_what_is_wider_and_a_section_that_follows_its_profile_again_too(reader, profile):
    editor, second = reader("editor"), reader("secretariat")
    page = reverse("admin:profiles_profile_draft", args=[profile.pk, "detection", "en"])
    with viewing(MTM):
        section = Section.objects.get(profile=profile, heading__slug="detection")
    editor.post(page, section_form(preset="public"))
    assert audience_of(section) is None
    decide(second, waiting())
    assert audience_of(section) == {"public", *DESK}
    editor.post(page, section_form(preset="secretariat"))
    assert audience_of(section) == set(DESK)
    editor.post(page, section_form(preset=""))
    assert audience_of(section) is None, "the profile's readers are those whom the theme proposes"
    assert noted() == [
        ("secretariat", f"{MOROCCO}/detection: inherited → public"),
        ("editor", f"{MOROCCO}/detection: public → secretariat"),
        ("editor", f"{MOROCCO}/detection: secretariat → inherited"),
    ]
    with viewing(MTM):
        Profile.objects.filter(pk=profile.pk).update(audience=["public", *DESK])
        Section.objects.filter(pk=section.pk).update(audience=DESK)
    editor.post(page, section_form(preset=""))
    assert audience_of(section) == set(DESK)
    assert waiting().wanted is None
    decide(second, waiting())
    assert audience_of(section) is None


# The second person ----------------------------------------------------------------------------------------------------


def test_a_colleague_confirms_and_readers_read_at_once(reader, profile, colleague):
    stranger, address = reader("stranger"), f"/en/maps/{MOROCCO}/"
    save(reader("editor"), profile, "public")
    assert stranger.get(address).status_code == 404
    page = colleague.get(f"{LIST}{waiting().pk}/change/").content.decode()
    assert "Open access: everyone can read this." in page
    assert "the nominated users of MTM" in page
    assert "Confirmed: more people can read it from now on." in decide(colleague, waiting()).content.decode()
    assert audience_of(profile) == {"public", *DESK}
    assert noted() == [("colleague", f"{MOROCCO}: theme → public")]
    assert states() == ["confirmed"]
    # Editions keep the audience they were published with: the open one is the next.
    reader("editor").post(reverse("admin:profiles_profile_publish", args=[profile.pk]), {"as_of": "2013"})
    assert stranger.get(address).status_code == 200


def test_a_colleague_refuses_and_nothing_changes(reader, profile, colleague):
    save(reader("editor"), profile, "public")
    assert "Refused: nothing changed for readers." in decide(colleague, waiting(), "refuse").content.decode()
    assert audience_of(profile) == set(THEME)
    assert states() == ["refused"]
    assert noted() == []
    assert noted(Action.WIDENING_REFUSED) == [("colleague", f"{MOROCCO}: theme → public")]


@pytest.mark.parametrize("login", ["editor", "secretariat"])
def test_nobody_confirms_what_they_asked_for_not_even_a_superuser(reader, profile, login):
    client = reader(login)
    save(client, profile, "public")
    page = client.get(f"{LIST}{waiting().pk}/change/").content.decode()
    assert "a second person of the Secretariat decides" in page
    assert 'value="confirm"' not in page
    for decision in ("confirm", "refuse"):
        assert decide(client, waiting(), decision).status_code == 403
    assert audience_of(profile) == set(THEME)
    assert states() == ["waiting"]


def test_the_database_takes_no_confirmation_by_the_same_person():
    with viewing(MTM):
        row = planted_widening(user_of("editor"))
        row.save()
        for by in (user_of("editor"), None):
            with pytest.raises(IntegrityError), transaction.atomic():
                Widening.objects.filter(pk=row.pk).update(state=WideningState.CONFIRMED, decided_by=by)


def test_no_one_of_another_secretariat_sees_or_decides(reader, profile):
    other = User.objects.create(email="rabat@imap.example", is_staff=True)
    other.groups.add(editors())
    SecretariatMember.objects.create(user=other, dialogue_id="rabat-process")
    accept(other, newest_terms())
    save(reader("editor"), profile, "public")
    widening = waiting()
    client = reader("rabat")
    assert "morocco" not in client.get(LIST).content.decode()
    assert decide(client, widening).status_code == 404
    for decision in (confirm, refuse):
        with viewing(other.viewer), pytest.raises((PermissionDenied, Widening.DoesNotExist)):
            decision(widening, other)
    assert states() == ["waiting"]


@pytest.mark.parametrize("login", ["official.mar", "focalpoint.mar", "stranger"])
def test_readers_know_nothing_of_it(reader, profile, login):
    save(reader("editor"), profile, "public")
    assert decide(reader(login), waiting()).redirect_chain
    assert states() == ["waiting"]


def test_deciding_takes_a_form_and_is_done_once(reader, profile, colleague):
    save(reader("editor"), profile, "public")
    widening = waiting()
    assert colleague.get(f"{LIST}{widening.pk}/decide/").status_code == 405
    decide(colleague, widening, "refuse")
    assert decide(colleague, widening).status_code == 403
    assert audience_of(profile) == set(THEME)


def test_the_other_members_are_written_to_in_their_language_and_nobody_else(
    reader, profile, colleague, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        save(reader("editor"), profile, "public")
    assert {message.to[0] for message in mail.outbox} == {"colleague@imap.example", "secretariat@imap.example"}
    french = next(message for message in mail.outbox if message.to == ["colleague@imap.example"])
    assert french.subject == "i-Map\u00a0: un accès plus large à confirmer"
    assert f"{LIST}{waiting().pk}/change/" in french.body
    assert MOROCCO in french.body
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        save(reader("editor"), profile, "public")
    assert mail.outbox == [], "asked already"


def test_where_there_is_no_second_person_the_form_says_so(reader, profile):
    SecretariatMember.objects.filter(dialogue="mtm").exclude(user=user_of("editor")).delete()
    page = save(reader("editor"), profile, "public")
    assert "there is no second person in the Secretariat" in page
    assert audience_of(profile) == set(THEME)


# Changed in between ---------------------------------------------------------------------------------------------------


def test_what_was_narrowed_meanwhile_is_not_widened_by_an_older_request(reader, profile, colleague):
    editor = reader("editor")
    save(editor, profile, "public")
    older = waiting()
    save(editor, profile, "secretariat")
    assert states() == ["overtaken"]
    assert decide(colleague, older).status_code == 403
    assert audience_of(profile) == set(DESK)


def test_a_change_that_went_another_way_is_noticed_when_it_is_confirmed(reader, profile, colleague):
    save(reader("editor"), profile, "public")
    with viewing(MTM):
        Profile.objects.filter(pk=profile.pk).update(audience=DESK)
    page = decide(colleague, waiting()).content.decode()
    assert "The audience was changed since this was asked" in page
    assert audience_of(profile) == set(DESK)
    assert states() == ["overtaken"]
    assert noted() == []


def test_a_further_request_takes_the_place_of_the_one_before(reader, profile, colleague):
    editor = reader("editor")
    save(editor, profile, "public")
    save(editor, profile, "nominated")
    assert states() == ["overtaken", "waiting"]
    decide(colleague, waiting())
    assert audience_of(profile) == {"nominated", *DESK}


def test_a_form_opened_before_a_colleague_narrowed_does_not_widen_again(reader, profile, colleague):
    """Its choice is compared with today's audience, not with that of when it was opened."""
    with viewing(MTM):
        Profile.objects.filter(pk=profile.pk).update(audience=["public", *DESK])
    save(colleague, profile, "secretariat")
    save(reader("editor"), profile, "public")
    assert audience_of(profile) == set(DESK)
    assert states() == ["waiting"]


def test_a_row_that_is_gone_cannot_be_widened(colleague):
    with viewing(MTM):
        row = planted_widening(user_of("editor"), object_id=10**9)
        row.content_type = row.content_type.__class__.objects.get_for_model(Profile)
        row.save()
    assert decide(colleague, row).status_code == 200
    assert states() == ["overtaken"]
