"""Admin of the library: publications with the sections they go with, their files, and projects."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.names_admin import SayableChoices
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm
from accounts.dialogue_model_admin import AudienceAdmin
from atlas.translation_admin import TranslatedAdmin
from newscentre.calendar.admin import AccessColumnMixin, PartnersByNameMixin
from newscentre.library.models import Project, Publication, PublicationFile, PublicationSection


class PublicationForm(AudienceForm):
    class Meta:
        model = Publication
        exclude = ["audience"]

    def page_of_the_row(self):
        return reverse("publication", args=[self.instance.address_number])


class SectionInline(SayableChoices, admin.TabularInline):
    model = PublicationSection
    extra = 0
    autocomplete_fields = ["subject"]


@admin.register(Publication)
class PublicationAdmin(AccessColumnMixin, PartnersByNameMixin, AudienceAdmin, TranslatedAdmin):
    form = PublicationForm
    inlines = [SectionInline]
    list_display = ["title", "year", "dialogue", "theme", "access"]
    list_filter = ["dialogue", "theme"]
    list_select_related = ["dialogue", "theme"]
    search_fields = ["title", "slug"]
    filter_horizontal = ["made_with"]
    fieldsets = [
        (None, {"fields": ["dialogue", "theme", "slug", "title", "title_language", "year", "pages", "made_with"]}),
        (_("What"), {"fields": ["about", "remark", "link", "source"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["dialogue"] if obj else []


class FileForm(AudienceForm):
    may_inherit = True
    inherits = _("as the publication")

    class Meta:
        model = PublicationFile
        fields = ["publication", "title", "language", "file"]
        widgets = {"file": forms.FileInput}  # a file has no address of its own that could be shown

    def dialogue_and_theme(self):
        of = self.cleaned_data.get("publication") or self.instance.publication
        return of.dialogue_id, of.theme_id

    def page_of_the_row(self):
        return reverse("publication", args=[self.instance.publication.address_number])


@admin.register(PublicationFile)
class PublicationFileAdmin(AccessColumnMixin, AudienceAdmin):
    dialogue_path = "publication__dialogue"
    form = FileForm
    inherits = FileForm.inherits
    list_display = ["title", "language", "publication", "access", "kind_of_file"]
    list_filter = ["language", "publication__dialogue"]
    list_select_related = ["publication"]
    search_fields = ["title"]
    fieldsets = [
        (None, {"fields": ["publication", "title", "language", "file"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "publication":
            field.queryset = field.queryset.filter(dialogue__in=request.viewer.secretariats)
        return field

    def get_readonly_fields(self, request, obj=None):
        return ["publication"] if obj else []


class ProjectForm(AudienceForm):
    class Meta:
        model = Project
        exclude = ["audience"]

    def page_of_the_row(self):
        return reverse("project", args=[self.instance.address_number])


@admin.register(Project)
class ProjectAdmin(AccessColumnMixin, PartnersByNameMixin, AudienceAdmin, TranslatedAdmin):
    form = ProjectForm
    list_display = ["name", "acronym", "starts", "ends", "dialogue", "theme", "access"]
    list_filter = ["dialogue", "theme"]
    list_select_related = ["dialogue", "theme"]
    search_fields = ["name_en", "name_fr", "name_ar", "acronym"]
    filter_horizontal = ["made_with"]
    fieldsets = [
        (None, {"fields": ["dialogue", "theme", "slug", "name", "acronym", "starts", "ends"]}),
        (_("Who"), {"fields": ["made_with", "other_partners"]}),
        (_("What"), {"fields": ["about", "outcome", "source"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["dialogue"] if obj else []
