"""Admin of figures: each secretariat keeps its own figures and sources."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.presets import Preset
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm
from accounts.dialogue_model_admin import AudienceAdmin
from atlas.models import Subject
from atlas.sorting import in_reading_order
from atlas.translation_admin import TranslatedAdmin
from atlas.wording import plain_number
from indicators import models
from indicators.revisions import SAYS, narrow_the_past, replace_figure, withdraw_figure
from indicators.templatetags.figures import figure

NOT_BROKEN_DOWN = _("all together")
Border = [
    ("", NOT_BROKEN_DOWN),
    ("land", _("by land")),
    ("sea", _("by sea")),
    ("air", _("by air")),
]
Sex = [("", NOT_BROKEN_DOWN), ("female", _("women and girls")), ("male", _("men and boys"))]
BREAKDOWNS = ("border", "nationality", "sex")
WHAT_WAS_KNOWN = [
    *("indicator", "subject", "period", "breakdown", "value", "flag", "known_on", "source", "remark", "dialogue"),
    *("held_from", "reason", "withdrawn_on", "withdrawn_because"),
]


@admin.register(models.Topic)
class TopicAdmin(TranslatedAdmin):
    list_display = ["name", "position"]


@admin.register(models.Indicator)
class IndicatorAdmin(TranslatedAdmin):
    list_display = ["name", "topic", "unit", "position"]
    list_filter = ["topic"]
    search_fields = ["name_en", "name_fr", "name_ar", "slug"]


@admin.register(models.StateDefinition)
class StateDefinitionAdmin(TranslatedAdmin):
    list_display = ["indicator", "subject", "source"]
    autocomplete_fields = ["indicator", "subject"]

    def get_queryset(self, request):
        """Definitions of states that the user may be told of."""
        return super().get_queryset(request).filter(subject__in=Subject.objects.sayable_to(request.viewer))


class FigureAudienceForm(AudienceForm):
    """A figure or a source has no theme; nobody having chosen, the Secretariat alone reads it."""

    has_theme = False

    def _preset_choices(self):
        return [(value, label) for value, label in super()._preset_choices() if value]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preset"].initial = self.fields["preset"].initial or Preset.SECRETARIAT


class SourceForm(FigureAudienceForm):
    class Meta:
        model = models.Source
        exclude = ["audience"]


@admin.register(models.Source)
class SourceAdmin(AudienceAdmin, TranslatedAdmin):
    is_cited_by_every_desk = True
    form = SourceForm
    list_display = ["name", "kind", "language", "dialogue"]
    list_filter = ["kind"]
    search_fields = ["slug", "name_en", "name_fr", "name_ar"]


class ObservationForm(FigureAudienceForm):
    """What a figure says is corrected by another row in its place, for a reason that the form asks for."""

    border = forms.ChoiceField(label=_("Border"), required=False, choices=Border)
    nationality = forms.ChoiceField(label=_("Nationality"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=Sex)
    why = forms.CharField(
        label=_("Reason of the correction"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"size": 70, "dir": "auto"}),
        help_text=_("What the figure said until today stays what was known until today, with this reason beside it."),
    )
    is_taken_back = forms.BooleanField(label=_("From today on this figure is not held any more"), required=False)

    class Meta:
        model = models.Observation
        exclude = ["audience", "further_sources", "breakdown"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        nationality = self.fields["nationality"]
        assert isinstance(nationality, forms.ChoiceField)
        nationality.choices = self._nationalities()
        if (value := self.instance.value) is not None:
            self.initial["value"] = Decimal(plain_number(value))  # without the zeros of its column
        for name in BREAKDOWNS:
            self.fields[name].initial = (self.instance.breakdown or {}).get(name, "")
        for name in self._not_asked():
            self.fields.pop(name, None)

    def _nationalities(self) -> list[tuple[str, Any]]:
        """Countries that the desk may be told of; one that the figure has already is told by its code at least."""
        countries = Subject.objects.sayable_to(self.viewer).exclude(iso3="").exclude(iso3__isnull=True)
        named = [(country.iso3 or "", country.name) for country in in_reading_order(countries)]
        held = (self.instance.breakdown or {}).get("nationality", "")
        unnamed = [(held, held)] if held and held not in dict(named) else []
        return [("", NOT_BROKEN_DOWN), *named, *unnamed]

    def _not_asked(self) -> list[str]:
        """A figure that is new has nothing to correct; of one that is no longer held its readers alone are changed."""
        if self.instance.pk is None:
            return ["why", "is_taken_back"]
        return [*BREAKDOWNS, "why", "is_taken_back"] if self.instance.withdrawn_on else []

    def _get_validation_exclusions(self):
        """The breakdown is asked for field by field, and is one of what tells a figure apart."""
        return super()._get_validation_exclusions() - {"breakdown"}  # type: ignore[misc]

    def clean(self):
        told = super().clean() or {}
        if self.instance.withdrawn_on:
            return told
        of_others = {name: value for name, value in (self.instance.breakdown or {}).items() if name not in BREAKDOWNS}
        self.instance.breakdown = of_others | {name: told[name] for name in BREAKDOWNS if told.get(name)}
        if self.instance.pk and (self.corrects or told.get("is_taken_back")) and not told.get("why"):
            self.add_error("why", ValidationError(_("Say why the figure is corrected or taken back.")))
        return told

    @property
    def corrects(self) -> bool:
        """Whether what the figure says is other than the row says."""
        return self.instance.withdrawn_on is None and not set(self.changed_data).isdisjoint({*SAYS, *BREAKDOWNS})


class FurtherSourceInline(admin.TabularInline):
    model = models.FurtherSource
    extra = 0

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = models.Source.objects.visible_to(request.viewer)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(models.Observation)
class ObservationAdmin(AudienceAdmin, TranslatedAdmin):
    form = ObservationForm
    list_display = ["indicator", "subject", "period", "written", "flag", "source", "known_on", "withdrawn_on"]
    list_filter = ["indicator", "flag", "provenance", ("withdrawn_on", admin.EmptyFieldListFilter)]
    list_select_related = ["indicator", "subject", "source"]
    search_fields = ["subject__name_en", "subject__name_fr", "subject__name_ar", "period"]
    autocomplete_fields = ["subject", "indicator"]
    readonly_fields = ["breakdown", "held_from", "reason", "withdrawn_on", "withdrawn_because"]
    inlines = [FurtherSourceInline]

    fieldsets = [
        (None, {"fields": ["indicator", "subject", "period", "value", "flag", "known_on", "dialogue"]}),
        (_("Breakdown"), {"fields": [*BREAKDOWNS]}),
        (_("Source"), {"fields": ["source", "provenance", "remark"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
        (_("Correction"), {"fields": ["why", "is_taken_back"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """A figure that is new has nothing to correct, and one that was corrected nothing to choose."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets[:-1]
        if obj.withdrawn_on is None:
            return fieldsets
        audience = [(_("Audience"), {"fields": AUDIENCE_FIELDS})]
        return [(None, {"fields": WHAT_WAS_KNOWN}), *(audience if self.has_change_permission(request, obj) else [])]

    def get_readonly_fields(self, request, obj=None):
        return WHAT_WAS_KNOWN if obj and obj.withdrawn_on else super().get_readonly_fields(request, obj)

    def get_inlines(self, request, obj):
        return [] if obj and obj.withdrawn_on else super().get_inlines(request, obj)

    def get_object(self, request, object_id, from_field=None):
        """What is sent from the form of a figure that was corrected meanwhile is compared with the row in its place."""
        row = super().get_object(request, object_id, from_field)
        while request.method == "POST" and row is not None and row.withdrawn_on is not None:
            later = self.get_queryset(request).filter(replaces=row.pk).first()
            if later is None:
                break
            row = later
        return row

    def has_change_permission(self, request, obj=None):
        """What a figure said before it was corrected is looked at: its readers are those of the row in its place, at most.

        Who may read a figure that was taken back, as what was known, is changed on its own page.
        """
        is_replaced = bool(obj and obj.withdrawn_on) and models.Observation.objects.filter(replaces=obj.pk).exists()
        return super().has_change_permission(request, obj) and not is_replaced

    def has_delete_permission(self, request, obj=None):
        """A figure that was known stays known: it is withdrawn from a day on, not deleted."""
        return False

    @admin.display(description=_("value"), ordering="value")
    def written(self, observation: models.Observation) -> str:
        return figure(observation)

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        if change and form.cleaned_data.get("is_taken_back"):
            withdraw_figure(obj, form.cleaned_data["why"])
            models.Observation.objects.filter(pk=obj.pk).update(audience=obj.audience, changed_at=timezone.now())
            self.settle_audience(request, form)
        elif change and form.corrects:
            replace_figure(models.Observation.objects.get(pk=obj.pk), obj, form.cleaned_data["why"])
            self.settle_audience(request, form)
        else:
            super().save_model(request, obj, form, change)
        narrow_the_past(obj)

    def save_formset(self, request, form, formset, change):
        """Copies the further sources to the corrected figure; those of the earlier one are what was known."""
        if not (change and form.corrects) or form.cleaned_data.get("is_taken_back"):
            super().save_formset(request, form, formset, change)
            return
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        told = [row.cleaned_data for row in formset.forms if getattr(row, "cleaned_data", None)]
        kept = {row["source"] for row in told if row.get("source") and not row.get("DELETE")}
        models.FurtherSource.objects.filter(observation=form.instance).delete()
        models.FurtherSource.objects.bulk_create(
            models.FurtherSource(observation=form.instance, source=source) for source in kept
        )

    def response_change(self, request, obj):
        """The form of a corrected figure is that of the row in its place."""
        answer = super().response_change(request, obj)
        if "_continue" in request.POST and isinstance(answer, HttpResponseRedirect):
            return redirect("admin:indicators_observation_change", obj.pk)
        return answer
