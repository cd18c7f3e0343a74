"""The readers' page of links, by category."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.viewer import Viewer
from access.visibility import RestrictedQuerySet
from accounts.requests import ReaderRequest
from atlas.sorting import in_reading_order
from newscentre.links.models import LinkCategory
from newscentre.models import Link


def links_seen(viewer: Viewer) -> RestrictedQuerySet:
    return Link.objects.visible_to(viewer)


@require_safe
def links(request: ReaderRequest) -> HttpResponse:
    """Each category in the alphabet of the reader's language; an address that two dialogues keep stands once."""
    by_address = {link.address: link for link in links_seen(request.viewer)}
    rows = in_reading_order(by_address.values())
    categories = [(category, [link for link in rows if link.category == category.value]) for category in LinkCategory]
    context = {"active": "links", "categories": [(category, held) for category, held in categories if held]}
    return render(request, "newscentre/links/links.html", context)
