"""Admin of the data that all dialogues share: editors look, superusers change."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.forms.widgets import Media, Script
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletAdminWidget, LeafletGeoAdminMixin

from access.names_admin import NameAdmin, SayableChoices
from access.visibility import rule
from atlas import models
from atlas.country_map import basemap_for
from atlas.translation_admin import TranslatedAdmin, TranslatedInline


@admin.register(models.Theme)
class ThemeAdmin(NameAdmin, TranslatedAdmin):
    list_display = ["slug", "name"]


class DialogueThemeInline(SayableChoices, admin.TabularInline):
    """Of the dialogues, whose admin has an audience too: `accounts.dialogue_admin`."""

    model = models.DialogueTheme
    extra = 0


class DialogueNameAdmin(SayableChoices):
    """What belongs to a dialogue is listed for those who may know of it."""

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).filter(rule(self.model, request.viewer))


@admin.register(models.OutlineSection)
class OutlineSectionAdmin(DialogueNameAdmin, TranslatedAdmin):
    list_display = ["title", "dialogue", "theme", "kind", "position"]
    list_filter = ["dialogue", "theme", "kind"]
    ordering = ["dialogue", "theme", "kind", "position"]


class FormerNameInline(TranslatedInline):
    model = models.FormerName
    extra = 0


class NameVariantInline(admin.TabularInline):
    model = models.NameVariant
    extra = 0


class GeometryWidget(LeafletAdminWidget):
    """django-leaflet's map for drawing, over the portal's own map of the world: static/js/geometry-map.js."""

    @property
    def media(self) -> Media:
        return super().media + Media(js=[Script("js/geometry-map.js", type="module")])  # type: ignore[list-item]

    def get_context(self, name, value, attrs):
        drawn = basemap_for(None)
        address = reverse("basemap", args=[drawn.digest]) if drawn else ""
        return super().get_context(name, value, attrs) | {"basemap": address}


@admin.register(models.Subject)
class SubjectAdmin(LeafletGeoAdminMixin, NameAdmin, TranslatedAdmin):
    widget = GeometryWidget
    map_template = "admin/atlas/geometry_map.html"
    settings_overrides = {"MAX_ZOOM": 7}  # closer, the map of the world shows nothing more
    list_display = ["name", "kind", "slug", "iso3"]
    list_filter = ["kind"]
    search_fields = ["name_en", "name_fr", "name_ar", "slug", "iso3", "variants__text"]
    autocomplete_fields = ["country", "members", "nearest_route"]
    inlines = [FormerNameInline, NameVariantInline]


class MembershipInline(DialogueNameAdmin, admin.TabularInline):
    model = models.Membership
    extra = 0


@admin.register(models.Partner)
class PartnerAdmin(NameAdmin, TranslatedAdmin):
    list_display = ["slug", "named", "kind"]
    list_filter = ["kind"]
    search_fields = ["slug", "name_en", "name_fr", "name_ar", "acronym_en", "subject__name_en"]
    autocomplete_fields = ["subject"]
    inlines = [MembershipInline]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("subject")

    @admin.display(description=_("name"))
    def named(self, partner: models.Partner) -> str:
        return partner.display_name


@admin.register(models.Membership)
class MembershipAdmin(DialogueNameAdmin, admin.ModelAdmin):
    list_display = ["partner", "dialogue", "role", "joined", "left"]
    list_filter = ["dialogue", "role"]
    list_select_related = ["partner__subject", "dialogue"]
    autocomplete_fields = ["partner"]


@admin.register(models.Coverage)
class CoverageAdmin(DialogueNameAdmin, admin.ModelAdmin):
    list_display = ["subject", "dialogue", "remark"]
    list_filter = ["dialogue"]
    list_select_related = ["subject", "dialogue"]
    autocomplete_fields = ["subject"]


@admin.register(models.BoundaryRule)
class BoundaryRuleAdmin(DialogueNameAdmin, admin.ModelAdmin):
    list_display = ["territory", "dialogue", "treatment", "host", "is_confirmed"]
    list_filter = ["dialogue", "is_confirmed"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        transaction.on_commit(_draw_basemaps)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        transaction.on_commit(_draw_basemaps)


def _draw_basemaps() -> None:
    # Here, as the libraries of geometry take half a second and 60 MB, and no page of a reader needs them.
    from atlas.basemaps import draw_basemaps

    draw_basemaps()
