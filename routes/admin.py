"""Admin of routes: the desk draws segments and stops, has a proof checked, publishes a map, and composes stories."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import TextField
from django.forms.widgets import Media, Script
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from leaflet.admin import LeafletGeoAdminMixin

from access.presets import Preset
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm
from accounts.audiences.presets import preset_of
from accounts.dialogue_model_admin import AudienceAdmin, DialogueModelAdmin, ReadOnlyAdminMixin
from accounts.requests import ReaderRequest
from accounts.safe_forms.page_state import PageState
from atlas.admin import GeometryWidget
from atlas.models import Dialogue
from atlas.translation_admin import TranslatedAdmin, TranslatedStackedInline
from routes import import_admin, models
from routes.desk import NextMap, next_map
from routes.embeds.admin import EmbedAdmin
from routes.forms import NextMapForm
from routes.publishing import Crossing, make_proof, publish_map

admin.site.register(models.Embed, EmbedAdmin)
admin.site.register(models.GeodataImport, import_admin.GeodataImportAdmin)


def crossing_of(dialogue: str) -> Crossing:
    # Here, as the libraries of geometry take half a second and 60 MB, and no page of a reader needs them.
    from routes.geometry.shapes import countries_of

    return countries_of(dialogue).along


class LayerForm(AudienceForm):
    class Meta:
        model = models.Layer
        exclude = ["audience"]

    def page_of_the_row(self):
        return reverse("routes", args=[self.instance.dialogue_id])


class StoryForm(AudienceForm):
    class Meta:
        model = models.Story
        exclude = ["audience"]

    def page_of_the_row(self):
        return reverse("route_story", args=[self.instance.dialogue_id, self.instance.slug])


class InALayerForm(AudienceForm):
    """A row that is shared as its layer, or with fewer people."""

    may_inherit = True
    inherits = gettext_lazy("as the layer")

    def page_of_the_row(self):
        return reverse("routes", args=[self.instance.layer.dialogue_id])

    def dialogue_and_theme(self):
        layer = self.cleaned_data["layer"]
        return layer.dialogue_id, layer.theme_id


class StopForm(InALayerForm):
    class Meta:
        model = models.Stop
        exclude = ["audience"]


class SegmentForm(InALayerForm):
    class Meta:
        model = models.Segment
        exclude = ["audience"]


class ReasonForm(AudienceForm):
    """A reason has no theme; nobody having chosen, the Secretariat alone reads it."""

    has_theme = False

    class Meta:
        model = models.Reason
        exclude = ["audience"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preset"].initial = self.fields["preset"].initial or Preset.SECRETARIAT

    def _preset_choices(self):
        return [(value, label) for value, label in super()._preset_choices() if value]

    def page_of_the_row(self):
        return reverse("routes", args=[self.instance.dialogue_id])


class ShownAccess:
    @admin.display(description=gettext_lazy("access"))
    def access(self, row) -> str:
        return str(self.inherits if row.audience is None else Preset(preset_of(row.audience)).label)

    inherits = InALayerForm.inherits


@admin.register(models.Layer)
class LayerAdmin(ShownAccess, AudienceAdmin, TranslatedAdmin):
    form = LayerForm
    list_display = ["name", "dialogue", "theme", "access", "precision", "position"]
    list_filter = ["dialogue"]
    list_select_related = ["dialogue", "theme"]


class DrawingInline(LeafletGeoAdminMixin, TranslatedStackedInline):
    """A drawing is edited with its record, on the portal's own map."""

    widget = GeometryWidget
    map_template = "admin/atlas/geometry_map.html"
    settings_overrides = {"MAX_ZOOM": 7}
    can_delete = False
    min_num = 1
    max_num = 1
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget({"rows": 3})}}


class StopDrawingInline(DrawingInline):
    model = models.StopDrawing
    fields = ["point", "is_shown", "first_year", "last_year", "remark"]


class SnappingWidget(GeometryWidget):
    """The same, on which the ends of a line come to lie on stops that are near: static/js/snapping.js."""

    @property
    def media(self) -> Media:
        return super().media + Media(js=[Script("js/snapping.js", type="module")])  # type: ignore[list-item]


class SegmentDrawingInline(DrawingInline):
    model = models.SegmentDrawing
    fields = ["line", "confidence", "source", "is_schematic", "is_shown", "first_year", "last_year", "remark"]
    widget = SnappingWidget
    map_template = "admin/routes/drawing_map.html"


