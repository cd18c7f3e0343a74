"""Requests for wider audiences in the admin: a second member of the secretariat confirms or refuses them."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.audiences.presets import who_can_read
from accounts.audiences.widening import confirm, readers_of, refuse
from accounts.dialogue_model_admin import DialogueModelAdmin, ReadOnlyAdminMixin
from accounts.models import Widening
from accounts.requests import ReaderRequest
from accounts.safe_forms.page_state import PageState, facts_of


@admin.register(Widening)
class WideningAdmin(ReadOnlyAdminMixin, DialogueModelAdmin):
    list_display = ["name", "dialogue", "asked_by", "asked_at", "state", "decided_by"]
    list_filter = ["state", "dialogue"]
    list_select_related = ["dialogue", "asked_by", "decided_by"]
    fields = ["name", "dialogue", "asked_by", "asked_at", "state", "decided_by", "decided_at"]
    actions = None
    change_form_template = "admin/accounts/widening/change_form.html"

    def get_urls(self):
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<int:pk>/decide/", decide, name="accounts_widening_decide"), *super().get_urls()]

    def change_view(self, request: ReaderRequest, object_id, form_url="", extra_context=None):
        widening = self.get_object(request, object_id)
        further = {}
        if widening is not None:
            held, wanted = self._in_words(request, widening)
            further = {
                "shown": self._shown(request, widening, is_asked=False),
                "held": held,
                "wanted": wanted,
                "can_decide": widening.is_waiting and widening.can_be_decided_by(request.user),
                "is_own": widening.is_waiting and widening.asked_by_id == request.user.pk,
                "own_words": _("You asked for this yourself: a second person of the Secretariat decides."),
                "decide": "admin:accounts_widening_decide",
            }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | further)

    def _in_words(self, request: ReaderRequest, widening: Widening) -> tuple[str, str]:
        """Who reads the row now, and who would."""
        row = widening.row_for(request.viewer)
        if row is None:
            return "", ""
        return who_can_read(readers_of(widening.held, row)), who_can_read(readers_of(widening.wanted, row))

    def _shown(self, request: ReaderRequest, widening: Widening, *, is_asked: bool = True) -> PageState:
        held, wanted = self._in_words(request, widening)
        row = widening.row_for(request.viewer)
        facts = facts_of(widening) | {_("Now"): held, _("Asked for"): wanted}
        return PageState(
            request, facts | {_("Audience"): ", ".join(row.audience or []) if row else ""}, is_asked=is_asked
        )

    def decide_view(self, request: ReaderRequest, pk: int) -> HttpResponse:
        Widening.objects.select_for_update(of=("self",)).filter(pk=pk).order_by().first()
        widening = self.get_object(request, str(pk))
        if widening is None or not self.has_view_permission(request, widening):
            raise Http404
        if (shown := self._shown(request, widening)).is_older:
            self.message_user(request, shown.refusal, messages.ERROR)
            return redirect("admin:accounts_widening_change", pk)
        if request.POST.get("decision") != "confirm":
            refuse(widening, request.user)
            self.message_user(request, _("Refused: nothing changed for readers."))
        elif confirm(widening, request.user):
            self.message_user(request, _("Confirmed: more people can read it from now on."), messages.SUCCESS)
        else:
            words = _(
                "The audience was changed since this was asked, so nothing was applied. Set it anew if it is still wanted."
            )
            self.message_user(request, words, messages.WARNING)
        return redirect("admin:accounts_widening_changelist")
