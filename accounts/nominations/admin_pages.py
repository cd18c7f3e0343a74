"""What the admin's pages about nominations and mandates share."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.dialogue_members import what_ends_with
from accounts.nominations.forms import EndForm
from accounts.requests import ReaderRequest
from atlas.models import Membership, Partner


def partners_of_desk(request: ReaderRequest) -> QuerySet[Partner]:
    """Partners that take part in a dialogue of this secretariat today."""
    taking_part = Membership.objects.current().filter(partner=OuterRef("pk"), dialogue__in=request.viewer.secretariats)
    return Partner.objects.select_related("subject").filter(Exists(taking_part))


def page(desk: admin.ModelAdmin, request: HttpRequest, template: str, title: str, context: dict) -> HttpResponse:
    shared = desk.admin_site.each_context(request) | {"opts": desk.opts, "title": title}
    return TemplateResponse(request, f"admin/accounts/{template}.html", shared | context)


def try_for(desk: admin.ModelAdmin, request, row, action, words: str) -> None:
    """Runs the action for one of the chosen rows, and says what was done or why not."""
    name = str(row.user)
    try:
        action()
    except ValidationError as error:
        desk.message_user(request, f"{name}: {' '.join(error.messages)}", messages.ERROR)
    else:
        desk.message_user(request, words % {"name": name}, messages.SUCCESS)


def with_reason(desk: admin.ModelAdmin, request, queryset, action) -> HttpResponse | None:
    """Asks for the reason on a page that says what ends, then runs the action for each of the chosen rows."""
    form = EndForm(request.POST if "_end" in request.POST else None, initial={"reason": request.POST.get("reason", "")})
    if not form.is_valid():
        of_desk = request.viewer.secretariats
        rows = [(row, what_ends_with(row, request.viewer, of_desk)) for row in queryset]
        context = {"form": form, "rows": rows, "action": request.POST["action"]}
        return page(desk, request, "end_chosen", _("End"), context)
    for row in queryset:
        why = form.cleaned_data["reason"]
        try_for(desk, request, row, lambda row=row, why=why: action(row, why), _("%(name)s: ended."))
    return None
