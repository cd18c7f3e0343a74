"""Admin pages that export a desk's feeds as OPML, and import others."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from atlas.file_names import content_disposition
from atlas.models import Dialogue
from newscentre.feeds.opml import MOST_BYTES, MOST_FEEDS, BadFile, Outline, read
from newscentre.feeds.opml_import import list_of, take

WHY_NOT = {
    "too-large": gettext_lazy("The file is too large: at most %(megabytes)d MB."),
    "no-xml": gettext_lazy("The file is no XML that can be read."),
    "no-xml-there": gettext_lazy("The file is no XML that can be read: line %(where)s is wrong."),
    "not-opml": gettext_lazy("The file is XML, but no OPML."),
    "no-feeds": gettext_lazy("There is no feed in the file."),
    "too-many": gettext_lazy("There are too many feeds in the file: at most %(most)d."),
    "bad-address": gettext_lazy("“%(where)s” has an address that is none of the web. Nothing was taken from the file."),
}


class ListForm(forms.Form):
    dialogue = forms.ModelChoiceField(
        label=gettext_lazy("Kept by the Secretariat of"), queryset=Dialogue.objects.none()
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "OPML. New feeds are seen by the Secretariat alone and their articles wait for an editor, until that is "
            "changed; those that are there already stay as they are."
        ),
    )

    def __init__(self, secretariats, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        of_the_desk = Dialogue.objects.filter(pk__in=secretariats)
        self.fields["dialogue"].queryset = of_the_desk  # type: ignore[attr-defined]
        self.fields["dialogue"].initial = of_the_desk.first()

    def clean_file(self) -> list[Outline]:
        file = self.cleaned_data["file"]
        try:
            return read(file.read(MOST_BYTES + 1))
        except BadFile as error:
            why = "no-xml-there" if error.why == "no-xml" and error.where else error.why
            values = {"where": error.where, "most": MOST_FEEDS, "megabytes": MOST_BYTES // 1024**2}
            raise ValidationError(str(WHY_NOT[why]) % values) from None


class ListPages(admin.ModelAdmin):
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("opml/", view(self.list_view), name="newscentre_feed_opml"),
            path("opml/take/", view(self.take_view), name="newscentre_feed_take_opml"),
            *super().get_urls(),
        ]

    def list_view(self, request: ReaderRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        for dialogue in request.viewer.secretariats:
            log_action(Action.EXPORTED, request.user, dialogue=dialogue, objects=["feeds opml"])
        headers = {"Content-Disposition": content_disposition("feeds.opml")}
        body = list_of(_("Feeds of the i-Map"), self.get_queryset(request))
        return HttpResponse(body, content_type="text/x-opml; charset=utf-8", headers=headers)

    def take_view(self, request: ReaderRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ListForm(request.viewer.secretariats, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            taken = take(form.cleaned_data["file"], form.cleaned_data["dialogue"].pk, timezone.now())
            added = ngettext("%(number)d feed was added.", "%(number)d feeds were added.", taken.added)
            known = ngettext("%(number)d was there already.", "%(number)d were there already.", taken.known)
            sentences = [added % {"number": taken.added}] + ([known % {"number": taken.known}] if taken.known else [])
            self.message_user(request, " ".join(sentences), messages.SUCCESS)
            return redirect("admin:newscentre_feed_health")
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "title": _("Take feeds from a file"), "form": form, "submit": _("Take the feeds"),
        }  # fmt: skip
        return TemplateResponse(request, "admin/accounts/form_page.html", context)
