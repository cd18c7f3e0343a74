"""The page behind the link of an invitation, on which a person sets a password.

The link's secret leaves the address at the first click: the session keeps its digest, and the form stands at an address
that tells nothing (as in Django's own reset of a password).
"""

from allauth.account.utils import perform_login
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import Invitation
from accounts.nominations.invitations import ClosedInvitation, invitation_of, invitation_with, join
from accounts.requests import ReaderRequest
from accounts.signing_in.rate_limits import limited

DIGEST = "invitation"  # key of the session


class Joining(View):
    """Answers alike whatever is wrong with a link: strangers learn nothing, the person learns what to do."""

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    @method_decorator(limited("invitation"))
    def dispatch(self, request: ReaderRequest, *args, **kwargs):
        try:
            response = super().dispatch(request, *args, **kwargs)
        except ClosedInvitation:
            request.session.pop(DIGEST, None)
            response = render(request, "accounts/join_closed.html", status=404)
        return response


class Link(Joining):
    def dispatch(self, request: ReaderRequest, *args, **kwargs):
        """Sets the portal's referrer policy on the form: browsers that send no referrer send no origin either."""
        response = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    def get(self, request: ReaderRequest, key: str) -> HttpResponse:
        request.session[DIGEST] = invitation_of(key).digest
        return redirect("account_join")


class Join(Joining):
    def get(self, request: ReaderRequest) -> HttpResponse:
        invitation = self._invitation(request)
        return self._page(request, invitation, SetPasswordForm(invitation.user))

    def post(self, request: ReaderRequest) -> HttpResponse:
        """Signs in through allauth's stages, so that an existing second factor is asked for."""
        invitation = self._invitation(request)
        form = SetPasswordForm(invitation.user, request.POST)
        if not form.is_valid():
            return self._page(request, invitation, form)
        user = join(invitation, form.cleaned_data["new_password1"])
        del request.session[DIGEST]
        response: HttpResponseRedirect = perform_login(request, user)
        return response

    def _invitation(self, request: ReaderRequest) -> Invitation:
        return invitation_with(request.session.get(DIGEST, ""))

    def _page(self, request: ReaderRequest, invitation: Invitation, form: SetPasswordForm) -> HttpResponse:
        return render(request, "accounts/join.html", {"form": form, "person": invitation.user})
