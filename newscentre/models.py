"""Models of the news centre: publishers, feeds, how each feed is fetched, and articles.

What comes from a feed is read by those in the feed's audience. An article nobody published has an audience of its own,
the Secretariat alone; a published one inherits its feed's, or keeps a narrower one.
"""

import uuid
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, FilteredRelation, Q, When
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access import tokens
from access.fields import AudienceField, no_tokens
from access.names import CANNOT_BE_USED, Name
from access.numbers import AddressNumberMixin
from access.triggers import Trigger
from access.visibility import RestrictedModel, RestrictedQuerySet, SaysItsReaders
from atlas import wording
from atlas.addresses import validate_not_reserved
from atlas.models import Dialogue
from newscentre.calendar.models import Meeting as Meeting  # Django takes for models of the room what it finds here
from newscentre.calendar.models import MeetingDocument as MeetingDocument
from newscentre.calendar.models import ParticipantList as ParticipantList
from newscentre.failure_reasons import FailureReason as FailureReason
from newscentre.library.models import Project as Project
from newscentre.library.models import Publication as Publication
from newscentre.library.models import PublicationFile as PublicationFile
from newscentre.library.models import PublicationSection as PublicationSection
from newscentre.links.models import Link as Link
from newscentre.links.models import OutsideAddress as OutsideAddress
from newscentre.reviews.models import Review, ReviewItem
from newscentre.stages.drop import Drops
from newscentre.stages.fetch import NotFetched, parsed
from newscentre.subscriptions.models import Mailing, Watch
from newscentre.translated_texts import Written, written

LONGEST_LINK = 2000
ADDRESS: dict = {"validators": [validate_not_reserved], "error_messages": {"unique": CANNOT_BE_USED}}

# The tables of this room, wherever they are written down.
__all__ = [
    "Article", "ArticleTag", "Category", "Feed", "Fetching", "Mailing", "Publisher", "Review", "ReviewItem", "Watch",
]  # fmt: skip


class Category(Name):
    """What an article is about, beside the subjects it names."""

    slug = models.SlugField(_("identifier"), primary_key=True, **ADDRESS)
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        ordering = ["position"]
        verbose_name = _("category of news")
        verbose_name_plural = _("categories of news")

    def __str__(self):
        return self.name


class Publisher(Name):
    """A publisher: a newspaper, an agency, an institute."""

    slug = models.SlugField(_("identifier"), primary_key=True, **ADDRESS)
    name = models.CharField(_("name"), max_length=160)
    link = models.URLField(_("address"), max_length=LONGEST_LINK, blank=True)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")

    def __str__(self):
        return self.name


class Rule(models.TextChoices):
    """What happens to an article that comes in."""

    WAIT = "wait", _("wait for an editor")
    PUBLISH = "publish", _("publish at once")


class Feed(RestrictedModel):
    """A stream of articles of one publisher, kept by a secretariat, read by an audience.

    `is_first_hand`: the one of its dialogue in which editors write; never fetched, and no form says who reads it.
    """

    names = ("publisher",)
    belongs_to = ("dialogue",)
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="feeds", verbose_name=_("publisher"))
    name = models.CharField(_("name"), max_length=160)
    dialogue = models.ForeignKey(
        Dialogue, models.PROTECT, related_name="feeds", verbose_name=_("kept by the Secretariat of")
    )
    audience = AudienceField(verbose_name=_("audience"))
    language = models.CharField(_("language"), max_length=7, blank=True)
    categories = ArrayField(
        models.SlugField(), verbose_name=_("categories of all its articles"), default=list, blank=True
    )
    subjects = ArrayField(
        models.BigIntegerField(), verbose_name=_("subjects of all its articles"), default=list, blank=True
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("looked after by"),
    )
    is_first_hand = models.BooleanField(_("first-hand"), default=False, db_default=False, editable=False)
    rule = models.CharField(_("articles that come in"), max_length=10, choices=Rule, default=Rule.WAIT)
    drop_words = ArrayField(
        models.CharField(max_length=100), verbose_name=_("dropped: with these words"), default=list, blank=True
    )
    drop_languages = ArrayField(
        models.CharField(max_length=7), verbose_name=_("dropped: in these languages"), default=list, blank=True
    )
    drop_categories = ArrayField(
        models.SlugField(), verbose_name=_("dropped: of these categories"), default=list, blank=True
    )

    class Meta:
        ordering = ["publisher", "name"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "publisher", "name"], name="one_feed_of_a_name"),
            models.UniqueConstraint(
                fields=["dialogue"],
                condition=Q(is_first_hand=True),
                name="one_feed_of_first_hand_news",
                violation_error_message=_("A dialogue has one feed of first-hand news."),
            ),
        ]
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")

    def __str__(self):
        return f"{self.publisher} · {self.name}"

    @property
    def drops(self) -> Drops:
        """Which of the articles that come in are left out."""
        return Drops(self.drop_words, self.drop_languages, self.drop_categories)

    @property
    def log_name(self) -> str:
        return f"feed {self.pk}"


def refuse_what_is_no_web_address(address: str) -> None:
    try:
        parsed(address)
    except NotFetched:
        raise ValidationError(_("An address begins with https:// or http:// and names a host.")) from None


