"""Figures in the admin: each secretariat keeps its own figures and sources."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from access.presets import Preset
from accounts.audience_forms import AudienceForm
from accounts.desk_admin import AudienceAdmin
from atlas.translated_admin import TranslatedAdmin
from indicators import models
from indicators.templatetags.figures import figure


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
    form = SourceForm
    list_display = ["name", "kind", "language", "dialogue"]
    list_filter = ["kind"]
    search_fields = ["slug", "name_en", "name_fr", "name_ar"]


class ObservationForm(FigureAudienceForm):
    class Meta:
        model = models.Observation
        exclude = ["audience", "further_sources"]


class FurtherSourceInline(admin.TabularInline):
    model = models.FurtherSource
    extra = 0

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = models.Source.objects.visible_to(request.viewer)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(models.Observation)
class ObservationAdmin(AudienceAdmin, TranslatedAdmin):
    form = ObservationForm
    list_display = ["indicator", "subject", "period", "written", "flag", "source"]
    list_filter = ["indicator", "flag", "provenance"]
    list_select_related = ["indicator", "subject", "source"]
    search_fields = ["subject__name_en", "subject__name_fr", "subject__name_ar", "period"]
    autocomplete_fields = ["subject", "indicator"]
    inlines = [FurtherSourceInline]

    @admin.display(description=gettext_lazy("value"), ordering="value")
    def written(self, observation: models.Observation) -> str:
        return figure(observation)
