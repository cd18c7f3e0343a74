"""Nobody reads before the newest terms are accepted and, where it is required, a second factor is set up."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.utils import timezone

from accounts.models import Affiliation, PartnerPolicy, TermsOfUse, User
from accounts.signing_in import pending_steps
from tests.accounts.test_signing_in import stays_here
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/morocco/"
OPEN = "/en/maps/mtm/migration-development/morocco/"


def newer_terms() -> TermsOfUse:
    return TermsOfUse.objects.create(version=date(2030, 1, 31), text_en="New terms", text_fr="Neuf", text_ar="جديد")


def step_of(login: str) -> pending_steps.Step | None:
    return pending_steps.next_step(User.objects.with_tokens().get(email=f"{login}@imap.example"))


def leads_to(client: Client, path: str) -> str:
    return client.get(path).get("Location", "")


# Terms ----------------------------------------------------------------------------------------------------------------


def test_the_cast_owes_nothing(reader):
    client = reader("official.mar")
    assert client.get(RESTRICTED).status_code == 200
    assert leads_to(client, "/en/accounts/terms/") == "/en/terms/"


def test_a_new_version_is_asked_for_at_the_next_request_from_any_page_and_then_leads_on(reader):
    client = reader("official.mar")
    newer_terms()
    for path in ("/en/", OPEN, RESTRICTED, "/en/accounts/", "/en/accounts/second-factor/"):
        assert leads_to(client, path) == "/en/accounts/terms/", path
    assert leads_to(client, RESTRICTED) == "/en/accounts/terms/"
    page = client.get("/en/accounts/terms/").content.decode()
    assert "New terms" in page
    answer = client.post("/en/accounts/terms/", {"version": "2030-01-31", "accept": "on"})
    assert answer["Location"] == RESTRICTED
    assert client.get(RESTRICTED).status_code == 200
    accepted = user_of("official.mar").acceptances.first()
    assert (accepted.terms_id, accepted.language) == (date(2030, 1, 31), "en")


@pytest.mark.parametrize("fields", [{}, {"version": "2030-01-31"}, {"version": "2026-11-24", "accept": "on"}])
def test_terms_are_accepted_by_the_tick_and_as_they_were_shown(reader, fields):
    client = reader("official.mar")
    newer_terms()
    assert client.post("/en/accounts/terms/", fields).status_code == 200
    assert step_of("official.mar") is pending_steps.Step.TERMS


def test_who_owes_a_step_may_still_sign_out_change_the_language_and_read_the_terms(reader):
    client = reader("official.mar")
    newer_terms()
    for path in ("/en/terms/", "/ar/terms/2026-11-24/", "/fr/accounts/terms/", "/en/privacy/", "/en/accounts/logout/"):
        assert client.get(path).status_code == 200, path
    assert client.post("/secretariat/language/", {"language": "fr", "next": "/"})["Location"] == "/"
    assert client.post("/en/accounts/logout/").status_code == 302
    assert client.get(OPEN).status_code == 200


def test_who_owes_a_step_is_to_every_rule_a_member_of_the_public(reader):
    """Rows 5 and 23 of the attacks: no address, method or API is a way round."""
    client = reader("editor")
    newer_terms()
    for path in ("/secretariat/", "/secretariat/profiles/profile/", "/secretariat/login/?next=/secretariat/"):
        assert leads_to(client, path) == "/en/accounts/terms/", path
    for method in (client.post, client.put, client.delete, client.options, client.head):
        assert method("/secretariat/profiles/profile/").status_code == 302
    request = client.get("/en/terms/").wsgi_request
    assert request.viewer.is_public


@pytest.mark.parametrize(
    "path",
    [
        "/en/maps/mtm/irregular-mixed-migration/morocco/%0a", "/en//maps/mtm/irregular-mixed-migration/morocco/",
        "/en/./maps/mtm/irregular-mixed-migration/morocco/", "/en/terms/../maps/mtm/irregular-mixed-migration/morocco/",
        "/en/terms/;/en/maps/mtm/", "/EN/maps/mtm/irregular-mixed-migration/morocco/",
        "/en/maps/mtm/irregular-mixed-migration/morocco", "/en/terms/%2e%2e/maps/mtm/irregular-mixed-migration/morocco/",
        "/en/maps/mtm/irregular-mixed-migration/morocco/.json", "/secretariat//profiles/profile/",
    ],
)  # fmt: skip
def test_no_crooked_address_is_a_way_past_a_step(reader, path):
    """Row 22 of the attacks."""
    client = reader("secretariat")
    newer_terms()
    answer = client.get(path)
    assert answer.status_code in (301, 302, 404)
    assert b"Detection" not in answer.content


@pytest.mark.parametrize("path", ["//evil.example/", "/%2F/evil.example/", "/en/maps/?next=//evil.example/"])
def test_the_page_one_wanted_is_one_of_the_portal(reader, path):
    """Row 30 of the attacks."""
    client = reader("official.mar")
    newer_terms()
    client.get(path)
    answer = client.post("/en/accounts/terms/", {"version": "2030-01-31", "accept": "on"})
    assert stays_here(answer["Location"])


def test_a_stranger_is_asked_for_nothing(reader):
    newer_terms()
    assert reader("stranger").get(OPEN).status_code == 200


def test_what_is_owed_costs_no_query_of_its_own(reader, django_assert_num_queries):
    client = reader("official.mar")
    client.get("/en/privacy/")
    # Session; user, with what they hold and owe; a savepoint, the viewer, the viewer before, the savepoint's end.
    with django_assert_num_queries(6):
        client.get("/en/privacy/")


# Second factors -------------------------------------------------------------------------------------------------------

REQUIRED = {
    "off": set(),
    "roles": {"secretariat", "editor", "focalpoint.mar"},
    "all": {"secretariat", "editor", "focalpoint.mar", "official.mar", "unhcr", "translator.ar"},
}


@pytest.mark.parametrize("setting", REQUIRED)
def test_who_needs_a_second_factor_follows_role_or_setting(settings, setting):
    settings.SECOND_FACTOR = setting
    owing = {login for login in REQUIRED["all"] if step_of(login) is pending_steps.Step.FACTOR}
    assert owing == REQUIRED[setting]


def test_a_partner_may_require_it_of_all_its_people(settings):
    settings.SECOND_FACTOR = "roles"
    PartnerPolicy.objects.filter(partner="morocco").update(requires_second_factor=True)
    assert step_of("official.mar") is pending_steps.Step.FACTOR
    assert step_of("official.ukr") is None
    settings.SECOND_FACTOR = "off"
    assert step_of("official.mar") is None


def test_a_partner_requires_nothing_of_those_who_left_it(settings):
    settings.SECOND_FACTOR = "roles"
    PartnerPolicy.objects.filter(partner="morocco").update(requires_second_factor=True)
    Affiliation.objects.filter(user=user_of("official.mar")).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert step_of("official.mar") is None


def test_without_the_factor_that_is_required_every_page_leads_to_setting_one_up(reader, settings):
    settings.SECOND_FACTOR = "roles"
    client = reader("editor")
    for path in (RESTRICTED, "/en/", "/secretariat/", "/en/accounts/"):
        assert leads_to(client, path) == "/en/accounts/second-factor/", path
    page = client.get("/en/accounts/second-factor/").content.decode()
    assert "/en/accounts/second-factor/codes/make/" in page
    RecoveryCodes.activate(user_of("editor"))
    assert client.get(RESTRICTED).status_code == 200


def test_a_list_of_codes_that_is_used_up_is_renewed_before_anything_else(reader, settings):
    client = reader("official.mar")
    held = RecoveryCodes.activate(user_of("official.mar")).instance
    held.data["used_mask"] = 2**settings.MFA_RECOVERY_CODE_COUNT - 1
    held.save()
    assert leads_to(client, RESTRICTED) == "/en/accounts/second-factor/"
    Authenticator.objects.create(user=user_of("official.mar"), type="webauthn", data={"name": "Key", "credential": {}})
    assert client.get(RESTRICTED).status_code == 200


def test_terms_come_before_the_factor(settings):
    settings.SECOND_FACTOR = "all"
    newer_terms()
    assert step_of("official.mar") is pending_steps.Step.TERMS
