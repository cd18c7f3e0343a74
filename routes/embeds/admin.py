"""Admin of embedded maps: a key is made, shown once, and revoked."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import tokens
from accounts.dialogue_model_admin import DialogueModelAdmin
from accounts.requests import ReaderRequest
from atlas.addresses import absolute_url
from routes.embeds.keys import new_key, revoke
from routes.models import Embed

FRAME = '<iframe src="{}" title="{}" width="100%" height="560" loading="lazy"></iframe>'


class EmbedAdmin(DialogueModelAdmin):
    dialogue_path = "edition__dialogue"
    list_display = ["name", "edition", "year", "language", "origins", "made_at", "revoked_at"]
    list_select_related = ["edition"]
    fields = ["name", "edition", "year", "language", "origins"]
    actions = ["revoke_keys"]

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """A view is frozen: another one is another key. Without a row it is the list, whose action revokes."""
        return obj is None and super().has_change_permission(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "edition":
            own = field.queryset.filter(dialogue__in=request.viewer.secretariats, is_proof=False)
            field.queryset = own.filter(audience__contains=[tokens.PUBLIC])
        return field

    def save_model(self, request: ReaderRequest, obj: Embed, form, change):
        key = new_key(obj)
        obj.made_by = request.user
        super().save_model(request, obj, form, change)
        address = absolute_url(reverse("embed", args=[key]))
        frame = format_html(FRAME, address, obj.edition.title)
        words = _("Copy this into the page: the key is shown once.")
        self.message_user(request, format_html("{} <code>{}</code>", words, str(frame)), messages.WARNING)

    @admin.action(description=gettext_lazy("Revoke the keys"), permissions=["change"])
    def revoke_keys(self, request: ReaderRequest, queryset):
        number = revoke(queryset)
        self.message_user(request, _("Keys revoked: %(number)s.") % {"number": number}, messages.SUCCESS)
