"""Which account at an agency a person signs in with: the first is remembered, another one needs the secretariat's consent."""

from django.core.cache import cache
from django.db import IntegrityError, transaction

from access.viewing import every_secretariat, viewing
from accounts import mail
from accounts.activity_log.writer import log_action
from accounts.models import Action, AgencyAccount, User
from accounts.nominations.mandates import dialogues_today
from accounts.nominations.nominating import desk_language
from accounts.signing_in.agency_settings import Agency
from atlas.models import Dialogue

ASKED_AGAIN_AFTER = 24 * 3600  # seconds


def is_theirs(user: User, agency: str, subject: str) -> bool:
    """Whether the person may sign in with this account: their first, or the one remembered for them."""
    try:
        with transaction.atomic():
            held, _is_new = AgencyAccount.objects.get_or_create(user=user, agency=agency, defaults={"subject": subject})
    except IntegrityError:  # somebody else's, whose address was changed at the agency
        return False
    return held.subject == subject


def forget(user: User) -> None:
    """Forgets the account after the secretariat confirmed a new one: the next one used is remembered."""
    user.agency_accounts.all().delete()


def ask_the_secretariats(user: User, agency: Agency) -> None:
    """Tells the desks where the person has something today, suspended or not, at most once a day, and notes that somebody was refused."""
    log_action(Action.SIGN_IN_FAILED, user)
    if not cache.add(f"agency-account-asked:{user.pk}", 1, timeout=ASKED_AGAIN_AFTER):
        return
    with viewing(every_secretariat()):  # nobody is signed in yet
        desks = list(Dialogue.objects.filter(pk__in=dialogues_today(user)).exclude(contact_email=""))
    for dialogue in desks:
        language = desk_language(dialogue)
        context = {
            "person": user,
            "agency": agency,
            "page": mail.address_of("admin:accounts_user_changelist", language),
        }
        mail.send("agency_account", dialogue.contact_email, language, context)