@admin.register(models.Stop)
class StopAdmin(ShownAccess, AudienceAdmin):
    dialogue_path = "layer__dialogue"
    form = StopForm
    list_display = ["place", "kind", "layer", "access"]
    list_filter = ["layer", "kind"]
    list_select_related = ["place", "layer"]
    search_fields = ["place__name_en", "place__name_fr", "place__name_ar", "place__slug"]
    autocomplete_fields = ["place"]
    inlines = [StopDrawingInline]

    fieldsets = [
        (None, {"fields": ["layer", "place", "kind"]}),
        (gettext_lazy("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def get_urls(self):
        positions = self.admin_site.admin_view(self.positions_view)
        return [path("positions/", positions, name="routes_stop_positions"), *super().get_urls()]

    def positions_view(self, request: ReaderRequest) -> HttpResponse:
        """Where the stops lie that this desk draws, for lines to end at. WGS 84 degrees."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        drawn = models.StopDrawing.objects.visible_to(request.viewer).select_related("stop__place").order_by("pk")
        stops = [
            {"name": str(row.stop), "lon": row.point["coordinates"][0], "lat": row.point["coordinates"][1]}
            for row in drawn
        ]
        return JsonResponse({"stops": stops})


@admin.register(models.Segment)
class SegmentAdmin(ShownAccess, AudienceAdmin):
    dialogue_path = "layer__dialogue"
    form = SegmentForm
    list_display = ["__str__", "route", "mode", "layer", "access", "position"]
    list_filter = ["route", "mode", "layer"]
    list_select_related = ["start__place", "end__place", "route", "layer"]
    search_fields = [
        f"{end}__place__name_{language}" for end in ("start", "end") for language in settings.MODELTRANSLATION_LANGUAGES
    ]
    autocomplete_fields = ["start", "end"]
    inlines = [SegmentDrawingInline]
    fieldsets = [
        (None, {"fields": ["layer", "route", "start", "end", "mode", "position"]}),
        (gettext_lazy("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]


@admin.register(models.Reason)
class ReasonAdmin(ShownAccess, AudienceAdmin, TranslatedAdmin):
    form = ReasonForm
    list_display = ["date", "route", "dialogue", "access", "source"]
    list_filter = ["route", "dialogue"]
    list_select_related = ["route", "dialogue"]


class StoryStepInline(TranslatedStackedInline):
    model = models.StoryStep
    extra = 0

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = models.Layer.objects.visible_to(request.viewer)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(models.Story)
class StoryAdmin(ShownAccess, AudienceAdmin, TranslatedAdmin):
    form = StoryForm
    list_display = ["title", "dialogue", "access", "position"]
    list_filter = ["dialogue"]
    list_select_related = ["dialogue"]
    inlines = [StoryStepInline]


@admin.register(models.MapEdition)
class MapEditionAdmin(ReadOnlyAdminMixin, DialogueModelAdmin):
    """Maps are published here; what was published is looked at, never changed."""

    list_display = ["title", "dialogue", "year", "number", "is_proof", "published_at", "access"]
    list_filter = ["dialogue", "is_proof"]
    list_select_related = ["dialogue"]
    fields = ["title", "dialogue", "year", "number", "is_proof", "as_of", "first_year", "last_year", "published_at"]
    change_list_template = "admin/routes/mapedition/change_list.html"

    @admin.display(description=gettext_lazy("access"))
    def access(self, edition: models.MapEdition) -> str:
        return str(Preset(preset_of(edition.audience)).label)

    def get_urls(self):
        desk = self.admin_site.admin_view(self.next_view)
        return [path("next/<slug:dialogue>/", desk, name="routes_mapedition_next"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        desks = Dialogue.objects.filter(pk__in=request.viewer.secretariats)
        return super().changelist_view(request, (extra_context or {}) | {"desks": desks})

    def next_view(self, request: ReaderRequest, dialogue: str) -> HttpResponse:
        """What the next map of a dialogue would show, its quality check, and its publication."""
        if dialogue not in request.viewer.secretariats:
            raise Http404
        if not request.user.has_perm("routes.add_mapedition"):
            raise PermissionDenied
        if request.method == "POST":  # drawings are of layers: nobody changes which there are meanwhile
            list(
                models.Layer.objects.select_for_update(of=("self",))
                .filter(dialogue=dialogue)
                .order_by("pk")
                .values_list("pk")
            )
        row = Dialogue.objects.prefetch_related("dialogue_themes__theme").get(pk=dialogue)
        crossing = crossing_of(dialogue)
        coming = next_map(dialogue, crossing)
        form = NextMapForm(request.POST or None, dialogue=row, initial=_proposed(coming.newest))
        shown = PageState(request, _facts(coming))
        if request.method == "POST" and not shown.is_older and form.is_valid():
            try:
                done = self._ask_or_publish(request, form, crossing)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.message_user(request, done, messages.SUCCESS)
                return redirect("admin:routes_mapedition_next", dialogue)
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "title": _("The next map")}
        context = {"dialogue": row, "coming": coming, "form": form, "shown": shown}
        return TemplateResponse(request, "admin/routes/mapedition/next.html", shared | context)

    def _ask_or_publish(self, request: ReaderRequest, form: NextMapForm, crossing: Crossing) -> str:
        dialogue, titled = form.dialogue.pk, form.titled()
        if "_ask" in request.POST:
            edition = make_proof(dialogue, titled, form.cleaned_data["agencies"], crossing, by=request.user)
            words = _("The agencies can now read the proof of “%(title)s” and answer.")
        else:
            edition = publish_map(dialogue, titled, form.audience(), crossing, by=request.user)
            words = _("“%(title)s” is published.")
        self.log_addition(request, edition, [{"added": {}}])
        return words % {"title": edition.title}


def _facts(coming: NextMap) -> dict[str, object]:
    """What the page says of the next map, and the digest of all that would be drawn on it."""
    checks = [
        f"{check.partner.display_name}: {check.answer.outcome if check.answer else '–'} {check.answer.remark if check.answer else ''} {check.is_current}"
        for check in coming.checks
    ]
    return {
        _("newest edition"): coming.newest or "–",
        _("new"): ", ".join(coming.added),
        _("changed"): ", ".join(coming.changed),
        _("removed"): ", ".join(coming.removed),
        _("Quality check"): "\n".join(checks),
        _("mark of the content"): coming.digest,
    }


def _proposed(newest: models.MapEdition | None) -> dict:
    """A map of this year, called as the last one, that runs from the same year."""
    today = timezone.localdate()
    proposed = {
        "year": today.year,
        "as_of": f"{today:%Y-%m}",
        "last_year": today.year - 1,
        "first_year": today.year - 1,
    }
    if newest:
        proposed |= {
            f"title_{code}": getattr(newest, f"title_{code}").replace(str(newest.year), str(today.year))
            for code in settings.MODELTRANSLATION_LANGUAGES
        }
        proposed |= {
            "first_year": newest.first_year,
            "last_year": max(newest.last_year, newest.first_year),
            "preset": preset_of(newest.audience).value,
        }
    return proposed
