"""Signing in, and one's second factors: what allauth's own views do not do."""

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import gate
from accounts.afterwards import afterwards, forget
from accounts.requests import ReaderRequest
from accounts.signing_in.factors import Authenticator, Type, factors_in_words, may_remove, remove
from accounts.signing_in.reauthentication import agency_of_the_session, confirmed


class SignInView(LoginView):
    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"agencies": settings.AGENCIES, "next": self.get_next_url() or ""}


sign_in = SignInView.as_view()


@login_required
@require_GET
def sign_in_again(request: ReaderRequest) -> HttpResponse:
    """For who has neither password nor factor: through the agency once more."""
    context = {"agency": agency_of_the_session(request), "next": request.GET.get("next", "")}
    return render(request, "account/sign_in_again.html", context)


@login_required
@require_GET
def second_factors(request: ReaderRequest) -> HttpResponse:
    """Those one has, with what can be done to each, and the three that can be set up."""
    factors = factors_in_words(request.user)
    is_due = gate.next_step(request.user) is gate.Step.FACTOR
    context = {
        "factors": factors,
        "types": {factor.type for factor in factors},
        "is_due": is_due,
        "go_on": afterwards(request),
    }
    if not is_due:
        forget(request)  # offered once
    return render(request, "mfa/index.html", context)


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
    return render(request, "mfa/remove.html", context)
