"""Asks for the password or a second factor again before something sensitive."""

import time
from collections.abc import Callable
from functools import wraps

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.signing_in.allauth_internals import get_authentication_records


def confirmed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """allauth asks for the password or a factor. Who has neither signs in through their agency once more.

    allauth itself lets the latter pass at any time.
    """
    ordinary = reauthentication_required(view)

    @login_required
    @wraps(view)
    def confirmed_view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if get_adapter().get_reauthentication_methods(request.user) or _signed_in_just_now(request):
            return ordinary(request, *args, **kwargs)
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('sign_in_again')}?{query}")

    return confirmed_view


def _signed_in_just_now(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)


def agency_of_the_session(request: HttpRequest) -> str:
    """The id of the provider through which this session began; empty when it was not through one."""
    records = get_authentication_records(request, request.user)
    return next((record["provider"] for record in records if record.get("method") == "socialaccount"), "")
