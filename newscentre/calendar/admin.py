"""Admin of meetings, their documents, and their participants."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.presets import Preset
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm
from accounts.audiences.presets import preset_of
from accounts.dialogue_model_admin import AudienceAdmin
from atlas.models import Partner
from atlas.sorting import in_reading_order
from atlas.translation_admin import TranslatedAdmin
from newscentre.calendar.models import Meeting, MeetingDocument, ParticipantList

FOR_A_DIALOGUE = (Preset.THEME, Preset.GROUP, Preset.SECRETARIAT)


class MeetingForm(AudienceForm):
    class Meta:
        model = Meeting
        exclude = ["audience"]

    def page_of_the_row(self):
        return reverse("meeting", args=[self.instance.address_number])


class PartnersByNameMixin:
    """Partners of a form in the order of the language of the page."""

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and db_field.related_model is Partner:
            partners = in_reading_order(Partner.objects.sayable_to(request.viewer).select_related("subject"))
            field.choices = [(partner.pk, partner.display_name) for partner in partners]
        return field


class AccessColumnMixin:
    """The column that says who can read a row."""

    @admin.display(description=_("access"))
    def access(self, row) -> str:
        return str(self.inherits if row.audience is None else Preset(preset_of(row.audience)).label)

    inherits = _("as the meeting")


@admin.register(Meeting)
class MeetingAdmin(AccessColumnMixin, PartnersByNameMixin, AudienceAdmin, TranslatedAdmin):
    form = MeetingForm
    list_display = ["name", "starts", "ends", "city", "dialogue", "theme", "access", "state"]
    list_filter = ["dialogue", "theme", "state"]
    list_select_related = ["dialogue", "theme"]
    search_fields = ["name_en", "name_fr", "name_ar", "city_en", "city_fr", "city_ar", "slug"]
    autocomplete_fields = ["country"]
    filter_horizontal = ["supporters", "delegations"]
    fieldsets = [
        (None, {"fields": ["dialogue", "theme", "slug", "name", "series", "number", "state"]}),
        (_("When and where"), {"fields": ["starts", "ends", "opens_at", "closes_at", "time_zone", "city", "country"]}),
        (_("Who"), {"fields": ["host", "host_office", "co_chairs", "supporters", "delegations"]}),
        (_("What"), {"fields": ["about", "visits", "doubts", "source"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["dialogue"] if obj else []


class MeetingPartAdmin(AccessColumnMixin, AudienceAdmin):
    """Rows of a meeting of one's own dialogue."""

    dialogue_path = "meeting__dialogue"
    list_select_related = ["meeting"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "meeting":
            field.queryset = field.queryset.filter(dialogue__in=request.viewer.secretariats)
        return field

    def get_readonly_fields(self, request, obj=None):
        return ["meeting"] if obj else []


class OfAMeetingForm(AudienceForm):
    def meeting(self) -> Meeting:
        return self.cleaned_data.get("meeting") or self.instance.meeting

    def dialogue_and_theme(self):
        return self.meeting().dialogue_id, self.meeting().theme_id

    def page_of_the_row(self):
        return reverse("meeting", args=[self.instance.meeting.address_number])


class DocumentForm(OfAMeetingForm):
    may_inherit = True
    inherits = _("as the meeting")

    class Meta:
        model = MeetingDocument
        fields = ["meeting", "kind", "title", "language", "file"]
        widgets = {"file": forms.FileInput}  # a file has no address of its own that could be shown


@admin.register(MeetingDocument)
class MeetingDocumentAdmin(MeetingPartAdmin):
    form = DocumentForm
    list_display = ["title", "kind", "language", "meeting", "access", "kind_of_file"]
    list_filter = ["kind", "language", "meeting__dialogue"]
    search_fields = ["title"]
    fieldsets = [
        (None, {"fields": ["meeting", "kind", "title", "language", "file"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]


class ParticipantsForm(OfAMeetingForm):
    """Names of people: for the dialogue, a group of it, or the Secretariat alone."""

    class Meta:
        model = ParticipantList
        fields = ["meeting", "names"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preset"].initial = self.fields["preset"].initial or Preset.SECRETARIAT

    def _preset_choices(self):
        return [(preset.value, str(preset.label)) for preset in FOR_A_DIALOGUE]


@admin.register(ParticipantList)
class ParticipantListAdmin(MeetingPartAdmin):
    form = ParticipantsForm
    list_display = ["meeting", "access"]
    fieldsets = [
        (None, {"fields": ["meeting", "names"]}),
        (_("Audience"), {"fields": [name for name in AUDIENCE_FIELDS if name != "partners"]}),
    ]
