"""Nominations in the admin: the queue of a secretariat's dialogues, nominations on paper, and the history."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import models
from accounts.dialogue_model_admin import DialogueModelAdmin, ReadOnlyAdminMixin
from accounts.email_addresses import AddressCheck, check_of
from accounts.models import State
from accounts.nominations import mandates, nominating
from accounts.nominations.admin_pages import page, partners_of_desk
from accounts.nominations.forms import AddressForm, DecisionForm, PaperForm, PartnerChoiceForm
from accounts.requests import ReaderRequest
from accounts.safe_forms.page_state import PageState, facts_of
from atlas.models import Partner
from atlas.sorting import in_reading_order


class StateFilter(admin.SimpleListFilter):
    """Filter by state. By default it shows what waits."""

    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(state.value, state.label) for state in State if state is not State.WAITING] + [("all", _("All"))]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": State.WAITING.label}, *rest]

    def queryset(self, request, queryset):
        state = self.value() or State.WAITING
        return queryset if state == "all" else queryset.filter(state=state)


@admin.register(models.Submission)
class SubmissionAdmin(DialogueModelAdmin):
    """The queue of nominations. A row is decided on its page; adding a row records a nomination on paper."""

    list_display = ["person", "partner", "dialogue", "themes_asked_for", "age", "address", "has_letter", "state"]
    list_filter = [StateFilter, "dialogue"]
    ordering = ["nomination__received_on", "nomination__created_at"]
    search_fields = ["nomination__name", "nomination__email"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("dialogue", "nomination__partner__subject")
        approved = models.ApprovedAddress.objects.filter(
            partner=OuterRef("nomination__partner"), email=OuterRef("nomination__email")
        )
        rows = rows.select_related("nomination__partner__policy").annotate(is_approved=Exists(approved))
        return rows.prefetch_related("themes")

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("name"), ordering="nomination__name")
    def person(self, row: models.Submission) -> str:
        return row.nomination.name

    @admin.display(description=gettext_lazy("partner"))
    def partner(self, row: models.Submission) -> str:
        return row.nomination.partner.display_name

    @admin.display(description=gettext_lazy("themes"))
    def themes_asked_for(self, row: models.Submission) -> str:
        return _(", ").join(theme.name for theme in row.themes.all())

    @admin.display(description=gettext_lazy("waits, in days"), ordering="nomination__received_on")
    def age(self, row: models.Submission) -> int | str:
        return row.age_days if row.state == State.WAITING else "–"

    @admin.display(description=gettext_lazy("address"))
    def address(self, row: models.Submission) -> str:
        policy = getattr(row.nomination.partner, "policy", None)
        if policy and row.nomination.email.rpartition("@")[2] in policy.domains:
            return str(AddressCheck.DOMAIN.label)
        return str((AddressCheck.APPROVED if getattr(row, "is_approved", False) else AddressCheck.UNKNOWN).label)

    @admin.display(description=gettext_lazy("letter"), boolean=True)
    def has_letter(self, row: models.Submission) -> bool:
        return bool(row.nomination.letter)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if request.method == "POST":  # of two who decide at once, the second is told
            models.Nomination.objects.select_for_update(of=("self",)).get(pk=row.nomination_id)
            row.refresh_from_db()
        form, address = DecisionForm(request.POST or None), AddressForm(initial={"email": row.nomination.email})
        shown = PageState(request, self._facts(row))
        if request.method == "POST" and not shown.is_older and form.is_valid():
            if said := self._do(request, row, form):
                self.message_user(request, said, messages.SUCCESS)
                return redirect("admin:accounts_submission_changelist")
            return redirect("admin:accounts_submission_change", row.pk)
        nomination = row.nomination
        context = {
            "shown": shown,
            "submission": row,
            "nomination": nomination,
            "form": form,
            "address_form": address,
            "address_check": check_of(nomination.partner, nomination.email),
            "needs_grant": mandates.needs_grant(nomination.partner_id, row.dialogue_id),
            "events": models.MandateEvent.objects.visible_to(request.viewer).filter(nomination=nomination),
        }
        return page(self, request, "submission/decide", str(nomination), context)

    def _facts(self, row: models.Submission) -> dict[str, object]:
        """Everything that the page says about the person and the decisions."""
        nomination = row.nomination
        return facts_of(nomination) | {
            _("Status"): row.get_state_display(),
            _("Themes"): self.themes_asked_for(row),
            _("Reason of the decision"): row.reason,
            _("Address and invitation"): check_of(nomination.partner, nomination.email).label,
            _("Account"): nomination.user_id or "",
        }

    def _do(self, request: ReaderRequest, row: models.Submission, form: DecisionForm) -> str:
        """Performs the action of the pressed button. Returns what was done, or None after saying why it was not."""
        said, by, nomination = form.cleaned_data, request.user, row.nomination
        approves = said["approves_address"]
        try:
            if "_accept" in request.POST:
                nominating.accept(row, by, is_granted=said["is_granted"], approves_address=approves)
                return _("%(name)s is accepted.") % {"name": nomination.name}
            if "_decline" in request.POST:
                nominating.decline(row, by, said["reason"])
                return _("The nomination is declined; the partner is told.")
            if "_again" in request.POST:
                nominating.send_again(nomination, by)
                return _("A new link was sent; the former one no longer works.")
            address = AddressForm(request.POST)
            if "_correct" in request.POST and address.is_valid():
                nominating.correct_address(nomination, by, address.cleaned_data["email"], approves_address=approves)
                return _("The address is corrected.")
            raise ValidationError(list(address.errors.values()) or _("Nothing was chosen."))
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return ""

    def add_view(self, request, form_url="", extra_context=None):
        """Records a nomination on paper: first the partner, then the form with its dialogues and themes."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        partners = in_reading_order(partners_of_desk(request), name=lambda partner: partner.display_name)
        predecessor = self._predecessor(request)
        slug = predecessor.partner_id if predecessor else request.GET.get("partner")
        partner = next((partner for partner in partners if partner.pk == slug), None)
        title = _("Record a nomination that came on paper")
        if partner is None:
            return page(self, request, "submission/choose_partner", title, {"form": PartnerChoiceForm(partners)})
        form = PaperForm(
            request.POST or None,
            request.FILES or None,
            partner=partner,
            predecessor=predecessor,
            among=request.viewer.secretariats,
        )
        if request.method == "POST" and form.is_valid() and self._record(request, partner, form):
            return redirect("admin:accounts_submission_changelist")
        context = {"form": form, "partner": partner, "predecessor": predecessor, "submit": _("Record")}
        return page(self, request, "form_page", title, context)

    def _predecessor(self, request: ReaderRequest) -> models.Affiliation | None:
        pk = request.GET.get("successor_to", "")
        return (
            models.Affiliation.objects.open().of_desk(request.viewer).filter(pk=pk).first() if pk.isdecimal() else None
        )

    def _record(self, request: ReaderRequest, partner: Partner, form: PaperForm) -> bool:
        try:
            nominating.record_paper_nomination(
                partner,
                request.user,
                form.candidate(),
                form.wanted_themes(),
                received_on=form.cleaned_data["received_on"],
                succession=form.succession(),
            )
        except ValidationError as error:
            form.add_error(None, error)
            return False
        self.message_user(request, _("The nomination is recorded and waits in the queue."), messages.SUCCESS)
        return True


@admin.register(models.MandateEvent)
class MandateEventAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    list_display = ["at", "event", "name", "partner", "dialogue", "by"]
    list_filter = ["event", "dialogue"]
    list_select_related = ["partner__subject", "dialogue", "by"]
    search_fields = ["name"]
    fields = ["at", "event", "name", "partner", "dialogue", "by", "note"]

    def get_queryset(self, request):
        return models.MandateEvent.objects.visible_to(request.viewer)
