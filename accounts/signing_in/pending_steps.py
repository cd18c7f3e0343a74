"""What a signed-in person must do before they may read: accept the terms of use, set up a second factor.

Until it is done they are to every rule a member of the public, and every page leads to the step.
"""

from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from access.viewer import ANYONE, Viewer
from accounts.models import User


class Step(StrEnum):
    """Pending steps in the order in which they are asked for; each names the URL of its page."""

    TERMS = "accept_terms"
    FACTOR = "mfa_index"


# Open to those who owe something: what no step leads past.
ALWAYS_OPEN = {
    "account_logout",
    "set_language",
    "terms",
    "former_terms",
    "privacy",
    "accessibility",
    "robots",
    "sitemap",
}
PAGES = {
    Step.TERMS: {"accept_terms"},
    Step.FACTOR: {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "remove_factor",
        # Each of these asks who it is, once more.
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "sign_in_again",
    },
}


def next_step(user: User) -> Step | None:
    """The person's first pending step. No query for users loaded by the sign-in backend."""
    owed = user.know_standing().owed or []
    if "terms" in owed:
        return Step.TERMS
    # Whose list of codes is used up could not sign in again, whether they need a factor or only chose one.
    if "codes" in owed or ("factor" in owed and requires_second_factor(user)):
        return Step.FACTOR
    return None


def requires_second_factor(user: User) -> bool:
    """Secretariats, nominating authorities, people of partners that want it; or all, or nobody, by setting."""
    if settings.SECOND_FACTOR != "roles":
        return settings.SECOND_FACTOR == "all"
    viewer = user.viewer
    return bool(user.is_staff or viewer.secretariats or viewer.authorities or "policy" in (user.owed or ()))


def viewer_of(user: User | AnonymousUser) -> Viewer:
    """The viewer, who is the public while a step is pending."""
    if not isinstance(user, User) or not user.is_active or next_step(user):
        return ANYONE
    return user.viewer


def is_open(step: Step, view_name: str | None) -> bool:
    """Whether someone who owes this step may open the page of this name, or (None) be told that there is none."""
    return view_name is None or view_name in ALWAYS_OPEN or view_name in PAGES[step]