class Fetching(RestrictedModel):
    """Where a feed is fetched, how that went, and when it is due again; the desk's alone, since addresses may be secret.

    A claim is one fetch: whoever holds it may begin it once, and a claim that is over may be taken by another worker.
    """

    belongs_to = ("feed",)
    desk = "feed__dialogue"

    feed = models.OneToOneField(Feed, models.CASCADE, related_name="fetching", verbose_name=_("feed"))
    address = models.CharField(_("address"), max_length=LONGEST_LINK, validators=[refuse_what_is_no_web_address])
    host = models.CharField(_("host"), max_length=255, editable=False)
    is_paused = models.BooleanField(_("paused"), default=False)
    etag = models.CharField(_("mark of the last answer"), max_length=500, blank=True, editable=False)
    last_modified = models.CharField(_("date of the last answer"), max_length=500, blank=True, editable=False)
    wishes = models.JSONField(_("when its publisher wants to be asked"), default=dict, blank=True, editable=False)
    next_at = models.DateTimeField(_("next fetch"), null=True, blank=True, editable=False)
    fetched_at = models.DateTimeField(_("last fetch"), null=True, blank=True, editable=False)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    reason = models.CharField(
        _("why it gave nothing"), max_length=20, choices=FailureReason, blank=True, editable=False
    )
    claim = models.UUIDField(_("claim of a worker"), null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True, editable=False)
    begun_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    is_slow = models.BooleanField(_("slow"), default=False, db_default=False, editable=False)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="feeds_that_are_due")]
        constraints = [
            models.CheckConstraint(
                name="a_claim_has_an_end",
                violation_error_message=_("What is being fetched has a time by which that is over."),
                condition=Q(claim__isnull=True) | Q(claimed_until__isnull=False),
            )
        ]
        verbose_name = _("fetching of a feed")
        verbose_name_plural = _("fetching of feeds")

    def __str__(self):
        return str(self.feed)

    def save(self, *args, **kwargs):
        self.host = (urlsplit(self.address).hostname or "")[:255]
        super().save(*args, **kwargs)


class Status(models.TextChoices):
    INBOX = "inbox", pgettext_lazy("of an article", "in the inbox")
    PUBLISHED = "published", pgettext_lazy("of an article", "published")
    HIDDEN = "hidden", pgettext_lazy("of an article", "hidden")


class ArticleQuerySet(RestrictedQuerySet):
    def published(self) -> "ArticleQuerySet":
        return self.filter(status=Status.PUBLISHED)

    def tagged(self, tag: str) -> "ArticleQuerySet":
        """Articles with a tag, ordered by the columns of `ArticleTag`, whose index is in that order."""
        joined = f"by_{tag.partition('/')[0]}"
        of_tag = self.alias(**{joined: FilteredRelation("tags", condition=Q(tags__tag=tag))})
        moment, number = (F(f"{joined}__{name}") for name in ("published_at", "article"))
        return of_tag.alias(tagged_at=moment, tagged_pk=number).filter(tagged_at__isnull=False)

    def newest_first(self) -> "ArticleQuerySet":
        return self.order_by(*(f"-{name}" for name in self._order))

    def to_be_led(self, language: str) -> "ArticleQuerySet":
        """With the languages of their dialogues, those in this language first, then the newest: for `leading`."""
        is_read = Case(When(title_language=language, then=0), default=1)
        return self.spoken().order_by(is_read, *(f"-{name}" for name in self._order))

    def spoken(self) -> "ArticleQuerySet":
        return self.annotate(spoken=F("feed__dialogue__languages"))

    def before(self, moment: datetime, pk: int) -> "ArticleQuerySet":
        """Articles after the given one in the order newest first. The index leads there from any page."""
        at, number = self._order
        follow = Q(**{f"{at}__lt": moment}) | Q(**{f"{number}__lt": pk})
        return self.filter(follow, **{f"{at}__lte": moment})

    @property
    def _order(self) -> tuple[str, str]:
        return ("tagged_at", "tagged_pk") if "tagged_at" in self.query.annotations else ("published_at", "pk")


