"""Views for signing in and second factors beyond those of allauth."""

from allauth.account.views import LoginView, PasswordResetFromKeyView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import ReaderRequest
from accounts.signing_in import passkeys, pending_steps
from accounts.signing_in.allauth_internals import clear_login, login_stage_required
from accounts.signing_in.factors import Authenticator, Type, factors_in_words, may_remove, remove
from accounts.signing_in.known_devices import remember_device
from accounts.signing_in.reauthentication import agency_of_the_session, confirmed
from accounts.signing_in.return_url import forget, return_url
from accounts.signing_in.throttling import clear_failures
from accounts.signing_in.unfinished import FactorStage


class SignInView(LoginView):
    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"agencies": settings.AGENCIES, "next": self.get_next_url() or ""}


sign_in = SignInView.as_view()


@method_decorator(login_stage_required(FactorStage.key, "account_login"), name="dispatch")
class SecondFactorView(AuthenticateView):
    """allauth's page, with a key's question of our own, for as long as nothing has ended the sign-in."""

    def dispatch(self, request: ReaderRequest, *args, **kwargs) -> HttpResponseBase:
        if not request._login_stage.holds:  # type: ignore[attr-defined]
            clear_login(request)
            messages.error(request, _("Too much time has passed, or the account has changed. Sign in anew."))
            return redirect("account_login")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        passkeys.forget_questions(self.request)
        return super().form_valid(form)

    def get_context_data(self, **kwargs) -> dict:
        found = super().get_context_data(**kwargs)
        question = passkeys.ask_for_key(self.request, passkeys.Purpose.SECOND_FACTOR, self.stage.login.user)
        return found | {"js_data": {"request_options": question}}


class NewPasswordView(PasswordResetFromKeyView):
    """Whoever has the link has the mailbox: clears failed attempts and remembers the browser."""

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        clear_failures(self.request, self.reset_user.email)
        remember_device(self.request, response, self.reset_user)
        return response


class AddKeyView(AddWebAuthnView):
    def get_context_data(self, **kwargs) -> dict:
        found = super(AddWebAuthnView, self).get_context_data(**kwargs)
        return found | {"js_data": {"creation_options": passkeys.ask_for_new_key(self.request, self.request.user)}}

    def form_valid(self, form) -> HttpResponse:
        """allauth writes the key; what it is for, and where its counter stands, is written beside it."""
        response = super().form_valid(form)
        factor = Authenticator.objects.get(
            user=self.request.user, type=Type.WEBAUTHN, data__credential__id=form.cleaned_data["credential"]["id"]
        )
        factor.data |= {passkeys.ALONE: form.cleaned_data["passwordless"], passkeys.COUNTER: form.counter}
        factor.save(update_fields=["data"])
        return response


class KeyAloneView(LoginWebAuthnView):
    def get(self, request: ReaderRequest, *args, **kwargs) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if not isinstance(response, JsonResponse):
            return response
        return JsonResponse({"request_options": passkeys.ask_for_key(request, passkeys.Purpose.SIGN_IN_ALONE, None)})


class KeyOnceMoreView(ReauthenticateWebAuthnView):
    def form_invalid(self, form) -> HttpResponse:
        for why in form.errors.get("credential", []):
            messages.error(self.request, why)
        return redirect("mfa_reauthenticate_webauthn")

    def get_context_data(self, **kwargs) -> dict:
        found = super(ReauthenticateWebAuthnView, self).get_context_data(**kwargs)
        question = passkeys.ask_for_key(self.request, passkeys.Purpose.CONFIRM, self.request.user)
        return found | {"js_data": {"request_options": question}}


@login_required
@require_GET
def sign_in_again(request: ReaderRequest) -> HttpResponse:
    """Reauthentication through the agency, for people with neither password nor factor."""
    context = {"agency": agency_of_the_session(request), "next": request.GET.get("next", "")}
    return render(request, "accounts/sign_in_again.html", context)


@login_required
@require_GET
def second_factors(request: ReaderRequest) -> HttpResponse:
    """Those one has, with what can be done to each, and the three that can be set up."""
    factors = factors_in_words(request.user)
    is_due = pending_steps.next_step(request.user) is pending_steps.Step.FACTOR
    context = {
        "factors": factors,
        "types": {factor.type for factor in factors},
        "is_due": is_due,
        "go_on": return_url(request),
    }
    if not is_due:
        forget(request)  # offered once
    return render(request, "accounts/second_factors.html", context)


@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def remove_factor(request: ReaderRequest, pk: int) -> HttpResponse:
    factor = get_object_or_404(Authenticator.objects.select_related("user"), pk=pk, user=request.user)
    if request.method == "POST" and may_remove(factor):
        remove(request, factor)
        messages.success(request, _("It is removed."))
        return redirect("mfa_index")
    shown = next(one for one in factors_in_words(request.user) if one.pk == pk)
    others = [one for one in factors_in_words(request.user) if one.pk != pk]
    only_codes = bool(others) and all(one.type == Type.RECOVERY_CODES for one in others)
    context = {"factor": shown, "may_remove": may_remove(factor), "others": others, "only_codes": only_codes}
    return render(request, "accounts/remove_factor.html", context)
