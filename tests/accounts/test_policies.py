"""A partner's policy: narrowed at once by one person, widened when a second one of another secretariat confirms."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from access.viewing import viewing
from accounts.models import Action, LogEntry, PartnerPolicy, PolicyWidening, SecretariatMember, User
from accounts.nominations import policies
from accounts.nominations.policies import Policy
from atlas.models import Dialogue, Membership, Partner
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

BEFORE = Policy(frozenset({"imap.example", "interior.example"}), 12, True)
DECIDE = "/secretariat/accounts/policywidening/{}/decide/"


@pytest.fixture(autouse=True)
def before() -> None:
    values = {"domains": ["imap.example", "interior.example"], "months": 12, "requires_second_factor": True}
    PartnerPolicy.objects.update_or_create(partner_id="morocco", defaults=values)


def ask(by: str = "editor", *, domains=BEFORE.domains, months: int = 12, factor: bool = True) -> PolicyWidening | None:
    user = user_of(by)
    with viewing(user.viewer):
        return policies.change(Partner.objects.get(pk="morocco"), user, Policy(frozenset(domains), months, factor))


def held() -> Policy:
    return Policy.of(PartnerPolicy.objects.get(partner="morocco"))


def desk(dialogue: str, name: str) -> User:
    """A member of this secretariat alone."""
    user = User.objects.create_user(f"{name}@imap.example", "a-long-password-2012", is_staff=True)
    SecretariatMember.objects.create(user=user, dialogue_id=dialogue)
    return User.objects.with_tokens().get(pk=user.pk)


NARROWER = [
    ({"domains": ["imap.example"]}, Policy(frozenset({"imap.example"}), 12, True)),
    ({"months": 6}, Policy(BEFORE.domains, 6, True)),
    ({"domains": [], "months": 1}, Policy(frozenset(), 1, True)),
]
WIDER = [{"domains": [*BEFORE.domains, "gmail.com"]}, {"months": 24}, {"factor": False}]


@pytest.mark.parametrize(("wanted", "then"), NARROWER)
def test_what_narrows_holds_at_once(wanted, then):
    assert ask(**wanted) is None
    assert held() == then


@pytest.mark.parametrize("wanted", WIDER)
def test_what_widens_waits_for_a_second_person(wanted):
    widening = ask(**wanted)
    assert held() == BEFORE
    with pytest.raises(PermissionDenied):
        policies.confirm(widening, user_of("editor"))
    assert held() == BEFORE
    policies.confirm(widening, user_of("secretariat"))
    domains, months, factor = (
        wanted.get("domains", BEFORE.domains),
        wanted.get("months", 12),
        wanted.get("factor", True),
    )
    assert held() == Policy(frozenset(domains), months, factor)


def test_of_one_form_what_narrows_holds_and_what_widens_waits():
    widening = ask(domains=["imap.example", "gmail.com"], months=6, factor=False)
    assert held() == Policy(frozenset({"imap.example"}), 6, True)
    assert (widening.added_domains, widening.months, widening.requires_second_factor) == (["gmail.com"], None, False)


def test_a_partner_without_a_policy_begins_with_the_usual_one():
    PartnerPolicy.objects.filter(partner="morocco").delete()
    widening = ask(domains=["gmail.com"], months=6, factor=False)
    assert held() == Policy(frozenset(), 6, False)
    assert widening.added_domains == ["gmail.com"]


# Who confirms ---------------------------------------------------------------------------------------------------------


def only_these_desks(*people: User) -> None:
    SecretariatMember.objects.exclude(user__in=[person.pk for person in people]).delete()


def test_it_is_confirmed_by_another_dialogues_secretariat_where_the_partner_takes_part_in_several():
    colleague, other, stranger = desk("mtm", "mtm2"), desk("rabat-process", "rabat"), desk("prague-process", "prague")
    only_these_desks(user_of("editor"), colleague, other, stranger)
    widening = ask(months=24)
    assert policies.who_could_confirm(widening) == [other]
    for person in (colleague, stranger, user_of("secretariat"), user_of("focalpoint.mar")):
        with pytest.raises(PermissionDenied):
            policies.confirm(widening, person)
    policies.confirm(widening, other)
    assert held().months == 24


def test_it_is_confirmed_by_a_colleague_where_no_other_secretariat_is_concerned():
    colleague = desk("mtm", "mtm2")
    only_these_desks(user_of("editor"), colleague)
    assert policies.who_could_confirm(ask(months=24)) == [colleague]


def test_it_is_confirmed_by_an_administrator_where_there_is_nobody_else():
    only_these_desks(user_of("editor"))
    assert policies.who_could_confirm(ask(months=24)) == [user_of("secretariat")]


def test_nobody_confirms_their_own_even_as_administrator():
    only_these_desks()
    widening = ask(by="secretariat", months=24)
    assert user_of("secretariat") not in policies.who_could_confirm(widening)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyWidening.objects.filter(pk=widening.pk).update(state="confirmed", decided_by=widening.asked_by)


def test_it_is_decided_once():
    widening = ask(months=24)
    policies.refuse(widening, user_of("secretariat"))
    assert held() == BEFORE
    with pytest.raises(PermissionDenied):
        policies.confirm(widening, user_of("secretariat"))


def test_what_is_narrowed_meanwhile_is_not_widened_by_what_was_asked_before():
    widening = ask(domains=[*BEFORE.domains, "gmail.com"])
    ask(by="secretariat", months=3)
    with pytest.raises(PermissionDenied):
        policies.confirm(widening, user_of("secretariat"))
    assert "gmail.com" not in held().domains


def test_a_form_saved_without_a_change_leaves_what_waits():
    widening = ask(months=24)
    assert ask(by="secretariat") == widening


# Told, noted, and by the forms ----------------------------------------------------------------------------------------


def test_all_secretariats_concerned_are_told_when_it_is_asked_and_when_it_is_decided(once_committed):
    Dialogue.objects.filter(pk="rabat-process").update(contact_email="rabat@desk.example")
    Dialogue.objects.filter(pk="mtm").update(contact_email="mtm@desk.example")
    with once_committed():
        widening = ask(months=24)
    asked = {message.to[0] for message in mail.outbox}
    assert {"rabat@desk.example", "mtm@desk.example", user_of("secretariat").email} <= asked
    mail.outbox.clear()
    with once_committed():
        policies.confirm(widening, user_of("secretariat"))
    assert {"rabat@desk.example", "mtm@desk.example"} <= {message.to[0] for message in mail.outbox}
    assert "confirmed" in mail.outbox[0].body


def test_it_is_in_the_log_of_each_dialogue_concerned():
    widening = ask(domains=["imap.example", "gmail.com"])
    policies.confirm(widening, user_of("secretariat"))
    for viewer in (user_of("editor").viewer, user_of("secretariat").viewer):
        with viewing(viewer):
            lines = LogEntry.objects.filter(action__in=[Action.POLICY_ASKED, Action.POLICY_CHANGED], dialogue="mtm")
            assert [line.action for line in lines.order_by("pk")] == [
                "policy-changed",
                "policy-asked",
                "policy-changed",
            ]
            assert all(line.object.startswith("morocco: ") for line in lines)
    with viewing(user_of("secretariat").viewer):
        assert LogEntry.objects.filter(action=Action.POLICY_CHANGED, dialogue="rabat-process").count() == 2


def test_the_log_says_what_changed_however_many_domains_there_are():
    domains = {f"ministry-of-the-interior-{number}.example" for number in range(12)}
    PartnerPolicy.objects.filter(partner="morocco").update(domains=sorted(domains))
    widening = ask(domains=[*domains, "gmail.com"], months=36, factor=False)
    policies.confirm(widening, user_of("secretariat"))
    with viewing(user_of("editor").viewer):
        lines = LogEntry.objects.filter(action__in=[Action.POLICY_ASKED, Action.POLICY_CHANGED], dialogue="mtm")
        said = [line.object for line in lines]
    assert said == ["morocco: +gmail.com 12→36 −factor"] * 2, "it was cut before what changed"


def test_what_is_too_long_for_a_line_of_the_log_goes_on_in_others():
    domains = {f"ministry-of-the-interior-{number}.example" for number in range(12)}
    ask(domains=[*BEFORE.domains, *domains])
    with viewing(user_of("editor").viewer):
        lines = LogEntry.objects.filter(action=Action.POLICY_ASKED, dialogue="mtm").values_list("object", flat=True)
        said = " ".join(lines)
    assert all(f"+{domain}" in said for domain in domains)


def test_the_change_of_a_partner_in_no_dialogue_is_noted_for_the_desk_of_whoever_made_it():
    Membership.objects.filter(partner="morocco").delete()
    ask(months=6)
    with viewing(user_of("editor").viewer):
        [line] = LogEntry.objects.filter(action=Action.POLICY_CHANGED)
    assert (line.object, line.dialogue_id) == ("morocco: 12→6", None)
    assert "secretariat:mtm" in line.audience


def test_an_editor_saves_the_form_and_another_secretariat_confirms_on_its_page(reader):
    editor, secretariat = reader("editor"), reader("secretariat")
    fields = {"domains": "imap.example, interior.example, gmail.com", "months": "12", "requires_second_factor": "on"}
    answer = editor.post("/secretariat/accounts/partnerpolicy/morocco/change/", fields, follow=True)
    assert "waits until a second person" in answer.content.decode()
    widening = PolicyWidening.objects.get()
    page = f"/secretariat/accounts/policywidening/{widening.pk}/change/"
    own = editor.get(page).content.decode()
    assert "a second person decides" in own
    assert 'value="confirm"' not in own
    assert editor.post(DECIDE.format(widening.pk), {"decision": "confirm"}).status_code == 403
    assert "gmail.com" in (seen := secretariat.get(page).content.decode())
    assert 'value="confirm"' in seen
    secretariat.post(DECIDE.format(widening.pk), {"decision": "confirm"})
    assert "gmail.com" in held().domains


@pytest.mark.parametrize("login", ["official.mar", "focalpoint.mar", "unhcr"])
def test_nobody_outside_the_secretariats_sees_or_decides_it(reader, login):
    widening = ask(months=24)
    client: Client = reader(login)
    assert client.get(f"/secretariat/accounts/policywidening/{widening.pk}/change/").status_code in (302, 403, 404)
    client.post(DECIDE.format(widening.pk), {"decision": "confirm"})
    assert held() == BEFORE


def test_a_policy_is_not_removed(reader):
    answer = reader("secretariat").post("/secretariat/accounts/partnerpolicy/morocco/delete/", {"post": "yes"})
    assert answer.status_code == 403
    assert held() == BEFORE
