"""Bulk actions on articles. Each function takes the articles that the desk may change, and returns how many it changed."""

import uuid

from django.db import connection, transaction
from django.db.models import Count, F, Max

from newscentre.models import Article, ArticleQuerySet, Review, ReviewItem, Status

CORRECT = """
    UPDATE newscentre_article SET {field} = {value},
        edited = CASE WHEN %(field)s = ANY (edited) THEN edited ELSE edited || %(field)s::varchar END
    WHERE id = ANY (%(articles)s) AND {field} IS DISTINCT FROM {value}
"""
ADDED = "CASE WHEN %(added)s = ANY ({field}) THEN {field} ELSE {field} || %(added)s END"
TAKEN_AWAY = "array_remove({field}, %(added)s)"


def publish(articles: ArticleQuerySet) -> int:
    """For the readers that were chosen, else their feeds'. What is first-hand waits for somebody to say who may read it."""
    waiting = articles.exclude(status=Status.PUBLISHED).filter(is_first_hand=False)
    return waiting.update(status=Status.PUBLISHED, audience=F("planned_audience"))


def hide(articles: ArticleQuerySet) -> int:
    """Hides articles from everyone but the secretariat. Keeps their audience for when they are published again."""
    articles.filter(status=Status.PUBLISHED).update(planned_audience=F("audience"))
    return articles.exclude(status=Status.HIDDEN).update(status=Status.HIDDEN, audience=[])


@transaction.atomic
def merge(articles: ArticleQuerySet, desk: ArticleQuerySet) -> int:
    """All articles of the stories that these tell become one story: the oldest's. `desk`: all that the desk may change."""
    stories = list(articles.order_by("published_at", "pk").values_list("story", flat=True))
    if len(set(stories)) < 2:
        return 0
    told = desk.filter(story__in=stories)
    return _retell(dict.fromkeys(told.values_list("pk", flat=True), stories[0]))


@transaction.atomic
def split(articles: ArticleQuerySet) -> int:
    """Each of these tells a story of its own."""
    return _retell({pk: uuid.uuid4() for pk in articles.values_list("pk", flat=True)})


def _retell(stories: dict[int, uuid.UUID]) -> int:
    rows = list(Article.objects.select_for_update(of=("self",)).filter(pk__in=stories))
    for row in rows:
        row.story, row.edited = stories[row.pk], sorted({*row.edited, "story"})
    return Article.objects.bulk_update(rows, ["story", "edited"])


def pick(articles: ArticleQuerySet, month: str) -> int:
    """Puts them at the end of their dialogues' press reviews of the month, which begin with the first; oldest first."""
    picked = 0
    for article in articles.select_related("feed").order_by("published_at", "pk"):
        review, _ = Review.objects.get_or_create(dialogue_id=article.feed.dialogue_id, month=month)
        place = (review.items.aggregate(last=Max("position"))["last"] or 0) + 1
        _, is_new = ReviewItem.objects.get_or_create(review=review, article=article, defaults={"position": place})
        picked += is_new
    return picked


def add_to_review(articles: ArticleQuerySet, field: str, value: str | int) -> int:
    """Adds a category (`categories`) or a subject (`subjects`)."""
    return _correct(articles, field, ADDED, value)


def take_out_of(articles: ArticleQuerySet, field: str, value: str | int) -> int:
    return _correct(articles, field, TAKEN_AWAY, value)


def _correct(articles: ArticleQuerySet, field: str, expression: str, value: str | int) -> int:
    """One statement, so that of two editors at once neither undoes what the other did."""
    assert field in ("categories", "subjects")
    kind = "%(added)s::varchar" if field == "categories" else "%(added)s::bigint"
    statement = CORRECT.format(field=field, value=expression.replace("%(added)s", kind).format(field=field))
    chosen = list(articles.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"field": field, "added": value, "articles": chosen})
        return cursor.rowcount


def waiting_by_language(desk: ArticleQuerySet) -> dict[str, int]:
    """Language of the title → articles in the inbox; an empty one where it is not known."""
    waiting = desk.filter(status=Status.INBOX).order_by().values_list("title_language")
    return dict(waiting.annotate(number=Count("pk")))
