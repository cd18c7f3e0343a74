"""The inbox: editors publish, hide, merge, correct and summarise articles. Fetching never overwrites what they change."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.presets import Preset
from access.tokens import PUBLIC
from access.viewer import Viewer, narrowest
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm, PlannedAudienceForm
from accounts.dialogue_model_admin import AudienceAdmin
from accounts.requests import ReaderRequest
from atlas import wording
from atlas.models import Dialogue
from atlas.sorting import in_reading_order
from atlas.translation_admin import TextDirectionMixin
from newscentre.articles import inbox
from newscentre.articles.first_hand import begin_first_hand, let_its_readers_see_the_feed
from newscentre.articles.names import named_in_the_press
from newscentre.form_fields import CategoriesField, NamesFormMixin, SubjectsField
from newscentre.models import Article, Category, Fetching, Publisher, Status
from newscentre.reviews.models import this_month
from newscentre.translated_texts import SUMMARY_LANGUAGES
from newscentre.validators import validate_public_feed_url

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class ArticleForm(NamesFormMixin, PlannedAudienceForm):
    """Until it is published an article is the Secretariat's alone; whom was chosen for its readers is kept."""

    has_theme = False
    may_inherit = True
    inherits = gettext_lazy("as its feed")

    categories = CategoriesField(label=gettext_lazy("Categories"))
    subjects = SubjectsField(label=gettext_lazy("Subjects"))
    names_nobody = forms.BooleanField(
        label=gettext_lazy("I have read it: no person is named in it"),
        required=False,
        help_text=gettext_lazy(
            "First-hand news follow the Chatham House Rule: what was said may be told, but neither who said it, nor for "
            "whom they stand, nor who else was there."
        ),
    )

    class Meta:
        model = Article
        fields: ClassVar = [
            "status", "title", "title_language", "excerpt", "excerpt_language", "link", "published_at", "categories",
            "subjects", "is_first_hand", *(f"summary_{code}" for code in SUMMARY_LANGUAGES),
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        moment = self.fields["published_at"]
        for widget, label in zip(getattr(moment.widget, "widgets", ()), (_("Date"), _("Time")), strict=False):
            widget.attrs["aria-label"] = f"{moment.label}{_(': ')}{label}"

    def dialogue_and_theme(self) -> tuple[str, str]:
        return self.instance.feed.dialogue_id, ""

    def page_of_the_row(self) -> str:
        return reverse("article", args=[self.instance.address_number])

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        fetched = Fetching.objects.filter(feed=self.instance.feed_id).values_list("address", flat=True)
        if "link" in self.changed_data:
            validate_public_feed_url(link, fetched)
        return link

    def clean(self):
        cleaned = super().clean() or {}
        if self.is_told_first_hand(cleaned):
            self._refuse_what_first_hand_news_may_not_be(cleaned)
        return cleaned

    def is_told_first_hand(self, cleaned: dict) -> bool:
        return bool(cleaned.get("is_first_hand"))

    def audience_of_the_feed(self) -> list[str]:
        return self.instance.feed.audience

    def _refuse_what_first_hand_news_may_not_be(self, cleaned: dict) -> None:
        """The Chatham House Rule: what is said, never who said it; and never for everyone."""
        if not cleaned.get("names_nobody"):
            self.add_error(
                "names_nobody", ValidationError(_("First-hand news name no person: say that you have read it."))
            )
        is_for_all = cleaned.get("preset") in ("", PUBLIC) or PUBLIC in narrowest(
            AudienceForm.chosen_audience(self) or [PUBLIC], self.audience_of_the_feed()
        )
        if cleaned.get("status") == Status.PUBLISHED and not self.errors.get("preset") and is_for_all:
            self.add_error("preset", ValidationError(_("First-hand news are not for everyone: say who may read them.")))

    def is_to_be_published(self) -> bool:
        return self.cleaned_data.get("status") == Status.PUBLISHED

    @property
    def corrected(self) -> set[str]:
        """Names of the article's fields that the editor changed: what is said of it, not who may read it."""
        return set(self.changed_data) & {field.name for field in Article._meta.fields} - {"status"}


class FirstHandForm(ArticleForm):
    """News that an editor writes: of no feed that is fetched, and never for everyone."""

    dialogue = forms.ModelChoiceField(
        label=gettext_lazy("Kept by the Secretariat of"), queryset=Dialogue.objects.none()
    )
    title_language = forms.ChoiceField(label=gettext_lazy("Language of the title"))
    excerpt_language = forms.ChoiceField(label=gettext_lazy("Language of the excerpt"), required=False)

    class Meta(ArticleForm.Meta):
        fields: ClassVar = [name for name in ArticleForm.Meta.fields if name != "is_first_hand"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        languages = [(code, wording.language(code)) for code in LANGUAGES]
        for name, choices in (("title_language", languages), ("excerpt_language", [("", "—"), *languages])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        dialogue = self.fields["dialogue"]
        assert isinstance(dialogue, forms.ModelChoiceField)
        dialogue.queryset = Dialogue.objects.filter(pk__in=self.viewer.secretariats)
        dialogue.initial = dialogue.queryset.first()
        self.fields["published_at"].initial = timezone.now
        self.fields["preset"].initial = Preset.SECRETARIAT
        self.fields["names_nobody"].required = True

    def _preset_choices(self):
        return [(value, label) for value, label in super()._preset_choices() if value not in ("", Preset.PUBLIC)]

    def dialogue_and_theme(self) -> tuple[str, str]:
        dialogue = self.cleaned_data.get("dialogue")
        return dialogue.pk if dialogue else "", ""

    def is_told_first_hand(self, cleaned: dict) -> bool:
        return True

    def audience_of_the_feed(self) -> list[str]:
        return []  # it grows with the readers of what stands in it

    def save(self, commit=True):
        begin_first_hand(self.instance, self.cleaned_data["dialogue"])
        return super().save(commit)


class BulkForm(ActionForm):
    """What is done with the chosen articles, and with which category or subject; the page offers those it may say."""

    category = forms.CharField(label=gettext_lazy("Category"), required=False, widget=forms.Select)
    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, widget=forms.Select)

    def offer(self, viewer: Viewer) -> None:
        subjects = in_reading_order(named_in_the_press().sayable_to(viewer))
        for name, rows in (("category", Category.objects.sayable_to(viewer)), ("subject", subjects)):
            widget = self.fields[name].widget
            assert isinstance(widget, forms.Select)
            widget.choices = [("", "—"), *((row.pk, row.name) for row in rows)]


def with_ours_first(codes: Iterable[str]) -> list[str]:
    """The languages of the interface, then what else there is."""
    return [*LANGUAGES, *sorted(set(codes) - set(LANGUAGES))]


def name_of_language(code: str) -> str:
    return wording.language(code) if code else _("language unknown")


class LanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("language of the title")
    parameter_name = "title_language__exact"

    def lookups(self, request, model_admin):
        found = model_admin.get_queryset(request).order_by().values_list("title_language", flat=True).distinct()
        return [(code, name_of_language(code)) for code in with_ours_first(found)]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(title_language=self.value())


class Inbox(ChangeList):
    """Its articles know their `said_categories`: those of which whoever looks may be told."""

    def get_results(self, request):
        super().get_results(request)
        known = Category.objects.sayable_to(request.viewer).in_bulk()
        for article in self.result_list:
            article.said_categories = [known[slug] for slug in article.categories if slug in known]


@admin.register(Article)
class ArticleAdmin(TextDirectionMixin, AudienceAdmin):
    dialogue_path = "feed__dialogue"
    form = ArticleForm
    action_form = BulkForm
    change_list_template = "admin/newscentre/article/change_list.html"
    list_display = ["headline", "publisher", "published", "status", "named", "told_by"]
    list_filter = ["status", LanguageFilter, "is_first_hand", "feed__dialogue", "feed__publisher"]
    list_select_related = ["feed__publisher"]
    search_fields = ["title"]
    date_hierarchy = "published_at"
    show_full_result_count = False
    list_per_page = 50
    actions = ["publish", "hide", "merge", "split", "put_into", "take_out_of", "pick"]
    fieldsets = [
        (
            None,
            {"fields": ["status", "title", "title_language", "excerpt", "excerpt_language", "link", "published_at"]},
        ),
        (gettext_lazy("Summary"), {"fields": [f"summary_{code}" for code in LANGUAGES]}),
        (gettext_lazy("Categories and subjects"), {"fields": ["categories", "subjects"]}),
        (gettext_lazy("Audience"), {"fields": ["is_first_hand", "names_nobody", *AUDIENCE_FIELDS]}),
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """What comes from a feed comes by its fetches; what an editor adds is first-hand."""
        if obj is None:
            kwargs["form"] = FirstHandForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is not None:
            return super().get_fieldsets(request, obj)
        first, *others, _audience = super().get_fieldsets(request, obj)
        told = {"fields": ["dialogue", *first[1]["fields"]]}
        return [(None, told), *others, (gettext_lazy("Audience"), {"fields": ["names_nobody", *AUDIENCE_FIELDS]})]

    def has_delete_permission(self, request, obj=None):
        """A deleted article would come in again with the next fetch; hide it instead."""
        return False

    def changelist_view(self, request: ReaderRequest, extra_context=None) -> HttpResponse:
        waiting = inbox.waiting_by_language(self.get_queryset(request))
        tabs = [
            {
                "language": name_of_language(code),
                "number": waiting.get(code, 0),
                "query": f"?status__exact={Status.INBOX}&{LanguageFilter.parameter_name}={code}",
                "is_open": request.GET.get(LanguageFilter.parameter_name) == code,
            }
            for code in with_ours_first(waiting)
        ]
        response = super().changelist_view(request, {**(extra_context or {}), "inboxes": tabs})
        if isinstance(response, TemplateResponse) and (form := (response.context_data or {}).get("action_form")):
            form.offer(request.viewer)
        return response

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def headline(self, article: Article) -> SafeString:
        return format_html('<bdi lang="{}">{}</bdi>', article.title_language, article.title or "—")

    @admin.display(description=gettext_lazy("publisher"), ordering="feed__publisher")
    def publisher(self, article: Article) -> Publisher:
        return article.feed.publisher

    @admin.display(description=gettext_lazy("published"), ordering="published_at")
    def published(self, article: Article) -> datetime | str:
        return article.published_at if article.is_date_known else article.day

    @admin.display(description=gettext_lazy("first-hand"), ordering="is_first_hand")
    def told_by(self, article: Article) -> str:
        return _("First-hand") if article.is_first_hand else ""

    @admin.display(description=gettext_lazy("categories"))
    def named(self, article: Article) -> str:
        return _(", ").join(category.name for category in article.said_categories)  # type: ignore[attr-defined]

    def get_changelist(self, request, **kwargs):
        return Inbox

    def save_model(self, request, obj, form, change):
        obj.edited = sorted({*obj.edited, *form.corrected})
        obj.is_date_known = obj.is_date_known or "published_at" in form.corrected
        super().save_model(request, obj, form, change)
        if obj.is_first_hand:
            let_its_readers_see_the_feed(obj)

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish(self, request, articles):
        self._tell(
            request,
            ngettext(
                "%(number)d article is published.",
                "%(number)d articles are published.",
                number := inbox.publish(articles),
            ),
            number,
        )
        if first_hand := articles.filter(is_first_hand=True).exclude(status=Status.PUBLISHED).count():
            words = ngettext(
                "%(number)d article is first-hand: say on its page who may read it.",
                "%(number)d articles are first-hand: say on their pages who may read them.",
                first_hand,
            )
            self.message_user(request, words % {"number": first_hand}, messages.WARNING)

    @admin.action(description=gettext_lazy("Hide"), permissions=["change"])
    def hide(self, request, articles):
        number = inbox.hide(articles)
        self._tell(
            request, ngettext("%(number)d article is hidden.", "%(number)d articles are hidden.", number), number
        )

    @admin.action(description=gettext_lazy("Make one story of them"), permissions=["change"])
    def merge(self, request, articles):
        number = inbox.merge(articles, self.get_queryset(request))
        if not number:
            self.message_user(request, _("Choose articles of two stories or more."), messages.WARNING)
            return
        self._tell(
            request,
            ngettext("%(number)d article tells one story now.", "%(number)d articles tell one story now.", number),
            number,
        )

    @admin.action(description=gettext_lazy("Each its own story"), permissions=["change"])
    def split(self, request, articles):
        number = inbox.split(articles)
        self._tell(
            request,
            ngettext(
                "%(number)d article tells a story of its own now.",
                "%(number)d articles tell stories of their own now.",
                number,
            ),
            number,
        )

    @admin.action(description=gettext_lazy("Add category and subject"), permissions=["change"])
    def put_into(self, request, articles):
        self._correct(request, articles, inbox.add_to_review)

    @admin.action(description=gettext_lazy("Take category and subject away"), permissions=["change"])
    def take_out_of(self, request, articles):
        self._correct(request, articles, inbox.take_out_of)

    @admin.action(description=gettext_lazy("Pick for this month’s press review"), permissions=["change"])
    def pick(self, request, articles):
        number = inbox.pick(articles, this_month())
        words = ngettext("%(number)d article is picked.", "%(number)d articles are picked.", number)
        self._tell(request, words, number)

    def _correct(self, request, articles, change):
        """The category and the subject that were chosen beside the action, or one of them."""
        category = Category.objects.sayable_to(request.viewer).filter(pk=request.POST.get("category", "")).first()
        subject = request.POST.get("subject", "")
        number = change(articles, "categories", category.pk) if category else 0
        if subject.isdecimal() and named_in_the_press().sayable_to(request.viewer).filter(pk=subject).exists():
            number = max(number, change(articles, "subjects", int(subject)))
        elif not category:
            self.message_user(request, _("Choose a category or a subject beside the action."), messages.WARNING)
            return
        words = ngettext("%(number)d article is corrected.", "%(number)d articles are corrected.", number)
        self._tell(request, words, number)

    def _tell(self, request, words: str, number: int) -> None:
        self.message_user(request, words % {"number": number}, messages.SUCCESS)
