"""The news desk in the admin: publishers, and feeds with how they are fetched. The inbox: `inbox_admin`."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.presets import Preset
from accounts.audience_forms import AUDIENCE_FIELDS, AudienceForm
from accounts.audiences import preset_of
from accounts.desk_admin import AudienceAdmin
from atlas.translated_admin import TranslatedAdmin
from newscentre.chosen import CategoriesField
from newscentre.inbox_admin import ArticleAdmin
from newscentre.models import Category, Feed, Fetching, Publisher
from newscentre.reviews_admin import ReviewAdmin

__all__ = ["ArticleAdmin", "ReviewAdmin"]


@admin.register(Category)
class CategoryAdmin(TranslatedAdmin):
    list_display = ["name", "slug", "position"]


@admin.register(Publisher)
class PublisherAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "link"]
    search_fields = ["name", "slug"]


class FeedForm(AudienceForm):
    has_theme = False

    categories = CategoriesField(label=_("Categories of all its articles"))

    class Meta:
        model = Feed
        fields = ["publisher", "name", "dialogue", "language", "categories", "rule"]

    def page_of_the_row(self):
        return f"{reverse('news')}?publisher={self.instance.publisher_id}"


class FetchingInline(admin.StackedInline):
    model = Fetching
    can_delete = False
    fields = ["address", "is_paused", "next_at", "fetched_at", "succeeded_at", "failures", "reason"]
    readonly_fields = ["next_at", "fetched_at", "succeeded_at", "failures", "reason"]


@admin.register(Feed)
class FeedAdmin(AudienceAdmin):
    form = FeedForm
    inlines = [FetchingInline]
    list_display = ["publisher", "name", "dialogue", "language", "access", "rule", "last_success", "next_fetch", "why"]
    list_filter = ["dialogue", "language", "rule", "fetching__reason"]
    list_select_related = ["publisher", "dialogue", "fetching"]
    search_fields = ["name", "publisher__name"]
    actions = ["fetch_now"]
    fieldsets = [
        (None, {"fields": ["publisher", "name", "dialogue", "language", "categories", "rule"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["dialogue"] if obj else []

    def has_delete_permission(self, request, obj=None):
        """Its articles would go with it; a feed that is over is paused."""
        return False

    @admin.display(description=_("access"))
    def access(self, feed: Feed) -> str:
        return str(Preset(preset_of(feed.audience)).label)

    @admin.display(description=_("last success"), ordering="fetching__succeeded_at")
    def last_success(self, feed: Feed):
        return _state(feed).succeeded_at

    @admin.display(description=_("next fetch"), ordering="fetching__next_at")
    def next_fetch(self, feed: Feed):
        return _state(feed).next_at

    @admin.display(description=_("why it gave nothing"))
    def why(self, feed: Feed) -> str:
        return _state(feed).get_reason_display()

    @admin.action(description=_("Fetch now"), permissions=["change"])
    def fetch_now(self, request, feeds):
        """Due at once: the scheduler sends them within half a minute, one after another for each host."""
        number = Fetching.objects.filter(feed__in=feeds, is_paused=False).update(next_at=None)
        words = ngettext("%(number)d feed is fetched now.", "%(number)d feeds are fetched now.", number)
        self.message_user(request, words % {"number": number}, messages.SUCCESS)


def _state(feed: Feed) -> Fetching:
    return feed.fetching if hasattr(feed, "fetching") else Fetching(feed=feed)
