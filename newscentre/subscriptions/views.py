"""Pages of a reader's saved searches, and the link that ends digests."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import NewsDigest, User
from accounts.requests import ReaderRequest
from newscentre.articles.filters import Filters
from newscentre.filter_labels import labels_of
from newscentre.subscriptions.mailings import recipient_of
from newscentre.subscriptions.models import Watch

MOST = 30  # saved searches of one reader


class WatchForm(forms.ModelForm):
    class Meta:
        model = Watch
        fields = ["name", "query"]


@login_required
@require_safe
def watches(request: ReaderRequest) -> HttpResponse:
    rows = list(Watch.objects.visible_to(request.viewer).filter(owner=request.user.pk))
    labels = labels_of(rows, request.viewer)
    wanted = NewsDigest(User.objects.values_list("news_digest", flat=True).get(pk=request.user.pk))
    context = {
        "active": "news",
        "watches": [(row, labels[row.pk]) for row in rows],
        "digest": wanted,
        "has_digest": wanted is not NewsDigest.NONE,
    }
    return render(request, "newscentre/subscriptions/watches.html", context)


@login_required
@require_POST
def keep(request: ReaderRequest) -> HttpResponse:
    """Under the name that was given, if one was. What is kept already takes the new name."""
    filters = Filters.of(QueryDict(request.POST.get("query", "")[:1000].removeprefix("?")))
    own = Watch.objects.visible_to(request.viewer).filter(owner=request.user.pk)
    query = filters.as_query().removeprefix("?")
    name = request.POST.get("name", "").strip()
    form = WatchForm({"name": name[:80], "query": query}, instance=own.filter(query=query).first())
    if filters.is_empty or not form.is_valid():
        messages.error(request, _("Choose a filter first, and give it a short name."))
        return redirect("news")
    if form.instance.pk is None and own.count() >= MOST:
        messages.error(request, _("You keep as many searches as there is room for; remove one first."))
        return redirect("watches")
    form.instance.owner_id = request.user.pk
    form.save()
    messages.success(request, _("The search is kept."))
    return redirect("watches")


@login_required
@require_POST
def remove(request: ReaderRequest, pk: int) -> HttpResponse:
    get_object_or_404(Watch.objects.visible_to(request.viewer), pk=pk, owner=request.user.pk).delete()
    messages.success(request, _("The search is removed."))
    return redirect("watches")


@csrf_exempt  # a mail program posts it, with no cookie and no page before (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: ReaderRequest, key: str) -> HttpResponse:
    """Ends the digests of whom the mail went to. Opening the address, as programs that look at mails do, ends nothing."""
    user = recipient_of(key)
    if user is None:
        raise Http404
    if request.method == "POST":
        User.objects.filter(pk=user.pk).update(news_digest=NewsDigest.NONE)
    response = render(request, "newscentre/subscriptions/stop.html", {"is_stopped": request.method == "POST"})
    response["Cache-Control"], response["Referrer-Policy"] = "private, no-store", "no-referrer"
    return response
