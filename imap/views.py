"""Views that belong to no room: home, health, texts about the portal, error pages."""

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.roles import why_role_is_unsafe
from access.viewer import ANYONE
from access.viewing import viewing
from accounts.account_page.visits import last_visit_of
from accounts.requests import ReaderRequest
from atlas.country_map import countries_on_map, map_of
from atlas.models import Dialogue, Membership
from atlas.views import footnotes_of
from imap.context_processors import portal_frame
from imap.former_addresses import address_now
from imap.sitemaps import sitemap_xml
from profiles.listing import latest, listed
from profiles.views import country_links


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """The process can serve: database under the lock, cache reachable. 503 with the names of what is not."""
    checks = {"database": _database_is_ready, "cache": _cache_is_ready}
    failing = [name for name, check in checks.items() if not check()]
    return JsonResponse({"ready": not failing, "failing": failing}, status=503 if failing else 200)


def _database_is_ready() -> bool:
    try:
        connection.ensure_connection()
        return not why_role_is_unsafe()
    except Exception:
        return False


def _cache_is_ready() -> bool:
    try:
        cache.set("readyz", 1, 5)
        return cache.get("readyz") == 1
    except Exception:
        return False


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Sends a visitor home in the language that the browser asks for."""
    response = redirect("home")
    response["Vary"] = "Accept-Language, Cookie"
    return response


@require_safe
def home(request: ReaderRequest) -> HttpResponse:
    """The map of the regional i-Maps, what was published last, and what is new since the reader was here."""
    dialogues = Dialogue.objects.visible_to(request.viewer)
    states = Membership.objects.visible_to(request.viewer).of_partner_states().number_by_dialogue()
    since = last_visit_of(request)
    countries = countries_on_map(dialogues, country_links(listed(request.viewer)), request.viewer)
    context = {
        "dialogues": [(dialogue, states.get(dialogue.pk, 0)) for dialogue in dialogues],
        "map": map_of(None, countries, []),
        "latest": latest(request.viewer, 8),
        "new_since": since,
        "new": latest(request.viewer, 20, since) if since else [],
        "footnotes": footnotes_of(country.subject for country in countries),
    }
    return render(request, "home.html", context)


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Privacy, accessibility: one text per language."""
    titles = {"privacy": _("Privacy"), "accessibility": _("Accessibility")}
    context = {"title": titles[name], "text": f"pages/{name}.{get_language()}.html", "log_days": settings.LOG_DAYS}
    return render(request, "page.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ("User-agent: *", "Disallow: /secretariat/", f"Sitemap: {settings.SITE_ADDRESS}/sitemap.xml", "")
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses that are open to everyone, in every language: the same for every reader."""
    with viewing(ANYONE):
        return HttpResponse(sitemap_xml(ANYONE), content_type="application/xml; charset=utf-8")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """One page for what is not there and for what the reader may not see; it says nothing of the address asked for.

    A former address leads on to today's.
    """
    viewer = getattr(request, "viewer", None)
    if viewer is not None and (address := address_now(request, viewer)):
        response: HttpResponse = HttpResponsePermanentRedirect(address)
        response["Cache-Control"] = "private, no-store"  # who may follow it is asked each time
        return response
    response = render(request, "404.html", portal_frame(request), status=404)
    response["Cache-Control"] = "private, no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Without database, session or context processors: whatever failed may fail again."""
    return HttpResponse(render_to_string("500.html"), status=500)
