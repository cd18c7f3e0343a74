"""Everything of django-allauth that is not its public interface: checked here when its version is raised.

`pyproject.toml` bounds the version from above. `accounts.signing_in.single_sign_on` overrides `_decode_id_token` of the
OpenID Connect adapter, too.
"""

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.socialaccount.adapter import _build_apps_from_settings as build_apps_from_settings
from allauth.socialaccount.internal import jwtkit
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.internal.flows.sessions import end_sessions as end_these

__all__ = [
    "RateLimitUsage", "build_apps_from_settings", "clear_login", "end_other_sessions", "end_these", "get_authentication_records", "jwtkit", "login_stage_required", "logout", "ratelimit",
    "record_authentication", "webauthn",
]  # fmt: skip
