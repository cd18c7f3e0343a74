"""Mandates in the admin of a secretariat: re-confirmed or ended where the partner does not, engagements without a partner."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import models
from accounts.dialogue_model_admin import DialogueModelAdmin, ReadOnlyAdminMixin
from accounts.nominations import engagements, mandates
from accounts.nominations.admin_pages import page, partners_of_desk, try_for, with_reason
from accounts.nominations.forms import ApprovalForm, EngagementForm, ProlongForm
from atlas.models import Partner


@admin.register(models.Affiliation)
class AffiliationAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """People of the secretariat's dialogues, re-confirmed or ended here where their partner does not."""

    list_display = ["user", "partner_name", "office", "ends_on", "is_focal_point", "may_nominate", "ended_at"]
    list_filter = ["is_focal_point", "may_nominate", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "partner__subject"]
    search_fields = ["user__name", "user__email"]
    ordering = ["ends_on"]
    fields = [
        "user",
        "partner",
        "office",
        "begins_on",
        "ends_on",
        "ended_at",
        "is_focal_point",
        "may_nominate",
        "reads",
    ]
    readonly_fields = ["reads", "ended_at"]
    change_form_template = "admin/accounts/affiliation/change_form.html"
    actions = ["confirm", "end"]

    def get_queryset(self, request):
        return models.Affiliation.objects.of_desk(request.viewer)

    @admin.display(description=gettext_lazy("partner"), ordering="partner")
    def partner_name(self, row: models.Affiliation) -> str:
        """Not the key itself, whose column would not break the long names of agencies into lines."""
        return row.partner.display_name

    @admin.display(description=gettext_lazy("nominated for"))
    def reads(self, row: models.Affiliation) -> str:
        scopes = row.scopes.select_related("dialogue", "theme")
        return _(", ").join(f"{scope.dialogue.short_name}: {scope.theme.name}" for scope in scopes)

    @admin.action(description=gettext_lazy("Re-confirm"), permissions=["view"])
    def confirm(self, request, queryset):
        for row in queryset:
            try_for(
                self, request, row, lambda row=row: mandates.confirm(row, request.user), _("%(name)s is re-confirmed.")
            )

    @admin.action(description=gettext_lazy("End for this Secretariat's dialogues"), permissions=["view"])
    def end(self, request, queryset):
        """Ends the mandate for this desk's dialogues; for those of other secretariats it goes on."""
        return with_reason(
            self,
            request,
            queryset,
            lambda row, why: mandates.leave(row, request.viewer.secretariats, request.user, why),
        )


@admin.register(models.Engagement)
class EngagementAdmin(DialogueModelAdmin):
    """People without a partner, such as external translators: invited, prolonged and ended by the secretariat."""

    form = ProlongForm
    list_display = ["user", "dialogue", "purpose", "ends_on", "ended_at"]
    list_filter = ["dialogue", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "dialogue"]
    search_fields = ["user__name", "user__email"]
    fields = ["user", "dialogue", "purpose", "ends_on", "ended_at"]
    readonly_fields = ["user", "dialogue", "purpose", "ended_at"]
    actions = ["send_again", "end"]

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.ended_at)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EngagementForm(request.POST or None, dialogues=request.viewer.secretariats)
        if request.method == "POST" and form.is_valid():
            try:
                engagements.engage(by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.message_user(request, _("The person is invited."), messages.SUCCESS)
                return redirect("admin:accounts_engagement_changelist")
        return page(
            self, request, "form_page", _("Invite a person without a partner"), {"form": form, "submit": _("Invite")}
        )

    def save_model(self, request, obj, form, change):
        engagements.prolong(obj, request.user, form.cleaned_data["ends_on"])

    @admin.action(description=gettext_lazy("Send the invitation again"), permissions=["change"])
    def send_again(self, request, queryset):
        for row in queryset:
            words = _("A new link was sent to %(name)s.")
            try_for(self, request, row, lambda row=row: engagements.send_again(row, request.user), words)

    @admin.action(description=gettext_lazy("End"), permissions=["change"])
    def end(self, request, queryset):
        return with_reason(self, request, queryset, lambda row, why: engagements.disengage(row, request.user, why))


class PartnerScopedAdmin(admin.ModelAdmin):
    """Rows about the partners that take part in the secretariat's dialogues."""

    list_select_related = ["partner__subject"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(partner__in=partners_of_desk(request))

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model is Partner:
            kwargs["queryset"] = partners_of_desk(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(models.ApprovedAddress)
class ApprovedAddressAdmin(PartnerScopedAdmin):
    form = ApprovalForm
    list_display = ["email", "partner", "approved_by", "approved_at"]
    list_select_related = ["partner__subject", "approved_by"]
    search_fields = ["email"]

    def save_model(self, request, obj, form, change):
        obj.approved_by = request.user
        super().save_model(request, obj, form, change)
