"""The page on which a desk sees how its feeds fare, and has them fetched now.

The part that changes is asked for again by htmx, every few seconds while something is going on; without a script the
page says the same, and a link shows it anew.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.requests import ReaderRequest
from newscentre.feeds.claims import make_due
from newscentre.feeds.health import health_of
from newscentre.feeds.heartbeats import running
from newscentre.tasks import send_soon

OFTEN, SELDOM = 2, 20  # seconds between two looks: while feeds are fetched, and while none is
ALL_THAT_ARE_DUE = "due"
PER_PAGE = 50


def number_in(text: str) -> int:
    """What stands in an address or a form where a number is meant; else 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


class HealthPages(admin.ModelAdmin):
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("health/", view(self.health_view), name="newscentre_feed_health"),
            path("health/now/", view(self.health_now_view), name="newscentre_feed_health_now"),
            path("health/fetch/", view(require_POST(self.fetch_view)), name="newscentre_feed_fetch"),
            *super().get_urls(),
        ]

    def health_view(self, request: ReaderRequest) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts, "title": _("Health of the feeds")}
        return TemplateResponse(
            request, "admin/newscentre/feed/health.html", context | self._health(request) | {"is_whole_page": True}
        )

    def health_now_view(self, request: ReaderRequest) -> HttpResponse:
        """The changing part alone."""
        return TemplateResponse(request, "admin/newscentre/feed/health_now.html", self._health(request))

    def fetch_view(self, request: ReaderRequest) -> HttpResponse:
        """One feed, or all that are due, now: `feed` is its number or `due`."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        asked, feeds = request.POST.get("feed", ""), self.get_queryset(request)
        if asked == ALL_THAT_ARE_DUE:
            number = sum(row.state == "due" for row in health_of(feeds, timezone.now()))
        else:
            number = make_due(feeds.filter(pk=number_in(asked)))
        if number:
            send_soon()
            words = ngettext("%(number)d feed is fetched now.", "%(number)d feeds are fetched now.", number)
            self.message_user(request, words % {"number": number}, messages.SUCCESS)
        else:
            self.message_user(
                request, _("No feed is to be fetched now: it is paused, or none is due."), messages.WARNING
            )
        where = urlencode({"of": number, "page": request.GET.get("page", "1")})
        return redirect(f"{reverse('admin:newscentre_feed_health')}?{where}")

    def _health(self, request: ReaderRequest) -> dict[str, Any]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        rows = health_of(self.get_queryset(request), now)
        at_work = sum(row.is_at_work for row in rows)
        of = min(number_in(request.GET.get("of", "")), len(rows))
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        return {
            "opts": self.opts,
            "now": now,
            "page": page,
            "asked": urlencode({"of": of, "page": page.number}),
            "running": running(now),
            "due": sum(row.state == "due" for row in rows),
            "at_work": at_work,
            "failing": sum(bool(row.fetching.failures) and row.state != "paused" for row in rows),
            "of": of,
            "done": max(of - at_work, 0),
            "every": OFTEN if at_work else SELDOM,
            "may_fetch": self.has_change_permission(request),
        }
