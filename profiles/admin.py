"""Admin of profiles: the record with its audience, its drafts, publishing, and rolling back."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Media

from access.names_admin import NameAdmin
from access.presets import Preset
from accounts.audiences.forms import AUDIENCE_FIELDS, AudienceForm
from accounts.audiences.presets import preset_of, who_can_read
from accounts.dialogue_model_admin import AudienceAdmin
from accounts.requests import ReaderRequest
from accounts.safe_forms.page_state import PageState
from accounts.safe_forms.staleness import StaleFormCheck
from atlas import wording
from atlas.models import OutlineSection
from atlas.periods import validate_partial_date
from atlas.translation_admin import TranslatedAdmin
from profiles.editing.citations import figures_to_choose
from profiles.editing.drafts import desk_of, facts_of_drafts, section_at
from profiles.editing.html import for_editor, from_editor
from profiles.editing.preview import preview
from profiles.editing.rollback import Content, content_of_edition, content_of_kept, replaced_by, roll_back
from profiles.editing.widgets import DraftTextField, DraftTextWidget
from profiles.figures import revised_since
from profiles.models import Draft, Edition, EditionText, KeptDrafts, Profile, Section, Tag
from profiles.publishing import add_language, drafts_to_add, languages_to_add, newest_edition, publish
from profiles.references import element, number_of_elements
from profiles.texts import MOST_KILOBYTES, MOST_LEVELS, clean, is_too_deep, is_too_large


@admin.register(Tag)
class TagAdmin(NameAdmin, TranslatedAdmin):
    list_display = ["slug", "name"]


class ProfileForm(AudienceForm):
    class Meta:
        model = Profile
        fields = ["dialogue", "theme", "subject", "slug", "endorsement"]

    def page_of_the_row(self):
        return reverse("profile", args=[self.instance.dialogue_id, self.instance.theme_id, self.instance.slug])


class SectionForm(AudienceForm):
    """A section's text in one language, with what belongs to the section in all of them."""

    may_inherit = True

    html = DraftTextField(
        label=gettext_lazy("Text"), required=False, widget=DraftTextWidget({"rows": 24, "class": "draft-text"})
    )

    class Meta:
        model = Section
        fields = ["tags", "sources"]
        widgets = {"tags": forms.CheckboxSelectMultiple, "sources": forms.CheckboxSelectMultiple}

    def __init__(self, *args, figures: list[dict[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        widget = self.fields["html"].widget
        assert isinstance(widget, DraftTextWidget)
        widget.figures = figures

    def dialogue_and_theme(self):
        return self.instance.profile.dialogue_id, self.instance.profile.theme_id

    def page_of_the_row(self):
        profile = self.instance.profile
        of_profile = [profile.dialogue_id, profile.theme_id, profile.slug]
        if self.instance.heading is None:
            return reverse("profile", args=of_profile)
        return reverse("section", args=[*of_profile, self.instance.slug])

    def clean_html(self):
        """Raises ValidationError when something that shall cite a figure does not name one: it would not be kept."""
        written = self.cleaned_data["html"]
        refuse_boundless_text(written)
        html = clean(from_editor(written))
        if number_of_elements(html) < number_of_elements(written):
            raise ValidationError(
                _(
                    "A figure is cited as %(example)s, with a number or nothing between the tags; what is written "
                    "here otherwise would be lost."
                ),
                params={"example": element("population-total/2004/hcp", "29,891,708")},
            )
        return html


def refuse_boundless_text(html: str) -> None:
    """Raises ValidationError for a text that no page shows well, and that takes long to clean."""
    if is_too_large(html):
        raise ValidationError(
            _("The text is larger than %(kilobytes)s kilobytes. Divide it into sections."),
            params={"kilobytes": MOST_KILOBYTES},
        )
    if is_too_deep(html):
        raise ValidationError(
            _("The text is nested more than %(levels)s levels deep, as lists within lists are. Make it flatter."),
            params={"levels": MOST_LEVELS},
        )


class PublishForm(forms.Form):
    as_of = forms.CharField(
        label=gettext_lazy("Information as of"),
        max_length=10,
        validators=[validate_partial_date],
        help_text=gettext_lazy("A year, a month or a day: 2013, 2013-06 or 2013-06-18."),
    )
    is_demonstration = forms.BooleanField(label=gettext_lazy("Mark as demonstration text"), required=False)


def _added_texts(edition: Edition, language: str) -> dict[str, str]:
    """For the history, which translates the name when it is read."""
    with translation.override(None):
        return {"name": str(EditionText._meta.verbose_name), "object": f"{edition.as_of}, {language}"}


@admin.register(Profile)
class ProfileAdmin(AudienceAdmin):
    form = ProfileForm
    list_display = ["subject", "dialogue", "theme", "access", "endorsement", "newest"]
    list_filter = ["dialogue", "theme", "subject__kind", "endorsement"]
    list_select_related = ["subject", "dialogue", "theme"]
    search_fields = ["subject__name_en", "subject__name_fr", "subject__name_ar", "slug"]
    autocomplete_fields = ["subject"]
    change_form_template = "admin/profiles/profile/change_form.html"
    fieldsets = [
        (None, {"fields": ["dialogue", "theme", "subject", "slug", "endorsement"]}),
        (gettext_lazy("Audience"), {"fields": AUDIENCE_FIELDS}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["dialogue", "theme", "subject"] if obj else []

    @admin.display(description=gettext_lazy("access"))
    def access(self, profile: Profile) -> str:
        return str(Preset(preset_of(profile.audience)).label)

    @admin.display(description=gettext_lazy("newest edition"))
    def newest(self, profile: Profile) -> int | str:
        return getattr(profile, "newest_number", None) or "–"

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(newest_number=Max("editions__number"))

    def has_delete_permission(self, request, obj=None):
        """What was published stays; a record that is wrong is narrowed to the Secretariat."""
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        profile = self.get_object(request, object_id)
        desk = {}
        if profile is not None:
            desk = {
                "desk": desk_of(profile),
                "profile": profile,
                "languages": profile.dialogue.languages,
                "editions": profile.editions.order_by("-number"),
                "kept_drafts": KeptDrafts.objects.visible_to(request.viewer).filter(profile=profile),
                "languages_to_add": languages_to_add(profile),
                "revised": revised_since(profile, request.viewer),
                "secretariats": request.viewer.secretariats,
                "who_can_read": who_can_read(profile.audience),
            }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | desk)

    def get_urls(self):
        def wrapped(view):
            return self.admin_site.admin_view(view)

        return [
            path(
                "<int:pk>/draft/<slug:section>/<slug:language>/",
                wrapped(self.draft_view),
                name="profiles_profile_draft",
            ),
            path("<int:pk>/preview/<slug:language>/", wrapped(self.preview_view), name="profiles_profile_preview"),
            path("<int:pk>/publish/", wrapped(self.publish_view), name="profiles_profile_publish"),
            path(
                "<int:pk>/add-language/<slug:language>/",
                wrapped(self.add_language_view),
                name="profiles_profile_add_language",
            ),
            path(
                "<int:pk>/editions/<int:number>/take-back/",
                wrapped(self.take_back_view),
                name="profiles_profile_take_back",
            ),
            path("<int:pk>/kept/<int:kept>/", wrapped(self.have_back_view), name="profiles_profile_have_back"),
            *super().get_urls(),
        ]

    def _profile_to_change(self, request: ReaderRequest, pk: int) -> Profile:
        profile = self.get_object(request, str(pk))
        if profile is None:
            raise Http404
        if not self.has_change_permission(request, profile):
            raise PermissionDenied
        return profile

    def _locked(self, request: ReaderRequest, profile: Profile) -> Profile:
        """When a form is sent, what it was made of stays as it is until that is decided."""
        if request.method == "POST":
            list(
                Section.objects.select_for_update(of=("self",)).filter(profile=profile).order_by("pk").values_list("pk")
            )
            profile.refresh_from_db(fields=["audience", "endorsement"])
        return profile

    def draft_view(self, request: ReaderRequest, pk: int, section: str, language: str) -> HttpResponse:
        """Edit a section in a language; the other languages stand beside it."""
        profile = self._profile_to_change(request, pk)
        if language not in profile.dialogue.languages:
            raise Http404
        try:
            row = section_at(profile, section)
        except OutlineSection.DoesNotExist:
            raise Http404 from None
        if request.method == "POST":  # of two who save at once, the second is told
            list(Section.objects.select_for_update(of=("self",)).filter(pk=row.pk).order_by().values_list("pk"))
            row.refresh_from_db()
        draft = Draft.objects.filter(section=row, language=language).first() or Draft(section=row, language=language)
        form = SectionForm(
            request.POST or None,
            instance=row,
            initial={"html": for_editor(draft.html)},
            figures=figures_to_choose(profile, language),
        )
        comparison = StaleFormCheck(request, form)
        if request.method == "POST" and comparison.is_new_enough() and form.is_valid():
            form.save()
            self.settle_audience(request, form)
            draft.html, draft.changed_by = form.cleaned_data["html"], request.user
            draft.save()
            self.message_user(request, _("The draft was saved. Readers see it once it is published."))
            stay = reverse("admin:profiles_profile_draft", args=[pk, section, language])
            onward = reverse("admin:profiles_profile_preview", args=[pk, language])
            return redirect(onward if "_preview" in request.POST else stay)
        others = Draft.objects.filter(section=row).exclude(language=language)
        context = {
            "form": form,
            "profile": profile,
            "section": row,
            "section_slug": section,
            "language": language,
            "guidance": row.heading.guidance if row.heading else "",
            "others": [(other.language, clean(other.html)) for other in others],
            **comparison.context(),
            "media": Media.from_media(self.media + form.media, nonce=request.csp_nonce),  # type: ignore[attr-defined]
        }
        return self._page(request, "draft", profile, str(row), context)

    def preview_view(self, request: ReaderRequest, pk: int, language: str) -> HttpResponse:
        """The drafts as readers would see them, marked as a preview."""
        profile = self._profile_to_change(request, pk)
        if language not in profile.dialogue.languages:
            raise Http404
        return preview(request, profile, language)

    def publish_view(self, request: ReaderRequest, pk: int) -> HttpResponse:
        profile = self._profile_to_change(request, pk)
        newest = newest_edition(profile)
        initial = {
            "as_of": f"{timezone.localdate():%Y-%m}",
            "is_demonstration": newest.is_demonstration if newest else False,
        }
        form = PublishForm(request.POST or None, initial=initial)
        shown = PageState(request, facts_of_drafts(self._locked(request, profile)))
        if request.method == "POST" and not shown.is_older and form.is_valid():
            try:
                edition = publish(profile, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.log_change(request, profile, [{"changed": {"fields": [f"edition {edition.number}"]}}])
                self.message_user(
                    request, _("Edition %(number)s is published.") % {"number": edition.number}, messages.SUCCESS
                )
                return redirect("admin:profiles_profile_change", pk)
        rows = [row for row in desk_of(profile) if any(cell.state not in ("empty", "published") for cell in row.cells)]
        context = {"form": form, "rows": rows, "profile": profile, "who_can_read": who_can_read(profile.audience)}
        context["shown"] = shown
        return self._page(request, "publish", profile, _("Publish"), context)

    def add_language_view(self, request: ReaderRequest, pk: int, language: str) -> HttpResponse:
        """Adds a language that follows later to the edition that readers have."""
        profile = self._profile_to_change(request, pk)
        edition = newest_edition(profile)
        if edition is None or language not in languages_to_add(profile):
            raise Http404
        errors: list[str] = []
        shown = PageState(request, facts_of_drafts(self._locked(request, profile)))
        if request.method == "POST" and not shown.is_older:
            try:
                edition = add_language(profile, language)
            except ValidationError as error:
                errors = error.messages
            else:
                self.log_change(request, profile, [{"added": _added_texts(edition, language)}])
                words = _("Readers can now read the edition of %(date)s in this language too: %(language)s.")
                names = {"date": wording.period(edition.as_of), "language": wording.language(language)}
                self.message_user(request, words % names, messages.SUCCESS)
                return redirect("admin:profiles_profile_change", pk)
        title = _("Add %(language)s to the edition of %(date)s") % {
            "language": wording.language(language),
            "date": wording.period(edition.as_of),
        }
        context = {"errors": errors, "drafts": drafts_to_add(edition, language), "language": language, "shown": shown}
        return self._page(request, "add_language", profile, title, context)

    def take_back_view(self, request: ReaderRequest, pk: int, number: int) -> HttpResponse:
        profile = self._profile_to_change(request, pk)
        edition = get_object_or_404(Edition, profile=profile, number=number)
        words = _(
            "The texts of edition %(number)s stand in the drafts again (%(changed)s changed). Publish to make them current. What stood there before is kept below."
        )
        return self._go_back(
            request, profile, content_of_edition(edition), words, {"edition": edition, "number": number}
        )

    def have_back_view(self, request: ReaderRequest, pk: int, kept: int) -> HttpResponse:
        """Puts kept drafts back where they were."""
        profile = self._profile_to_change(request, pk)
        row = get_object_or_404(KeptDrafts.objects.visible_to(request.viewer), profile=profile, pk=kept)
        words = _(
            "The kept texts stand in the drafts again (%(changed)s changed). What stood there before is kept below."
        )
        return self._go_back(request, profile, content_of_kept(row), words, {"kept": row})

    def _go_back(
        self, request: ReaderRequest, profile: Profile, coming: Content, words: str, context: dict
    ) -> HttpResponse:
        shown = context["shown"] = PageState(request, facts_of_drafts(self._locked(request, profile)))
        if request.method == "POST" and not shown.is_older:
            changed = roll_back(profile, coming, by=request.user)
            self.message_user(request, words % {"number": context.get("number"), "changed": changed})
            return redirect("admin:profiles_profile_change", profile.pk)
        title = _("Go back to this edition") if "edition" in context else _("Have these drafts back")
        context["replaced"] = replaced_by(profile, coming)
        return self._page(request, "take_back", profile, title, context)

    def _page(self, request: ReaderRequest, template: str, profile: Profile, title: str, context: dict) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "original": profile, "title": title}
        return TemplateResponse(request, f"admin/profiles/profile/{template}.html", shared | context)
