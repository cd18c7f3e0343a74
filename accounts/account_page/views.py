"""The account page: what one may read, how one signs in, personal tokens, export of one's data."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.viewing import viewing
from accounts.account_page.entitlements import entitlements_of
from accounts.account_page.forms import PreferencesForm, TokenForm
from accounts.account_page.personal_data import personal_data_of
from accounts.account_page.sessions import sessions_of
from accounts.activity_log.writer import log_action
from accounts.models import Action, PersonalToken, TokenScope, User
from accounts.requests import ReaderRequest
from accounts.signing_in.adapter import tell
from accounts.signing_in.allauth_internals import end_other_sessions, end_these, logout
from accounts.signing_in.factors import factors_in_words
from accounts.signing_in.open_sessions import end_sign_ins
from accounts.signing_in.personal_tokens import make_token as make
from accounts.signing_in.personal_tokens import revoke
from accounts.signing_in.rate_limits import limited
from accounts.signing_in.reauthentication import confirmed
from atlas.addresses import absolute_url
from atlas.file_names import content_disposition
from untrusted.characters import clean_deep


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: ReaderRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        language = form.save().language
        with translation.override(language):
            messages.success(request, _("Your choices are kept."))
            return HttpResponseRedirect(reverse("own_page"))
    context = {
        "form": form,
        "grounds": entitlements_of(request.user),
        "factors": factors_in_words(request.user),
        "sessions": sessions_of(request),
        "tokens": PersonalToken.objects.alive().filter(user=request.user),
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "accounts/own_page.html", context)


@login_required
@require_POST
def end_sessions(request: ReaderRequest) -> HttpResponse:
    """Ends the named session, all others, or every one."""
    which = request.POST.get("session", "")
    if which == "every":
        end_other_sessions(request, request.user)
        end_sign_ins(request.user)
        logout(request)
        return redirect("home")
    if which == "others":
        end_other_sessions(request, request.user)
        end_sign_ins(request.user)
        request.session[HASH_SESSION_KEY] = request.user.get_session_auth_hash()  # this one goes on
    elif which.isdecimal():
        end_these(request, [get_object_or_404(UserSession, pk=which, user=request.user)])
    if not request.user.is_authenticated:
        return redirect("home")
    messages.success(request, _("What you chose is signed out."))
    return redirect("own_page")


@confirmed
@limited("make_token", methods=("POST",))
@require_http_methods(["GET", "HEAD", "POST"])
def make_token(request: ReaderRequest) -> HttpResponse:
    """Asks for the purpose of a new token, then shows its secret once."""
    form = TokenForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/make_token.html", {"form": form})
    token, secret = make(request.user, *(form.cleaned_data[name] for name in ("name", "scope", "days")))
    tell(request, request.user, "token_made", token=token.name, expires_on=token.expires_on)
    address = (
        absolute_url(reverse("calendar_subscription", args=[secret])) if token.scope == TokenScope.CALENDAR else ""
    )
    return render(request, "accounts/token_made.html", {"token": token, "secret": secret, "address": address})


@login_required
@require_POST
def revoke_token(request: ReaderRequest, pk: int) -> HttpResponse:
    revoke(get_object_or_404(PersonalToken, pk=pk, user=request.user))
    messages.success(request, _("The token opens nothing any more."))
    return redirect("own_page")


@confirmed
@limited("own_data")
@require_GET
def own_data(request: ReaderRequest) -> HttpResponse:
    """Everything held about the person, as a JSON download."""
    log_action(Action.EXPORTED, request.user, objects=["own data"])
    with viewing(request.user.viewer):  # as oneself, whomever a secretariat views as
        data = clean_deep(personal_data_of(request.user, request.user.viewer))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = content_disposition("i-map-account.json")
    return response
