"""Admin of press reviews: their items, order, comments and audience."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.presets import Preset
from accounts.audiences.forms import AUDIENCE_FIELDS, PlannedAudienceForm
from accounts.audiences.presets import preset_of
from accounts.dialogue_model_admin import AudienceAdmin
from atlas.translation_admin import TranslatedAdmin, TranslatedStackedInline
from newscentre.models import Review, ReviewItem


class ReviewForm(PlannedAudienceForm):
    """Until it is published a review is the Secretariat's alone; whom was chosen for its readers is kept."""

    has_theme = False

    is_published = forms.BooleanField(label=_("Published"), required=False)

    class Meta:
        model = Review
        fields = ["dialogue", "month", "introduction", "is_mailed"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_published"].initial = self.instance.is_published

    def page_of_the_row(self):
        return reverse("review", args=[self.instance.dialogue_id, self.instance.month])

    def is_to_be_published(self) -> bool:
        return bool(self.cleaned_data.get("is_published"))

    def save(self, commit=True):
        if not self.cleaned_data["is_published"]:
            self.instance.published_at = None
        elif self.instance.published_at is None:
            self.instance.published_at = timezone.now()
        return super().save(commit)


class ReviewItemInline(TranslatedStackedInline):
    model = ReviewItem
    extra = 0
    fields = ["position", "article", "comment"]
    autocomplete_fields = ["article"]

    def has_delete_permission(self, request, obj=None):
        """Taking an article out again deletes nothing but the choice."""
        return self.has_change_permission(request, obj)


@admin.register(Review)
class ReviewAdmin(AudienceAdmin, TranslatedAdmin):
    form = ReviewForm
    inlines = [ReviewItemInline]
    list_display = ["month", "dialogue", "access", "published_at", "is_mailed"]
    list_filter = ["dialogue"]
    list_select_related = ["dialogue"]
    fieldsets = [
        (None, {"fields": ["dialogue", "month", "introduction"]}),
        (_("Publishing"), {"fields": ["is_published", "is_mailed", *AUDIENCE_FIELDS]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["dialogue"] if obj else []

    @admin.display(description=_("access"))
    def access(self, review: Review) -> str:
        return str(Preset(preset_of(review.audience)).label)
