"""A press review as one reader may see it, for the page, the PDF and the mail alike."""

from dataclasses import dataclass, field
from uuid import UUID

from access.viewer import Viewer
from atlas.models import Dialogue
from newscentre.articles.listing import leads_of
from newscentre.models import Article, Review, ReviewItem, Status
from newscentre.translated_texts import Written, written


@dataclass(frozen=True)
class ReviewEntry:
    """A story, and what the desk says of those of its versions that it picked."""

    article: Article
    comments: list[Written] = field(default_factory=list)


@dataclass(frozen=True)
class ReadableReview:
    review: Review
    dialogue: Dialogue
    introduction: Written | None
    entries: list[ReviewEntry]

    @property
    def is_restricted(self) -> bool:
        return not self.review.is_open or any(not entry.article.is_open for entry in self.entries)


def published(viewer: Viewer):
    """Published reviews that the viewer may read, newest first."""
    return Review.objects.visible_to(viewer).published().select_related("dialogue").order_by("-month", "dialogue")


def readable_review(viewer: Viewer, **which: object) -> ReadableReview | None:
    """Three questions. None when there is none that the viewer may read.

    A story that was picked is told once, where its first version stands, and by its version in the reader's language, where
    there is one that the viewer may read.
    """
    review = published(viewer).filter(**which).first()
    if review is None:
        return None
    items = ReviewItem.objects.visible_to(viewer).filter(review=review, article__status=Status.PUBLISHED)
    items = list(items.select_related("article__feed__publisher").order_by("position", "pk"))
    leads = leads_of([item.article for item in items], viewer)
    stories: dict[UUID, ReviewEntry] = {}
    for item in items:
        entry = stories.setdefault(item.article.story, ReviewEntry(leads[item.article.pk]))
        comment = written(item, "comment")
        if comment and comment not in entry.comments:
            entry.comments.append(comment)
    return ReadableReview(review, review.dialogue, written(review, "introduction"), list(stories.values()))
