"""Readers' pages of press reviews. What a reader may not see is neither on the page nor in the file."""

from allauth.core.ratelimit import respond_429
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from accounts.signing_in.rate_limits import is_within, limited
from atlas.file_names import content_disposition
from atlas.print_cache import PrintLimitReached
from newscentre.reviews.printing import printed
from newscentre.reviews.querysets import ReadableReview, published, readable_review


@require_safe
def reviews(request: ReaderRequest) -> HttpResponse:
    context = {"active": "news", "reviews": list(published(request.viewer))}
    return render(request, "newscentre/reviews/reviews.html", context)


@require_safe
def review(request: ReaderRequest, dialogue: str, month: str) -> HttpResponse:
    reading = _read_or_404(request, dialogue, month)
    _note(request, Action.READ, reading)
    return render(request, "newscentre/reviews/review.html", {"active": "news", "reading": reading})


@limited("map_file", methods=("GET", "HEAD"))
@require_safe
def review_pdf(request: ReaderRequest, dialogue: str, month: str) -> HttpResponse:
    reading = _read_or_404(request, dialogue, month)
    reader = str(request.user) if request.user.is_authenticated else ""
    try:
        content = printed(reading, reader, lambda: is_within(request, "print_made"))
    except PrintLimitReached:
        return respond_429(request)
    _note(request, Action.EXPORTED, reading)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition(f"press-review-{dialogue}-{month}.pdf", as_attachment=False)
    return response


def _read_or_404(request: ReaderRequest, dialogue: str, month: str) -> ReadableReview:
    reading = readable_review(request.viewer, dialogue=dialogue, month=month)
    if reading is None:
        raise Http404
    return reading


def _note(request: ReaderRequest, action: Action, reading: ReadableReview) -> None:
    if reading.is_restricted:
        log_action(action, request.user, dialogue=reading.dialogue.pk, objects=[reading.review.log_name])
