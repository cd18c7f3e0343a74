"""Readers' pages of the news. Each queries with `visible_to`; what is not visible does not exist."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from access import tokens
from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from newscentre.articles.filters import Filters, Place
from newscentre.articles.listing import also_told_by, named_in, news_page, seen_by
from newscentre.filter_forms import NewsFilterForm
from newscentre.filter_labels import in_words
from newscentre.models import Article


@require_safe
def news(request: ReaderRequest) -> HttpResponse:
    """The newest first, as the reader filters them; older pages by an address that costs the same on each."""
    filters = Filters.of(request.GET)
    page = news_page(request.viewer, filters, Place.of(request.GET.get("before", "")))
    context = {
        "active": "news",
        "filters": filters,
        "query": filters.as_query(),
        "in_words": SimpleLazyObject(lambda: in_words(filters, request.viewer)),
        "stories": page.stories,
        "is_later_page": "before" in request.GET,
        "older": filters.as_query(before=str(page.older)) if page.older else "",
    }
    if is_in_place(request):
        response = render(request, "newscentre/in_place.html", context)
        response["HX-Push-Url"] = reverse("news") + filters.as_query()
    else:
        response = render(
            request, "newscentre/news.html", context | {"filter_form": NewsFilterForm(filters, request.viewer)}
        )
    patch_vary_headers(response, ["HX-Request"])
    return response


def is_in_place(request: ReaderRequest) -> bool:
    """Whether the page that is open asks for what changes in it."""
    return request.headers.get("HX-Request") == "true"


@require_safe
def article(request: ReaderRequest, number: int) -> HttpResponse:
    row: Article | None = seen_by(request.viewer).filter(address_number=number).first()
    if row is None:
        raise Http404
    if tokens.PUBLIC not in row.readers:
        log_action(Action.READ, request.user, dialogue=row.feed.dialogue_id, objects=[row.log_name])
    also = also_told_by(row, request.viewer)
    subjects, categories = named_in(row, request.viewer)
    context = {
        "active": "news",
        "article": row,
        "also": also,
        "subjects": subjects,
        "categories": categories,
    }
    return render(request, "newscentre/article.html", context)
