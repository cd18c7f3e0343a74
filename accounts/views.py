from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from access.viewing import viewing
from accounts.activity_log.writer import log_action
from accounts.audiences import personas
from accounts.audiences.persona_forms import PersonaForm
from accounts.models import Action
from accounts.requests import ReaderRequest
from atlas.models import Dialogue


def no_sign_up(request: HttpRequest) -> HttpResponse:
    """allauth refers to this URL; nobody signs up here."""
    raise Http404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def view_as(request: ReaderRequest) -> HttpResponse:
    """Lets a secretariat choose as whom it views its dialogue, or stop."""
    if "leave" in request.POST:
        personas.stop_viewing_as(request)
        return redirect(_way_on(request, reverse("view_as")))
    with viewing(request.user.viewer):  # who sees it as someone else sees less, and finds the way back all the same
        return _view_as(request)


def _view_as(request: ReaderRequest) -> HttpResponse:
    dialogues = Dialogue.objects.filter(pk__in=request.user.viewer.secretariats)
    wanted = request.POST.get("dialogue") or request.GET.get("dialogue") or _dialogue_of(request)
    dialogue = dialogues.filter(pk=wanted).first() if wanted else dialogues.first()
    if dialogue is None:
        raise Http404
    form = PersonaForm(dialogue, request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        persona = form.persona()
        personas.start_viewing_as(request, persona)
        log_action(Action.VIEWED_AS, request.user, dialogue=dialogue.pk, objects=[persona.in_the_log])
        return redirect(_way_on(request, reverse("dialogue", args=[dialogue.pk])))
    return render(request, "accounts/view_as.html", {"form": form, "dialogue": dialogue, "dialogues": dialogues})


def _dialogue_of(request: ReaderRequest) -> str | None:
    return request.persona.dialogue if request.persona else None


def _initial(request: ReaderRequest) -> dict[str, object]:
    """Initial values: the current persona, and the page from which the reader comes."""
    persona = request.persona
    chosen = {"whom": persona.whom, "is_granted": persona.is_granted} if persona else {}
    if persona and persona.themes:
        chosen["themes"] = list(persona.themes)
    return {"next": request.GET.get("next", ""), **chosen}


def _way_on(request: ReaderRequest, otherwise: str) -> str:
    """The page of this portal that the form names, or another."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise
