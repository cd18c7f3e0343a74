"""Policies of partners in the admin: narrower ones are saved, wider ones wait here for a second person."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import models
from accounts.dialogue_model_admin import ReadOnlyAdminMixin
from accounts.nominations import policies
from accounts.nominations.admin_pages import partners_of_desk
from accounts.nominations.forms import PolicyForm
from accounts.nominations.mandate_admin import PartnerScopedAdmin
from accounts.requests import ReaderRequest
from accounts.safe_forms.page_state import PageState, facts_of


@admin.register(models.PartnerPolicy)
class PartnerPolicyAdmin(PartnerScopedAdmin):
    form = PolicyForm
    list_display = ["partner", "domains", "months", "requires_second_factor"]

    def get_readonly_fields(self, request, obj=None):
        return ["partner"] if obj else []

    def has_delete_permission(self, request, obj=None):
        """Without its row a partner would be back at what every partner begins with, which may be wider."""
        return False

    def save_model(self, request: ReaderRequest, obj, form, change):
        wanted = policies.Policy.of(obj)
        if policies.change(obj.partner, request.user, wanted):
            words = _("What narrows holds from now on. What widens waits until a second person has confirmed it.")
            self.message_user(request, words, messages.WARNING)
        obj.refresh_from_db()


@admin.register(models.PolicyWidening)
class PolicyWideningAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    list_display = ["partner", "added_domains", "months", "asked_by", "asked_at", "state", "decided_by"]
    list_filter = ["state"]
    list_select_related = ["partner__subject", "asked_by", "decided_by"]
    fields = ["partner", "asked_by", "asked_at", "state", "decided_by", "decided_at"]
    readonly_fields = ["partner", "asked_by", "asked_at", "state", "decided_by", "decided_at"]
    actions = None
    change_form_template = "admin/accounts/widening/change_form.html"

    def get_urls(self):
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<int:pk>/decide/", decide, name="accounts_policywidening_decide"), *super().get_urls()]

    def get_queryset(self, request: ReaderRequest):
        """Of the partners of one's own dialogues; of all to administrators, who may be the only ones to confirm."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(partner__in=partners_of_desk(request))

    def change_view(self, request: ReaderRequest, object_id, form_url="", extra_context=None):
        further = {}
        if widening := self.get_object(request, object_id):
            now = policies.Policy.of(models.PartnerPolicy.objects.get(partner=widening.partner))
            wanted = policies.widened(now, widening)
            further = {
                "shown": _shown(request, widening, is_asked=False),
                "held": _in_words(now),
                "wanted": _in_words(wanted) if widening.is_waiting else "",
                "can_decide": widening.is_waiting and request.user in policies.who_could_confirm(widening),
                "is_own": widening.is_waiting and widening.asked_by_id == request.user.pk,
                "own_words": _("You asked for this yourself: a second person decides."),
                "decide": "admin:accounts_policywidening_decide",
            }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | further)

    def decide_view(self, request: ReaderRequest, pk: int) -> HttpResponse:
        models.PolicyWidening.objects.select_for_update(of=("self",)).filter(pk=pk).order_by().first()
        widening = self.get_object(request, str(pk))
        if widening is None or not self.has_view_permission(request, widening):
            raise Http404
        if (shown := _shown(request, widening)).is_older:
            self.message_user(request, shown.refusal, messages.ERROR)
            return redirect("admin:accounts_policywidening_change", pk)
        if request.POST.get("decision") == "confirm":
            policies.confirm(widening, request.user)
            self.message_user(request, _("Confirmed: the policy holds from now on."), messages.SUCCESS)
        else:
            policies.refuse(widening, request.user)
            self.message_user(request, _("Refused: the policy stays as it is."))
        return redirect("admin:accounts_policywidening_changelist")


def _shown(request: ReaderRequest, widening: models.PolicyWidening, *, is_asked: bool = True) -> PageState:
    now = policies.Policy.of(models.PartnerPolicy.objects.get(partner=widening.partner))
    wanted = _in_words(policies.widened(now, widening)) if widening.is_waiting else ""
    facts = facts_of(widening) | {_("Now"): _in_words(now), _("Asked for"): wanted}
    return PageState(request, facts, is_asked=is_asked)


def _in_words(policy: policies.Policy) -> str:
    """Domains, months, and the second factor, as far as it is required of all."""
    months = ngettext("%(number)s month", "%(number)s months", policy.months) % {"number": policy.months}
    factor = [_("second factor required of all its people")] if policy.requires_second_factor else []
    return " · ".join([*sorted(policy.domains), months, *factor])