class Article(SaysItsReaders, AddressNumberMixin, RestrictedModel):
    """An article of the press as the portal may show it: title, excerpt, and the way to its publisher.

    `summary`: the editors' own, in each language that it was written in. `is_first_hand`: told to the portal by those who
    saw it, read by fewer, without any person's name. `released_at`: since when readers may read it; the database writes it.
    `is_date_known`: else `published_at` is when it came in. `given_title`: the publisher's, whatever an editor made of it.
    `edited`: names of fields that an editor changed, which no fetch overwrites. `story`: shared by the articles that tell
    the same; no foreign key, since each is seen by its own audience. `planned_audience`: who reads it once it is published,
    its feed's readers where that is null; until then the Secretariat alone.
    """

    belongs_to = ("feed",)
    triggers = (
        Trigger("released", "BEFORE INSERT OR UPDATE OF status", "newscentre_article_released()"),
        Trigger("tags_of_new", "AFTER INSERT", "newscentre_article_tags()"),
        Trigger(
            "tags_of_changed",
            "AFTER UPDATE OF subjects, categories, published_at, status",
            "newscentre_article_tags()",
            when="(NEW.subjects, NEW.categories, NEW.published_at, NEW.status)"
            " IS DISTINCT FROM (OLD.subjects, OLD.categories, OLD.published_at, OLD.status)",
        ),
    )

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="articles", verbose_name=_("feed"))
    audience = AudienceField(verbose_name=_("audience"), null=True, default=no_tokens)
    planned_audience = AudienceField(
        verbose_name=_("audience once it is published"), null=True, default=None, editable=False
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.INBOX)
    key = models.CharField(_("what tells it apart"), max_length=40, editable=False)
    page = models.CharField(_("what tells its page apart"), max_length=40, blank=True, editable=False)
    digest = models.CharField(_("digest"), max_length=32, editable=False)
    link = models.CharField(_("address"), max_length=LONGEST_LINK, blank=True)
    title = models.CharField(_("title"), max_length=400)
    title_language = models.CharField(_("language of the title"), max_length=7, blank=True)
    excerpt = models.TextField(_("excerpt"), blank=True)
    excerpt_language = models.CharField(_("language of the excerpt"), max_length=7, blank=True)
    published_at = models.DateTimeField(_("published"))
    is_date_known = models.BooleanField(_("date known"), default=True, db_default=True, editable=False)
    given_title = models.CharField(
        _("title as the publisher gives it"), max_length=400, blank=True, default="", db_default="", editable=False
    )
    dated = models.CharField(_("date as the feed gives it"), max_length=100, blank=True, editable=False)
    seen_at = models.DateTimeField(_("seen"), editable=False)
    categories = ArrayField(models.SlugField(), verbose_name=_("categories"), default=list, blank=True)
    subjects = ArrayField(models.BigIntegerField(), verbose_name=_("subjects"), default=list, blank=True)
    summary = models.TextField(_("summary"), blank=True, default="", db_default="")
    is_first_hand = models.BooleanField(
        _("first-hand"),
        default=False,
        db_default=False,
        help_text=_("Told by those who saw it. Read by named partners, a group or the Secretariat; never by everyone."),
    )
    released_at = models.DateTimeField(_("open to its readers since"), null=True, blank=True, editable=False)
    edited = ArrayField(
        models.CharField(max_length=30),
        verbose_name=_("changed by an editor"),
        default=list,
        blank=True,
        editable=False,
    )
    story = models.UUIDField(_("story"), default=uuid.uuid4, editable=False)

    objects: ClassVar = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["feed", "key"], name="one_article_once_in_a_feed"),
            models.CheckConstraint(
                name="only_what_is_published_inherits", condition=Q(status=Status.PUBLISHED) | Q(audience__isnull=False),
                violation_error_message=_("Only what is published is read by the readers of its feed."),
            ),
            models.CheckConstraint(
                name="first_hand_is_never_for_everyone", violation_error_code="is_first_hand",
                violation_error_message=_("First-hand news are not for everyone: say who may read them."),
                condition=Q(is_first_hand=False) | (Q(audience__isnull=False) & ~Q(audience__contains=[tokens.PUBLIC])),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["title_language", "-published_at", "-id"], condition=Q(status="inbox"), name="inbox"),
            models.Index(fields=["released_at"], condition=Q(status="published"), name="news_by_release"),
            models.Index(fields=["-published_at", "-id"], condition=Q(status="published"), name="news_by_date"),
            models.Index(
                fields=["title_language", "-published_at", "-id"],
                condition=Q(status="published"),
                name="news_by_language",
            ),
            models.Index(fields=["feed", "-published_at", "-id"], name="articles_of_a_feed"),
            models.Index(fields=["feed", "page"], condition=~Q(page=""), name="articles_by_page"),
            models.Index(fields=["story"], name="articles_of_a_story"),
        ]
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self):
        return self.title

    @property
    def audience_parent(self) -> Feed:
        """What it is a part of, whose audience it has where it has none of its own."""
        return self.feed

    @property
    def log_name(self) -> str:
        return f"news/{self.address_number}"

    @property
    def day(self) -> str:
        """When it was published, in words; or that nobody knows, and when it came in."""
        day = wording.day(self.published_at)
        return day if self.is_date_known else gettext("date unknown, seen on %(day)s") % {"day": day}

    @property
    def told(self) -> Written | None:
        """The editors' summary, in the active language where there is one."""
        return written(self, "summary")

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED


class ArticleTag(RestrictedModel):
    """What a published article is asked for by, `category/remittances` or `subject/sebha`; written by the database alone.

    By its index the newest articles of a tag are found at once, however few or old they are. Arrays have no such index
    under row-level security: their operators might tell what they saw.
    """

    belongs_to = ("article",)

    article = models.ForeignKey(Article, models.CASCADE, related_name="tags", db_index=False)
    tag = models.CharField(max_length=60)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "tag"], name="one_tag_once_of_an_article")]
        indexes = [models.Index(fields=["tag", "-published_at", "-article"], name="news_by_tag")]

    def __str__(self):
        return self.tag
