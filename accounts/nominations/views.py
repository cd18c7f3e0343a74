"""Pages for those who nominate for a partner. To everybody else they do not exist."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.activity_log.writer import log_action
from accounts.dialogue_members import what_ends_with
from accounts.models import Action, Affiliation, MandateEvent, Nomination, Scope
from accounts.nominations import history, mandates, nominating
from accounts.nominations.forms import AddressForm, EndForm, NominationForm
from accounts.nominations.letters import CONTENT_TYPES
from accounts.nominations.nomination_status import facts_of_line, facts_of_mandate, lines
from accounts.requests import ReaderRequest
from accounts.safe_forms.page_state import PageState
from accounts.signing_in.rate_limits import limited
from atlas.models import Dialogue, Partner
from atlas.sorting import in_reading_order

require_page = require_http_methods(["GET", "HEAD", "POST"])
SANDBOX = "sandbox; default-src 'none'"  # if a browser showed the file after all, nothing in it would run


@require_safe
def nomination_list(request: ReaderRequest) -> HttpResponse:
    partners = _partners_or_404(request)
    found = lines(request.viewer)
    return render(request, "accounts/nominations.html", {"partners": partners, "lines": found, "tab": "nominations"})


@limited("nominate", methods=("POST",))
@require_page
def nominate(request: ReaderRequest) -> HttpResponse:
    """For one of the viewer's partners; with `?successor_to=` the post of a colleague is handed over."""
    partners = _partners_or_404(request)
    predecessor = _predecessor(request)
    named = predecessor.partner if predecessor else _partner_named(request, partners)
    form = NominationForm(request.POST or None, request.FILES or None, partner=named, predecessor=predecessor)
    if request.method == "POST" and form.is_valid():
        try:
            made = nominating.nominate(named, request.user, form.candidate(), form.wanted_themes(), form.succession())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The nomination is with the Secretariat."))
            return redirect("nomination", made.pk)
    context = {"form": form, "partner": named, "partners": partners, "predecessor": predecessor, "tab": "nominate"}
    return render(request, "accounts/nominate.html", context)


@require_safe
def nomination(request: ReaderRequest, pk: int) -> HttpResponse:
    """How it stands, what was said of the person, and what happened to it."""
    line = _line_or_404(request, pk)
    events = MandateEvent.objects.visible_to(request.viewer).filter(nomination=pk)
    context = {"line": line, "events": events.select_related("by", "dialogue"), "tab": "nominations"}
    context["shown"] = PageState(request, facts_of_line(line), is_asked=False)
    return render(request, "accounts/nomination.html", context)


@require_POST
def withdraw(request: ReaderRequest, pk: int) -> HttpResponse:
    words = _("The nomination is withdrawn.")
    return _done_with_line(request, pk, words, nominating.withdraw)


@limited("nomination_mail")
@require_POST
def send_again(request: ReaderRequest, pk: int) -> HttpResponse:
    words = _("A new link was sent; the former one no longer works.")
    return _done_with_line(request, pk, words, nominating.send_again)


@limited("nomination_mail", methods=("POST",))
@require_page
def correct_address(request: ReaderRequest, pk: int) -> HttpResponse:
    line = _line_to_change(request, pk)
    row, shown = line.nomination, PageState(request, facts_of_line(line))
    form = AddressForm(request.POST or None, initial={"email": row.email})
    if request.method == "POST" and not shown.is_older and form.is_valid():
        try:
            nominating.correct_address(row, request.user, form.cleaned_data["email"])
        except ValidationError as error:
            form.add_error("email", error)
        else:
            messages.success(request, _("The address is corrected."))
            return redirect("nomination", pk)
    context = {"form": form, "nomination": row, "shown": shown, "tab": "nominations"}
    return render(request, "accounts/correct_address.html", context)


