from django.http import Http404, HttpRequest, HttpResponse


def no_sign_up(request: HttpRequest) -> HttpResponse:
    """allauth names this address in its own code; nobody signs up here."""
    raise Http404
