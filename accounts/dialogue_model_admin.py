"""Base class of the admins of restricted models: a secretariat sees and changes the rows of its own dialogue."""

from django.contrib import admin, messages

from access.names_admin import SayableChoices
from accounts.audiences.forms import AudienceForm
from accounts.requests import ReaderRequest
from atlas.models import Dialogue


class ReadOnlyAdminMixin(admin.options.BaseModelAdmin):
    """Mixin of an admin in which nobody adds, changes or deletes rows by a form."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class DialogueModelAdmin(SayableChoices, admin.ModelAdmin):
    """`dialogue_path` leads from a row to the dialogue whose secretariat it belongs to."""

    dialogue_path = "dialogue"

    def get_queryset(self, request: ReaderRequest):
        rows = super().get_queryset(request)
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(request.viewer)
        return rows.filter(**{f"{self.dialogue_path}__in": request.viewer.secretariats})

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Makes a form class for this request, so that its fields know who is looking."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.viewer = request.viewer  # type: ignore[attr-defined]
        return form

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model is Dialogue:
            kwargs["queryset"] = Dialogue.objects.filter(pk__in=request.viewer.secretariats)
            kwargs.setdefault("initial", request.viewer.secretariats[0] if request.viewer.secretariats else None)
        elif hasattr(db_field.related_model._default_manager.all(), "visible_to"):
            kwargs["queryset"] = db_field.related_model._default_manager.visible_to(request.viewer)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AudienceAdmin(DialogueModelAdmin):
    """Admin of rows with an audience set by an `AudienceForm`: logs its decision, asks for confirmation, and says so."""

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if issubclass(form, AudienceForm):
            form.offer_groups_of(request.viewer.secretariats)
        return form

    def save_model(self, request: ReaderRequest, obj, form, change):
        super().save_model(request, obj, form, change)
        self.settle_audience(request, form)

    def settle_audience(self, request: ReaderRequest, form: AudienceForm) -> None:
        if sentence := form.settle(request.user):
            self.message_user(request, sentence, messages.WARNING)
