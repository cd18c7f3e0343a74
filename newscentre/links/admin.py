"""Admin of the desk's links, and how the external links of its dialogue answered."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.presets import Preset
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm
from accounts.dialogue_model_admin import AudienceAdmin, DialogueModelAdmin, ReadOnlyAdminMixin
from atlas.translation_admin import TranslatedAdmin
from newscentre.calendar.admin import AccessColumnMixin
from newscentre.links.models import Link, OutsideAddress

MOST_NAMED = 3  # places of an address that are named in the list


class LinkForm(AudienceForm):
    """A link has no theme; nobody having chosen, the Secretariat alone reads it."""

    has_theme = False

    class Meta:
        model = Link
        exclude = ["audience"]
        widgets = {"address": forms.URLInput(attrs={"dir": "ltr", "size": 60})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preset"].initial = self.fields["preset"].initial or Preset.SECRETARIAT

    def _preset_choices(self):
        return [(value, label) for value, label in super()._preset_choices() if value]

    def page_of_the_row(self):
        return reverse("links")


@admin.register(Link)
class LinkAdmin(AccessColumnMixin, AudienceAdmin, TranslatedAdmin):
    form = LinkForm
    list_display = ["name", "category", "address", "dialogue", "access", "gone_on"]
    list_filter = ["category", "dialogue"]
    list_select_related = ["dialogue"]
    search_fields = ["name_en", "name_fr", "name_ar", "address"]
    fieldsets = [
        (None, {"fields": ["dialogue", "category", "slug", "name", "about", "address", "languages"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["dialogue"] if obj else []


class LinkStatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("gone", _("no longer available")), ("failing", _("failing")), ("new", _("not looked at yet"))]

    def queryset(self, request, queryset):
        conditions = {
            "gone": Q(gone_on__isnull=False),
            "failing": Q(failures__gt=0),
            "new": Q(checked_at__isnull=True),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(OutsideAddress)
class OutsideAddressAdmin(ReadOnlyAdminMixin, DialogueModelAdmin):
    """Nothing is written here but by the worker; an address is corrected where it stands."""

    list_display = ["shown", "where", "reason", "failing_since", "failures", "gone_on", "answered_at", "next_at"]
    list_filter = [LinkStatusFilter, "dialogue", "reason"]
    search_fields = ["address"]
    ordering = ["gone_on", "-failures", "host", "address"]
    actions = ["look_now"]

    @admin.display(description=_("address"), ordering="address")
    def shown(self, row: OutsideAddress) -> SafeString:
        return format_html('<bdi dir="ltr">{}</bdi>', row.address)

    @admin.display(description=_("stands in"))
    def where(self, row: OutsideAddress) -> SafeString:
        """The first places; all of them stand on the page of the address."""
        named = format_html_join(
            mark_safe("<br>"), '<bdi dir="ltr">{}</bdi>', ((place,) for place in row.stands_in[:MOST_NAMED])
        )
        others = len(row.stands_in) - MOST_NAMED
        if others <= 0:
            return named
        words = ngettext("and %(number)d other place", "and %(number)d other places", others) % {"number": others}
        return format_html("{}<br>{}", named, words)

    @admin.action(description=_("Look now"), permissions=["view"])
    def look_now(self, request, addresses):
        """Due at once: the scheduler sends them within a minute, one after another for each host."""
        number = addresses.update(next_at=None)
        words = ngettext("%(number)d address is looked at now.", "%(number)d addresses are looked at now.", number)
        self.message_user(request, words % {"number": number}, messages.SUCCESS)
