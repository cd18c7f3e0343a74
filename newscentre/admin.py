"""The news desk in the admin: publishers, feeds with how they are fetched, and the inbox of articles."""

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.presets import Preset
from accounts.audience_forms import AUDIENCE_FIELDS, AudienceForm
from accounts.audiences import preset_of
from accounts.desk_admin import AudienceAdmin, DeskAdmin
from atlas.models import Subject
from atlas.sorting import in_reading_order
from atlas.translated_admin import TranslatedAdmin
from newscentre.calendar import admin as calendar_admin  # noqa: F401  # Django looks for the room's admin here
from newscentre.library import admin as library_admin  # noqa: F401
from newscentre.links import admin as links_admin  # noqa: F401
from newscentre.models import Article, Category, Feed, Fetching, Publisher, Status
from newscentre.tagging import NAMED_IN_THE_PRESS


@admin.register(Category)
class CategoryAdmin(TranslatedAdmin):
    list_display = ["name", "slug", "position"]


@admin.register(Publisher)
class PublisherAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "link"]
    search_fields = ["name", "slug"]


class CategoriesField(forms.MultipleChoiceField):
    """Slugs of categories, chosen by their names in the language of the page."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        options.setdefault("required", False)
        super().__init__(
            choices=lambda: [(category.pk, category.name) for category in Category.objects.all()], **options
        )


class SubjectsField(forms.TypedMultipleChoiceField):
    """Ids of subjects that the press names, chosen by name."""

    def __init__(self, **options):
        super().__init__(
            choices=lambda: [(subject.pk, subject.name) for subject in in_reading_order(_named_in_the_press())],
            coerce=int,
            required=False,
            widget=forms.SelectMultiple(attrs={"size": 10}),
            **options,
        )


def _named_in_the_press():
    return Subject.objects.filter(kind__in=NAMED_IN_THE_PRESS)


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


class ArticleForm(forms.ModelForm):
    categories = CategoriesField(label=_("Categories"))
    subjects = SubjectsField(label=_("Subjects"))

    class Meta:
        model = Article
        fields = [
            "title",
            "title_language",
            "excerpt",
            "excerpt_language",
            "link",
            "published_at",
            "categories",
            "subjects",
        ]


@admin.register(Article)
class ArticleAdmin(DeskAdmin):
    """The inbox. What an editor changes here no fetch overwrites."""

    dialogue_path = "feed__dialogue"
    form = ArticleForm
    list_display = ["title", "publisher", "title_language", "published_at", "status"]
    list_filter = ["status", "title_language", "feed__dialogue", "feed__publisher"]
    list_select_related = ["feed__publisher"]
    search_fields = ["title"]
    date_hierarchy = "published_at"
    show_full_result_count = False
    actions = ["publish", "hide"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """It would come in again with the next fetch; what is not wanted is hidden."""
        return False

    @admin.display(description=_("publisher"), ordering="feed__publisher")
    def publisher(self, article: Article) -> Publisher:
        return article.feed.publisher

    def save_model(self, request, obj, form, change):
        obj.edited = sorted({*obj.edited, *form.changed_data})
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, articles):
        number = articles.exclude(status=Status.PUBLISHED).update(status=Status.PUBLISHED, audience=None)
        words = ngettext("%(number)d article is published.", "%(number)d articles are published.", number)
        self.message_user(request, words % {"number": number}, messages.SUCCESS)

    @admin.action(description=_("Hide"), permissions=["change"])
    def hide(self, request, articles):
        number = articles.exclude(status=Status.HIDDEN).update(status=Status.HIDDEN, audience=[])
        words = ngettext("%(number)d article is hidden.", "%(number)d articles are hidden.", number)
        self.message_user(request, words % {"number": number}, messages.SUCCESS)
