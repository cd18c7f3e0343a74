"""Processes a form once even if it is sent twice, as by a double click. Both requests get the first one's response."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from accounts.models import SentForm
from accounts.requests import ReaderRequest
from accounts.safe_forms.database_errors import refusal_of

ONCE = "_once"
SAVED = "imap_saved"  # the cookie that tells static/js/kept-text.js which text need not be kept any longer
KEPT_FOR = timedelta(days=2)


def idempotent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates an admin view: its forms carry a key, and refusals by the database are shown."""

    @wraps(view)
    def guarded(request: ReaderRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = _key_of(request)
        if key and not _is_first(key, request.user.pk):
            done = SentForm.objects.filter(pk=key, person=request.user.pk).values_list("answer", flat=True).first()
            return HttpResponseRedirect(done or request.get_full_path())
        response, is_done = _answer(view, request, *args, **kwargs)
        if key:
            _settle(key, response, is_done)
        return response

    return guarded


def _answer(view, request: ReaderRequest, *args, **kwargs) -> tuple[HttpResponse, bool]:
    """The view's response, and whether the action is done, which means that it redirects."""
    try:
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            connection.check_constraints()  # those that would otherwise be asked when the request is over
            return response, isinstance(response, HttpResponseRedirect)
    except DatabaseError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(request.get_full_path()), False


def _key_of(request: ReaderRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get(ONCE, ""))
    except ValueError:
        return None


def _is_first(key: uuid.UUID, person: int) -> bool:
    """Inserts the key. A second request waits here until the first is done, since the keys are equal."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {SentForm._meta.db_table} (key, person, answer, at) VALUES (%s, %s, '', %s) ON CONFLICT DO NOTHING",
            [key, person, timezone.now()],
        )
        return cursor.rowcount == 1


def _kept(address: str) -> str:
    """Where it leads; of one that is too long, as with a long search that its list was filtered by, the page alone."""
    most = SentForm._meta.get_field("answer").max_length or 0
    return address if len(address) <= most else address.partition("?")[0]


def _settle(key: uuid.UUID, response: HttpResponse, is_done: bool) -> None:
    """Remembers what was done. A form that came back with errors may be sent again."""
    if is_done:
        SentForm.objects.filter(pk=key).update(answer=_kept(response["Location"]))
        response.set_cookie(SAVED, str(key), max_age=3600, path="/secretariat/", samesite="Lax")
    else:
        SentForm.objects.filter(pk=key).delete()
