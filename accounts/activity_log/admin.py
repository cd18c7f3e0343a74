"""The activity log and the use by quarter in the admin: read only, for the secretariat of the dialogue."""

from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.viewer import Viewer
from accounts.activity_log.csv_export import as_csv
from accounts.activity_log.day_chart import day_chart
from accounts.activity_log.querysets import LogFilter, page_of, with_partners
from accounts.activity_log.usage import ReportedUse
from accounts.activity_log.writer import log_action
from accounts.dialogue_model_admin import DialogueModelAdmin, ReadOnlyAdminMixin
from accounts.models import Action, LogEntry, UseOfQuarter
from accounts.requests import ReaderRequest
from atlas.file_names import content_disposition
from atlas.wording import period

MOST_LINES_IN_A_FILE = 50_000


class ExportableReadOnlyAdmin(ReadOnlyAdminMixin, DialogueModelAdmin):
    """Admin of rows that nobody adds, changes or deletes by hand, and that can be exported."""

    actions = None

    def get_urls(self):
        name = f"accounts_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    def export_view(self, request: ReaderRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.export(request)

    def export(self, request: ReaderRequest) -> HttpResponse:
        raise NotImplementedError


def _file(name: str, text: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition(f"{name}.csv")}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@admin.register(LogEntry)
class LogEntryAdmin(ExportableReadOnlyAdmin):
    fields = ["at", "action", "person", "dialogue", "object"]

    def get_queryset(self, request):
        """Sign-ins have no dialogue; they are shown to the secretariats of the dialogues that the person reads."""
        return LogEntry.objects.visible_to(Viewer.secretariat_of(*request.viewer.secretariats))

    def changelist_view(self, request: ReaderRequest, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        filters = LogFilter(request.viewer, request.GET)
        context = self.admin_site.each_context(request) | {"opts": self.opts, "title": _("Log"), "filters": filters}
        if filters.is_valid():
            shown = page_of(filters.lines(), request.viewer, request.GET.get("before", ""))
            asked = {name: value for name, value in filters.data.items() if value}
            context |= {
                "lines": shown.lines,
                "chart": day_chart(filters.by_day(), filters.cleaned_data["since"], filters.cleaned_data["until"]),
                "asked": urlencode(asked),
                "earlier": urlencode(asked | {"before": shown.before}) if shown.before else "",
                "is_first": "before" not in request.GET,
            }
        return TemplateResponse(request, "admin/accounts/logentry/log.html", context)

    def export(self, request):
        filters = LogFilter(request.viewer, request.GET)
        if not filters.is_valid():
            return redirect("admin:accounts_logentry_changelist")
        newest = filters.lines().select_related("person", "dialogue").order_by("-at", "-pk")[:MOST_LINES_IN_A_FILE]
        text = as_csv(
            [_("when"), _("action"), _("name"), _("e-mail"), _("partner"), _("dialogue"), _("object")],
            (_as_row(line) for line in with_partners(newest, request.viewer)),
        )
        since, until = filters.data["since"], filters.data["until"]
        for dialogue in filters.dialogues:
            log_action(Action.EXPORTED, request.user, dialogue=dialogue, objects=[f"log {since} – {until}"])
        return _file(f"log-{since}-{until}", text)


def _as_row(line: LogEntry) -> list[str]:
    person = line.person
    return [
        line.at.strftime("%Y-%m-%d %H:%M:%S"),
        line.get_action_display(),
        person.name if person else "",
        person.email if person else "",
        _(", ").join(line.partners),
        str(line.dialogue or ""),
        line.object,
    ]


@admin.register(UseOfQuarter)
class UseOfQuarterAdmin(ExportableReadOnlyAdmin):
    list_display = [
        "quarter",
        "dialogue",
        "reported_reads",
        "reported_readers",
        "reported_partners",
        "reported_profiles",
    ]
    list_display_links = None
    list_filter = ["dialogue"]
    change_list_template = "admin/accounts/useofquarter/change_list.html"

    # The numbers as a report may carry them. Not by the names of the fields, which the admin would show instead.
    @admin.display(description=gettext_lazy("quarter"), ordering="began_on")
    def quarter(self, use: UseOfQuarter) -> str:
        words = period(use.period)
        return words if use.is_over(timezone.localdate()) else _("%(quarter)s (so far)") % {"quarter": words}

    @admin.display(description=gettext_lazy("reads"))
    def reported_reads(self, use: UseOfQuarter) -> str:
        return ReportedUse.of(use).reads

    @admin.display(description=gettext_lazy("readers"))
    def reported_readers(self, use: UseOfQuarter) -> str:
        return ReportedUse.of(use).readers

    @admin.display(description=gettext_lazy("partners"))
    def reported_partners(self, use: UseOfQuarter) -> str:
        return ReportedUse.of(use).partners

    @admin.display(description=gettext_lazy("profiles read"))
    def reported_profiles(self, use: UseOfQuarter) -> str:
        return ReportedUse.of(use).profiles

    def export(self, request):
        head = [_("quarter"), _("dialogue"), _("reads"), _("readers"), _("partners"), _("profiles read")]
        rows = self.get_queryset(request).select_related("dialogue")
        text = as_csv(head, ([self.quarter(row), str(row.dialogue), *ReportedUse.of(row)] for row in rows))
        for dialogue in request.viewer.secretariats:
            log_action(Action.EXPORTED, request.user, dialogue=dialogue, objects=["use by quarter"])
        return _file("use-by-quarter", text)
