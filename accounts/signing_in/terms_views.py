"""Pages of the terms of use: read by everyone, accepted by those who sign in."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import TermsOfUse
from accounts.requests import ReaderRequest
from accounts.signing_in import pending_steps
from accounts.signing_in.return_url import forget, return_url
from accounts.signing_in.terms import accept, newest_terms


@require_safe
def terms(request: ReaderRequest, version: date | None = None) -> HttpResponse:
    """The newest terms, or an earlier version; each names the others."""
    versions = list(TermsOfUse.objects.all())
    shown = get_object_or_404(TermsOfUse, pk=version) if version else next(iter(versions), None)
    context = {
        "terms": shown,
        "is_newest": shown in versions[:1],
        "versions": [one for one in versions if one != shown],
    }
    return render(request, "accounts/terms.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_terms(request: ReaderRequest) -> HttpResponse:
    newest = newest_terms()
    if newest is None or pending_steps.next_step(request.user) is not pending_steps.Step.TERMS:
        return redirect("terms")
    # The version that was read: a newer one that came meanwhile is asked for in its turn.
    if request.method == "POST" and request.POST.get("version") == str(newest) and "accept" in request.POST:
        accept(request.user, newest)
        where = return_url(request) or reverse("home")
        forget(request)
        return HttpResponseRedirect(where)
    return render(request, "accounts/accept_terms.html", {"terms": newest, "is_missing": request.method == "POST"})
