from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from access.viewing import every_secretariat, viewing
from accounts import mail
from accounts.activity_log.usage import count_use
from accounts.models import SentForm, User
from accounts.nominations import engagements, invitations, mandates, reminders
from accounts.safe_forms.idempotency import KEPT_FOR


@shared_task(nobody_waits="The scheduler sends it again.")
def forget_ended_sessions() -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    still_open = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(still_open)).delete()
    SentForm.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()


@shared_task(nobody_waits="The scheduler sends it again.")
def count_use_by_quarter() -> None:
    """Runs for all secretariats, so that their pages show the current quarter."""
    with viewing(every_secretariat()):
        count_use("default")


@shared_task(nobody_waits="The scheduler sends it again.")
def remind_of_mandates() -> None:
    """Runs daily. A second run on the same day sends nothing."""
    with viewing(every_secretariat()):
        reminders.remind(timezone.localdate())


@shared_task(nobody_waits="The scheduler sends it again.")
def end_what_is_over() -> None:
    """Runs for all secretariats, whose histories record the end."""
    with viewing(every_secretariat()):
        mandates.end_what_is_over()
        engagements.end_what_is_over()


@shared_task(
    autoretry_for=(OSError,),  # smtplib's errors are among them
    retry_backoff=True,
    max_retries=5,
    nobody_waits="The page has said already that a mail comes if there is such an account; another can be asked for.",
)
def send_link_for_new_password(user_id: int) -> None:
    """Writes to an active person; for anybody else, and for 0, which stands for nobody, does nothing.

    Whose invitation is over is not let in by this door either.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not invitations.may_come_in(user):
        return
    key = default_token_generator.make_token(user)
    link = mail.address_of("account_reset_password_from_key", user.language, user_pk_to_url_str(user), key)
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
    mail.send("password_reset_key", user.email, user.language, {"recipient": user.email, "address": link, "days": days})
