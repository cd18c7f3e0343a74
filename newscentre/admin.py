"""Admin of the news desk: publishers, and feeds with how they are fetched. The inbox is in `newscentre.articles.admin`."""

import re

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.names_admin import NameAdmin
from access.presets import Preset
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm
from accounts.audiences.presets import preset_of
from accounts.dialogue_model_admin import AudienceAdmin
from accounts.models import User
from atlas.translation_admin import TranslatedAdmin
from newscentre.articles.admin import ArticleAdmin
from newscentre.feeds.claims import make_due
from newscentre.feeds.health_admin import HealthPages
from newscentre.feeds.opml_admin import ListPages
from newscentre.form_fields import CategoriesField, NamesFormMixin, SubjectsField
from newscentre.models import Category, Feed, Fetching, Publisher
from newscentre.reviews.admin import ReviewAdmin
from newscentre.tasks import send_soon
from newscentre.validators import validate_public_feed_url

__all__ = ["ArticleAdmin", "ReviewAdmin"]
SHORTEST_DROPPED, LONGEST_DROPPED = 2, 100  # letters
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")


@admin.register(Category)
class CategoryAdmin(NameAdmin, TranslatedAdmin):
    list_display = ["name", "slug", "position"]


class PublisherForm(forms.ModelForm):
    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        validate_public_feed_url(link, Fetching.objects.values_list("address", flat=True))
        return link


@admin.register(Publisher)
class PublisherAdmin(NameAdmin):
    form = PublisherForm
    list_display = ["name", "slug", "link"]
    search_fields = ["name", "slug"]


class SeveralField(forms.CharField):
    """Several words, each on a line of its own, or parted by commas."""

    def __init__(self, **options):
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(required=False, widget=widget, max_length=4000, **options)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:
        parted = (" ".join(word.split()) for word in re.split(r"[\n,،;؛]", super().to_python(value) or ""))
        return list(dict.fromkeys(filter(None, parted)))

    def has_changed(self, initial, data) -> bool:
        return (initial or []) != self.to_python(data)


class FeedForm(NamesFormMixin, AudienceForm):
    has_theme = False

    categories = CategoriesField(label=_("Categories of all its articles"))
    subjects = SubjectsField(label=_("Subjects of all its articles"))
    drop_words = SeveralField(
        label=_("With these words"),
        help_text=_(
            "In title, excerpt or the publisher’s own categories; one on each line. “migrat*” means any ending."
        ),
    )
    drop_languages = SeveralField(label=_("In these languages"), help_text=_("Codes such as es or it."))
    drop_categories = CategoriesField(label=_("Of these categories"))

    class Meta:
        model = Feed
        fields = [
            *("publisher", "name", "dialogue", "owner", "language", "categories", "subjects"),
            *("rule", "drop_words", "drop_languages", "drop_categories"),
        ]

    def clean_drop_words(self) -> list[str]:
        words = self.cleaned_data["drop_words"]
        if any(len(word) > LONGEST_DROPPED for word in words):
            raise ValidationError(_("At most %(number)d letters for each.") % {"number": LONGEST_DROPPED})
        if any(len(word.rstrip("*")) < SHORTEST_DROPPED for word in words):
            raise ValidationError(_("A word of one letter would drop too much."))
        return words

    def clean_drop_languages(self) -> list[str]:
        codes = [code.lower() for code in self.cleaned_data["drop_languages"]]
        if not all(LANGUAGE_CODE.fullmatch(code) for code in codes):
            raise ValidationError(_("A language is a code of two or three letters."))
        return codes

    def clean(self):
        told = super().clean()
        owner, dialogue = told.get("owner"), told.get("dialogue") or self.instance.dialogue
        if owner and not owner.secretariats.filter(dialogue=dialogue).exists():
            self.add_error("owner", _("This person is not of the Secretariat that keeps the feed."))
        return told

    def page_of_the_row(self):
        return f"{reverse('news')}?publisher={self.instance.publisher_id}"


class FetchingInline(admin.StackedInline):
    model = Fetching
    can_delete = False
    fields = ["address", "is_paused", "next_at", "fetched_at", "succeeded_at", "failures", "reason"]
    readonly_fields = ["next_at", "fetched_at", "succeeded_at", "failures", "reason"]


@admin.register(Feed)
class FeedAdmin(HealthPages, ListPages, AudienceAdmin):
    change_list_template = "admin/newscentre/feed/change_list.html"
    form = FeedForm
    inlines = [FetchingInline]
    list_display = ["publisher", "name", "dialogue", "language", "access", "rule", "last_success", "next_fetch", "why"]
    list_filter = ["dialogue", "language", "rule", "fetching__reason"]
    list_display_links = ["publisher", "name"]
    list_select_related = ["publisher", "dialogue", "fetching"]
    search_fields = ["name", "publisher__name"]
    actions = ["fetch_now"]
    fieldsets = [
        (None, {"fields": ["publisher", "name", "dialogue", "owner", "language", "categories", "subjects", "rule"]}),
        (_("Articles that are dropped"), {"fields": ["drop_words", "drop_languages", "drop_categories"]}),
        (_("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["dialogue"] if obj else []

    def get_fieldsets(self, request, obj=None):
        if obj is not None and obj.is_first_hand:
            return [(None, {"fields": ["publisher", "name", "dialogue"]})]
        return super().get_fieldsets(request, obj)

    def get_inlines(self, request, obj):
        return [] if obj is not None and obj.is_first_hand else super().get_inlines(request, obj)

    def has_change_permission(self, request, obj=None):
        """What stands in the feed of first-hand news says itself who reads it, and it is never fetched."""
        return super().has_change_permission(request, obj) and not (obj is not None and obj.is_first_hand)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "owner":
            of_the_desk = User.objects.filter(secretariats__dialogue__in=request.viewer.secretariats, is_active=True)
            kwargs["queryset"] = of_the_desk.distinct().order_by("name", "email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

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
        """Due at once, and sent at once, one after another for each host."""
        number = make_due(feeds)
        send_soon()
        words = ngettext("%(number)d feed is fetched now.", "%(number)d feeds are fetched now.", number)
        self.message_user(request, words % {"number": number}, messages.SUCCESS)
        return redirect(f"{reverse('admin:newscentre_feed_health')}?of={number}")


def _state(feed: Feed) -> Fetching:
    return feed.fetching if hasattr(feed, "fetching") else Fetching(feed=feed)
