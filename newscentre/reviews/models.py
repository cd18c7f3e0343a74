"""Models of a press review: articles of a month, chosen, ordered and commented by a secretariat."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField
from access.visibility import RestrictedModel, RestrictedQuerySet, SaysItsReaders
from atlas import wording
from atlas.models import Dialogue

MONTH = RegexValidator(r"^20[0-9]{2}-(?:0[1-9]|1[0-2])$", _("A year and a month, such as 2026-11."))


def this_month() -> str:
    return f"{timezone.localdate():%Y-%m}"


class ReviewQuerySet(RestrictedQuerySet):
    def published(self) -> "ReviewQuerySet":
        return self.filter(published_at__isnull=False)


class Review(SaysItsReaders, RestrictedModel):
    """Until it is published, the Secretariat alone reads it. `planned_audience`: who will, as far as that is chosen."""

    belongs_to = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="press_reviews", verbose_name=_("dialogue"))
    month = models.CharField(_("month"), max_length=7, validators=[MONTH], default=this_month)
    introduction = models.TextField(_("introduction"), blank=True)
    audience = AudienceField(verbose_name=_("audience"))
    planned_audience = AudienceField(
        verbose_name=_("audience once it is published"), null=True, default=None, editable=False
    )
    is_mailed = models.BooleanField(
        _("also by e-mail"),
        default=False,
        help_text=_("To everyone who may read it and gets a digest of the news, once it is published."),
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects: ClassVar = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "dialogue"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "month"], name="one_press_review_of_a_month")]
        verbose_name = _("press review")
        verbose_name_plural = _("press reviews")

    def __str__(self):
        return f"{self.dialogue_id}, {self.month}"

    @property
    def title(self) -> str:
        return gettext("Press review: %(month)s") % {"month": wording.period(self.month)}

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def log_name(self) -> str:
        return f"{self.dialogue_id}/reviews/{self.month}"


class ReviewItem(RestrictedModel):
    """An article in a review; seen by whoever sees both."""

    belongs_to = ("review", "article")

    review = models.ForeignKey(Review, models.CASCADE, related_name="items", verbose_name=_("press review"))
    article = models.ForeignKey(
        "newscentre.Article", models.CASCADE, related_name="review_items", verbose_name=_("article")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        ordering = ["review", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "article"], name="an_article_once_in_a_review")]
        verbose_name = _("article of a press review")
        verbose_name_plural = _("articles of a press review")

    def __str__(self):
        return f"{self.position}"