@require_GET
@never_cache
def letter(request: ReaderRequest, pk: int) -> FileResponse:
    """Handed out to those whom the nomination is for, as a file to keep, never as a page to show."""
    row = get_object_or_404(Nomination.objects.visible_to(request.viewer).exclude(letter=""), pk=pk)
    for dialogue in history.dialogues_of(row):
        log_action(Action.READ, request.user, dialogue=dialogue, objects=[f"nominations/{row.pk}/letter"])
    kind = row.letter.name.rpartition(".")[2]
    response = FileResponse(
        row.letter.open("rb"), as_attachment=True, filename=f"letter-{row.pk}.{kind}", content_type=CONTENT_TYPES[kind]
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response


# Our people -----------------------------------------------------------------------------------------------------------


@require_safe
def people(request: ReaderRequest) -> HttpResponse:
    """The list to re-confirm first, then everyone who stands for the partner. Of what they read it says nothing."""
    partners = _partners_or_404(request)
    known = Scope.objects.filter(dialogue__in=Dialogue.objects.visible_to(request.viewer))
    known = known.select_related("dialogue", "theme")
    rows = list(_people(request).prefetch_related(Prefetch("scopes", known)).order_by("ends_on", "user__name"))
    due = [row for row in rows if mandates.is_due(row)]
    others = in_reading_order([row for row in rows if row not in due], name=lambda row: str(row.user))
    context = {"partners": partners, "due": due, "others": others, "tab": "people"}
    return render(request, "accounts/people.html", context)


@limited("confirm_mandate")
@require_POST
def confirm(request: ReaderRequest, pk: int) -> HttpResponse:
    row = _person_to_change(request, pk)
    if (shown := PageState(request, facts_of_mandate(row))).is_older:
        messages.error(request, shown.refusal)
        return redirect("mandates")
    words = _("%(name)s is re-confirmed.") % {"name": row.user}
    return _done(request, words, mandates.confirm, row, request.user)


@require_page
def end(request: ReaderRequest, pk: int) -> HttpResponse:
    row = _person_to_change(request, pk)
    form = EndForm(request.POST or None)
    ends = what_ends_with(row, request.viewer)
    shown = PageState(request, facts_of_mandate(row) | {_("End"): "\n".join(ends)})
    if request.method == "POST" and not shown.is_older and form.is_valid():
        mandates.end(row, request.user, form.cleaned_data["reason"])
        messages.success(request, _("%(name)s no longer reads for the partner.") % {"name": row.user})
        return redirect("mandates")
    context = {"form": form, "affiliation": row, "ends": ends, "tab": "people", "shown": shown}
    return render(request, "accounts/end.html", context)


def _partners_or_404(request: ReaderRequest) -> list[Partner]:
    """Those for whom the viewer may nominate."""
    if not request.viewer.authorities:
        raise Http404
    rows = Partner.objects.select_related("subject").filter(pk__in=request.viewer.authorities)
    return in_reading_order(rows, name=lambda partner: partner.display_name)


def _partner_named(request: ReaderRequest, partners: list[Partner]) -> Partner:
    """The one that the address names; who nominates for one partner need not name it."""
    slug = request.GET.get("partner", partners[0].pk)
    found = next((partner for partner in partners if partner.pk == slug), None)
    if found is None:
        raise Http404
    return found


def _predecessor(request: ReaderRequest) -> Affiliation | None:
    pk = request.GET.get("successor_to")
    if pk is None:
        return None
    return _person_or_404(request, int(pk) if pk.isdecimal() else 0)


def _line_or_404(request: ReaderRequest, pk: int):
    found = lines(request.viewer, pk=pk) if request.viewer.authorities else []
    if not found:
        raise Http404
    return found[0]


def _people(request: ReaderRequest):
    return Affiliation.objects.open().of_authority(request.viewer).select_related("user", "partner__subject")


def _line_to_change(request: ReaderRequest, pk: int):
    """Stays as it is until what was sent of it is decided."""
    if request.method == "POST":
        Nomination.objects.select_for_update(of=("self",)).filter(pk=pk).order_by().first()
    return _line_or_404(request, pk)


def _person_to_change(request: ReaderRequest, pk: int) -> Affiliation:
    """Stays as it is until what was sent of it is decided."""
    if request.method == "POST":
        Affiliation.objects.select_for_update(of=("self",)).filter(pk=pk).order_by().first()
    return _person_or_404(request, pk)


def _person_or_404(request: ReaderRequest, pk: int) -> Affiliation:
    if not request.viewer.authorities:
        raise Http404
    return get_object_or_404(_people(request), pk=pk)


def _done_with_line(request: ReaderRequest, pk: int, words: str, action) -> HttpResponse:
    line = _line_to_change(request, pk)
    if (shown := PageState(request, facts_of_line(line))).is_older:
        messages.error(request, shown.refusal)
        return redirect("nomination", pk)
    return _done(request, words, action, line.nomination, request.user, to=pk)


def _done(request: ReaderRequest, words: str, action, row, by, to: int | None = None) -> HttpResponse:
    """Does it, says what was done or why not, and goes back to where it was asked for."""
    try:
        action(row, by)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, words)
    return redirect("nomination", to) if to else redirect("mandates")
