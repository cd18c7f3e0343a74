"""Dialogues in the admin. Only superusers change them, and who may know of each."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import tokens
from access.presets import Preset
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm
from accounts.audiences.presets import audience_of, who_can_read
from accounts.audiences.widening import Change, note_change
from accounts.requests import ReaderRequest
from atlas.admin import DialogueThemeInline
from atlas.models import Dialogue
from atlas.translation_admin import TranslatedAdmin


class DialogueForm(AudienceForm):
    """Its audience takes effect at once, for the dialogue and all that belongs to it. The default is everyone."""

    has_theme = False

    class Meta:
        model = Dialogue
        exclude = ["audience", "themes"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preset"].initial = self.fields["preset"].initial or Preset.PUBLIC

    def _preset_choices(self):
        return [(preset.value, preset.label) for preset in Preset]

    def _sentences_of_the_row(self):
        if not self.instance.pk:
            return {}
        return {Preset.THEME.value: who_can_read(audience_of(Preset.THEME, self.instance.pk, ""))}

    def _dialogue_of_instance(self):
        return self.instance.pk

    def page_of_the_row(self):
        return reverse("dialogue", args=[self.instance.pk])

    def dialogue_and_theme(self):
        return self.instance.pk or self.cleaned_data.get("slug") or "", ""

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.viewer.may_read(self.chosen_audience() or ()):
            words = _("You would not find this dialogue again yourself: first take a seat in its Secretariat.")
            self.add_error("preset", ValidationError(words))
        return cleaned

    def chosen_audience(self):
        chosen = super().chosen_audience() if self.cleaned_data.get("preset") else [tokens.PUBLIC]
        return list(dict.fromkeys(chosen or ()))

    def _change(self):
        chosen = self.chosen_audience()
        if self.instance._state.adding:
            return Change(chosen, chosen)
        today = Dialogue.objects.select_for_update().values_list("audience", flat=True).get(pk=self.instance.pk)
        return Change(today, [*chosen, *(token for token in today if token.startswith("secretariat:"))])


@admin.register(Dialogue)
class DialogueAdmin(TranslatedAdmin):
    form = DialogueForm
    list_display = ["slug", "short_name", "access", "position"]
    inlines = [DialogueThemeInline]

    def get_queryset(self, request: ReaderRequest):
        return Dialogue.objects.visible_to(request.viewer)

    @admin.display(description=gettext_lazy("Who can read this"))
    def access(self, dialogue: Dialogue) -> str:
        return who_can_read(dialogue.audience)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.viewer = request.viewer  # type: ignore[attr-defined]
        return form

    def get_fieldsets(self, request, obj=None):
        [(name, options), *others] = super().get_fieldsets(request, obj)
        fields = [field for field in options["fields"] if field not in AUDIENCE_FIELDS]
        return [(name, options | {"fields": fields}), (_("Audience"), {"fields": AUDIENCE_FIELDS}), *others]

    def save_model(self, request: ReaderRequest, obj, form, change):
        super().save_model(request, obj, form, change)
        note_change(form.change, f"dialogues/{obj.pk}", obj.pk, request.user)
        if not self.is_for_everyone(obj):
            self.message_user(request, who_can_read(obj.audience), messages.WARNING)

    @staticmethod
    def is_for_everyone(dialogue: Dialogue) -> bool:
        return tokens.PUBLIC in dialogue.audience

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and request.user.is_superuser
