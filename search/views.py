"""The results page, and suggestions of names while typing."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import ReaderRequest
from accounts.signing_in.rate_limits import limited
from search.kinds import Kind, kind_named, kinds
from search.query import PER_PAGE, Facets, Found, TookTooLong, search
from search.syntax import normalise_query

LANGUAGES = {code for code, _ in settings.LANGUAGES}
LAST_PAGE = 25  # of what is ranked
OF_EACH_KIND = 6  # where all kinds are shown
MOST_SUGGESTED, FEWEST_LETTERS = 10, 2
YEARS = range(1900, 2200)


@require_safe
@limited("search", methods=("GET", "HEAD"))
def results(request: ReaderRequest) -> HttpResponse:
    """All kinds with the best of each, or the pages of one kind."""
    words = normalise_query(request.GET.get("q", ""))
    chosen = kind_named(request.GET.get("kind", ""))
    narrowing = _narrowing(request)
    page = _page(request.GET.get("page", "")) if chosen else 1
    try:
        sections = [(kind, _found(request, words, kind, chosen, narrowing, page)) for kind in kinds()]
        took_too_long = False
    except TookTooLong:
        sections, took_too_long = [], True
    sections = [(kind, found) for kind, found in sections if found.number or kind == chosen]
    _note(request, sections)
    context = {
        "words": words,
        "chosen": chosen,
        "narrowing": narrowing,
        "sections": sections,
        "shown": [(kind, found) for kind, found in sections if chosen in (None, kind)],
        "took_too_long": took_too_long,
        "later": page - 1 if page > 1 else 0,
        "more": page + 1
        if page < LAST_PAGE and any(found.has_more for kind, found in sections if kind == chosen)
        else 0,
    }
    return render(request, "search/results.html", context)


def _found(request: ReaderRequest, words: str, kind: Kind, chosen: Kind | None, narrowing: Facets, page: int) -> Found:
    if chosen is None:
        return search(request.viewer, words, kind, narrowing, per_page=OF_EACH_KIND)
    if kind != chosen:  # only counted
        return search(request.viewer, words, kind, per_page=0)
    return search(request.viewer, words, kind, narrowing, page=page, per_page=PER_PAGE)


def _note(request: ReaderRequest, sections: list[tuple[Kind, Found]]) -> None:
    for kind, found in sections:
        if kind.note and found.hits:
            kind.note(request, found.records)


def _narrowing(request: ReaderRequest) -> Facets:
    language, year = request.GET.get("language", ""), _number(request.GET.get("year", ""))
    return Facets(language if language in LANGUAGES else "", year if year in YEARS else None)


def _page(text: str) -> int:
    return min(max(_number(text), 1), LAST_PAGE)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


@require_safe
@limited("suggest", methods=("GET", "HEAD"))
def suggestions(request: ReaderRequest) -> HttpResponse:
    """Names that begin with what is written so far, of what the reader may see, each once."""
    begun = normalise_query(request.GET.get("q", ""))
    names: dict[str, None] = {}
    if len(begun) >= FEWEST_LETTERS:
        for kind in kinds():
            names |= dict.fromkeys(kind.suggest(request.viewer, begun) if kind.suggest else [])
    return JsonResponse({"names": list(names)[:MOST_SUGGESTED]})
