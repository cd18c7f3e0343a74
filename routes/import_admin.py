"""Admin of geodata imports: a file is uploaded, previewed on the map and in a list, then applied or discarded."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.dialogue_model_admin import DialogueModelAdmin
from accounts.requests import ReaderRequest
from accounts.safe_forms.page_state import PageState
from atlas.country_map import basemap_for
from routes.importing.apply import (
    LARGE_BYTES,
    LARGE_ROWS,
    apply_or_record_reason,
    ask_the_worker,
    is_examined_at_once,
    progress_of,
)
from routes.importing.diff import Effect
from routes.importing.errors import OF_FILES, message_of
from routes.importing.rows import LARGEST_MB, MEGABYTE
from routes.models import UNDECIDED, GeodataImport, ImportState
from routes.tasks import examine_import, take_import

SHOWN_ROWS = 500  # of each effect, in the list: the map shows them all
EFFECTS = {
    Effect.NEW: gettext_lazy("new"),
    Effect.CHANGED: gettext_lazy("changed"),
    Effect.REFUSED: gettext_lazy("refused"),
    Effect.SAME: gettext_lazy("as it is"),
}


class ImportForm(forms.ModelForm):
    class Meta:
        model = GeodataImport
        fields = ["dialogue", "layer", "route", "mode", "file"]

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "GeoJSON, GeoPackage, KML, GPX or zipped Shapefile; in any coordinate reference system."
        ),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.gpkg,.kml,.gpx,.zip"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_MB * MEGABYTE:
            raise ValidationError(str(OF_FILES["too_large"]) % {"megabytes": LARGEST_MB})
        return file

    def clean(self):
        cleaned = super().clean() or {}
        dialogue, layer = cleaned.get("dialogue"), cleaned.get("layer")
        if dialogue and layer and layer.dialogue_id != dialogue.pk:
            self.add_error("layer", _("This layer is of another Dialogue."))
        return cleaned


class GeodataImportAdmin(DialogueModelAdmin):
    form = ImportForm
    list_display = ["name", "dialogue", "state", "brought_at", "brought_by"]
    list_filter = ["dialogue", "state"]
    list_select_related = ["dialogue", "brought_by"]

    def get_queryset(self, request: ReaderRequest):
        return super().get_queryset(request).defer("rows", "outcomes")

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request: ReaderRequest, obj: GeodataImport, form, change):
        """Examined at once where that takes a moment; else by the worker, from when the row is there for it."""
        obj.name, obj.brought_by = form.cleaned_data["file"].name[:200], request.user
        super().save_model(request, obj, form, change)
        if obj.file.size >= LARGE_BYTES or not is_examined_at_once(obj):
            ask_the_worker(obj, ImportState.WAITING)
            transaction.on_commit(lambda: examine_import.delay(obj.pk, obj.dialogue_id))

    def response_add(self, request, obj, post_url_continue=None):
        return redirect("admin:routes_geodataimport_change", obj.pk)

    def change_view(self, request: ReaderRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        brought = self.get_object(request, object_id)
        if brought is None:
            return super().change_view(request, object_id, form_url, extra_context)
        if not self.has_view_permission(request, brought):
            raise PermissionDenied
        if request.method == "POST":
            if not self.has_change_permission(request, brought):
                raise PermissionDenied
            # Waits for a worker that is at it, and then sees what became of it.
            brought = GeodataImport.objects.select_for_update(of=("self",)).get(pk=brought.pk)
        shown = PageState(request, _facts(brought), beside=brought.digest)
        if request.method == "POST" and not shown.is_older and brought.state in UNDECIDED:
            self._decide(request, brought)
            return redirect(request.path)
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "title": brought.name, "shown": shown}
        return TemplateResponse(request, "admin/routes/geodataimport/look.html", shared | _shown(brought))

    def _decide(self, request: ReaderRequest, brought: GeodataImport) -> None:
        """`digest`: of what the person saw; anything else is not confirmed by this."""
        if "_leave" in request.POST and brought.state in UNDECIDED:
            brought.state = ImportState.LEFT
            brought.file.delete(save=False)  # which a worker that died has not read
            brought.save()
        elif not _may_take(brought) or request.POST.get("digest") != brought.digest:
            self.message_user(request, _("Something changed since this was shown. Look again."), messages.WARNING)
        elif len(brought.rows) >= LARGE_ROWS:
            ask_the_worker(brought, ImportState.TAKING)
            transaction.on_commit(lambda: take_import.delay(brought.pk, brought.dialogue_id))
        else:
            self._take(request, brought)
        self.log_change(request, brought, [{"changed": {"fields": ["state"]}}])

    def _take(self, request: ReaderRequest, brought: GeodataImport) -> None:
        if apply_or_record_reason(brought):
            said_of_it = _("The drawings are changed. Readers see them with the next map.")
            self.message_user(request, said_of_it, messages.SUCCESS)
        elif not brought.why:
            self.message_user(request, _("Something changed since this was shown. Look again."), messages.WARNING)


def _may_take(brought: GeodataImport) -> bool:
    """Whether the import was previewed and would change something."""
    does_something = any(row["effect"] in (Effect.NEW, Effect.CHANGED) for row in brought.outcomes)
    return brought.state == ImportState.READ and does_something


def _facts(brought: GeodataImport) -> dict[str, object]:
    """The facts on which the desk decides: state, and number of rows by effect."""
    shown = _shown(brought)
    counted = {label: number for _effect, label, number, _rows in shown["effects"]}
    return {_("Status"): brought.get_state_display(), _("Reason"): "\n".join([shown["why"], *shown["notes"]])} | counted


def _shown(brought: GeodataImport) -> dict:
    """The rows by their effect, with the reason of a refusal in the page's language, and what the map draws."""
    counted = [
        (effect, label, [row for row in brought.outcomes if row["effect"] == effect])
        for effect, label in EFFECTS.items()
    ]
    drawn = basemap_for(brought.dialogue)
    return {
        "brought": brought,
        "why": message_of(brought.why) if brought.why else "",
        "notes": [message_of(note) for note in brought.notes],
        "effects": [
            (effect.value, label, len(rows), [(row["name"], message_of(row["why"]) if row["why"] else "") for row in rows[:SHOWN_ROWS]])
            for effect, label, rows in counted
        ],
        "rows": [{"effect": row["effect"], "name": row["name"], "coordinates": row["coordinates"]} for row in brought.outcomes],
        "basemap": reverse("basemap", args=[drawn.digest]) if drawn else "",
        "may_take": _may_take(brought),
        "may_leave": brought.state in UNDECIDED,
        "is_at_work": brought.is_at_work and not brought.is_overdue,
        "is_overdue": brought.is_overdue,
        "progress": progress_of(brought.pk),
    }  # fmt: skip
