"""What a personal token opens: who its owner is, and what they may read."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.account_page.entitlements import entitlements_of
from accounts.requests import ReaderRequest


@require_safe
def me(request: ReaderRequest) -> HttpResponse:
    """Name, tokens, and until when each is held (ISO 8601 dates, null without an end), as JSON."""
    if not request.user.is_authenticated:
        headers = {"WWW-Authenticate": "Bearer", "Cache-Control": "private, no-store"}
        return JsonResponse({"error": "Send a personal token: Authorization: Bearer …"}, status=401, headers=headers)
    reads = [
        {"token": ground.token, "until": ground.until, "because": ground.sentence}
        for ground in entitlements_of(request.user)
        if ground.token
    ]
    return JsonResponse({"name": request.user.name, "language": request.user.language, "may_read": reads})
