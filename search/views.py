"""The page of what is found."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import ReaderRequest
from search.asking import as_asked, search
from search.kinds import KINDS

LANGUAGES = ("ar", "en", "fr")
LAST_PAGE = 25  # of what is ranked


@require_safe
def results(request: ReaderRequest) -> HttpResponse:
    words = as_asked(request.GET.get("q", ""))
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else ""
    page = _page(request.GET.get("page", ""))
    sections = [
        (kind, search(request.viewer, words, kind=kind.name, language=language, page=page)) for kind in KINDS.values()
    ]
    context = {
        "words": words,
        "language": language,
        "languages": LANGUAGES,
        "sections": sections,
        "is_found": any(found.number for _, found in sections),
        "later": page - 1 if page > 1 else 0,
        "more": page + 1 if page < LAST_PAGE and any(found.has_more for _, found in sections) else 0,
    }
    return render(request, "search/results.html", context)


def _page(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 1
    return min(max(number, 1), LAST_PAGE)
