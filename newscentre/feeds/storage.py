"""Stores what a fetch brought in one statement: adds new articles, updates changed ones, leaves the others alone."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Case, When

from newscentre.articles.names import concepts, tagger
from newscentre.models import Article, Feed, Rule, Status
from newscentre.stages.clean import Item
from newscentre.stages.cluster import MOST_NEIGHBOURS, WINDOW, Story, StoryIndex
from newscentre.stages.identify import Identity, identities
from newscentre.stages.plan import Plan, PlannedRow, StoredArticle, plan
from newscentre.stages.tag import Tagger, Tags

MOST_OF_PAGES = 500  # newest articles of a page that shows one after another, such as the latest alert

# What an editor changed stays; so does the story, and whether it is published. A row that another worker brought up to
# date meanwhile is passed over.
UPSERT = """
    INSERT INTO newscentre_article AS a (
        feed_id, key, page, digest, link, title, title_language, excerpt, excerpt_language, published_at, dated, seen_at,
        is_date_known, given_title, categories, subjects, edited, story, status, audience)
    SELECT %(feed)s, r.key, r.page, r.digest, r.link, r.title, r.title_language, r.excerpt, r.excerpt_language,
           r.published_at, r.dated, %(now)s, r.is_date_known, r.title, r.categories, r.subjects, '{}', r.story, r.status,
           CASE WHEN r.status = 'published' THEN NULL ELSE '{}'::text[] END
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        key text, page text, digest text, link text, title text, title_language text, excerpt text,
        excerpt_language text, published_at timestamptz, is_date_known boolean, dated text, categories text[],
        subjects bigint[], story uuid, status text)
    ON CONFLICT (feed_id, key) DO UPDATE SET
        page = EXCLUDED.page, digest = EXCLUDED.digest, dated = EXCLUDED.dated, given_title = EXCLUDED.given_title,
        link = CASE WHEN 'link' = ANY (a.edited) THEN a.link ELSE EXCLUDED.link END,
        title = CASE WHEN 'title' = ANY (a.edited) THEN a.title ELSE EXCLUDED.title END,
        title_language = CASE WHEN a.edited && ARRAY['title', 'title_language']::varchar[] THEN a.title_language
                              ELSE EXCLUDED.title_language END,
        excerpt = CASE WHEN 'excerpt' = ANY (a.edited) THEN a.excerpt ELSE EXCLUDED.excerpt END,
        excerpt_language = CASE WHEN a.edited && ARRAY['excerpt', 'excerpt_language']::varchar[] THEN a.excerpt_language
                                ELSE EXCLUDED.excerpt_language END,
        published_at = CASE WHEN 'published_at' = ANY (a.edited) THEN a.published_at
                            ELSE least(EXCLUDED.published_at, a.seen_at) END,
        is_date_known = CASE WHEN 'published_at' = ANY (a.edited) THEN a.is_date_known ELSE EXCLUDED.is_date_known END,
        categories = CASE WHEN 'categories' = ANY (a.edited) THEN a.categories ELSE EXCLUDED.categories END,
        subjects = CASE WHEN 'subjects' = ANY (a.edited) THEN a.subjects ELSE EXCLUDED.subjects END
    WHERE a.digest IS DISTINCT FROM EXCLUDED.digest
"""


def store(feed: Feed, items: Sequence[Item], now: datetime) -> Plan:
    """Brings the feed's articles up to date. To be called as its secretariat; returns what was planned and done."""
    named = identities(items)
    planned = plan(items, known_of(feed, named), named)
    tagging = tagger()
    _drop(planned, feed, tagging)
    if planned.rows:
        tags = [tagging.tags_of(row.item) for row in planned.rows]
        stories = stories_of(feed, [row.item for row in planned.rows], tags)
        written = [_values(*row, feed) for row in zip(planned.rows, tags, stories, strict=True)]
        values: dict[str, Any] = {"feed": feed.pk, "now": now, "rows": json.dumps(written)}
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, values)
    return planned


def _drop(planned: Plan, feed: Feed, tagging: Tagger) -> None:
    """Leaves out new articles that the feed's rules drop; one that is stored already stays, and is kept up to date."""
    drops = feed.drops
    if not drops:
        return
    kept = [row for row in planned.added if not drops.drops(row.item, tagging.tags_of(row.item))]
    planned.added, planned.dropped = kept, len(planned.added) - len(kept)


def known_of(feed: Feed, named: Sequence[Identity]) -> list[StoredArticle]:
    """The stored articles that the items with these identities may be.

    Asked apart, so that each question finds its index: together PostgreSQL looks at everything the feed ever gave.
    """
    marks = {mark for one in named for mark in one.marks}
    of_feed = Article.objects.filter(feed=feed).order_by()
    as_given = of_feed.annotate(given=Case(When(given_title="", then="title"), default="given_title"))
    said = as_given.values_list(
        "pk", "key", "page", "digest", "given", "excerpt", "published_at", "is_date_known", "status"
    )
    of_pages = said.filter(page__in=marks).exclude(page="").order_by("-pk")[: MOST_OF_PAGES + len(marks)]
    stored = said.filter(key__in=marks).union(of_pages)
    return [
        StoredArticle(key, page, digest, title, excerpt, moment if is_known else None, status == Status.PUBLISHED)
        for _, key, page, digest, title, excerpt, moment, is_known, status in stored.order_by("-pk")
    ]


def _values(row: PlannedRow, tags: Tags, story: uuid.UUID, feed: Feed) -> dict[str, Any]:
    item = row.item
    return {
        "key": row.key,
        "page": row.page,
        "digest": row.digest,
        "link": item.link,
        "title": item.title.text,
        "title_language": item.title.language,
        "excerpt": item.excerpt.text,
        "excerpt_language": item.excerpt.language,
        "published_at": item.published_at.isoformat(),
        "is_date_known": item.is_date_known,
        "dated": item.dated,
        "categories": list(dict.fromkeys([*feed.categories, *tags.categories])),
        "subjects": list(dict.fromkeys([*feed.subjects, *map(int, tags.subjects)])),
        "story": str(story),
        "status": Status.PUBLISHED if feed.rule == Rule.PUBLISH and not row.follows else Status.INBOX,
    }


def stories_of(feed: Feed, items: Sequence[Item], tags: Sequence[Tags]) -> list[uuid.UUID]:
    """For each item the story it tells: that of an article of the same dialogue from these days, or a new one."""
    new = [
        Story.of((item.title.text, item.excerpt.text), item.language, item.published_at, tagged.subjects, concepts())
        for item, tagged in zip(items, tags, strict=True)
    ]
    told, found = _told_around(feed, new), []
    for story in new:
        found.append(told.same_as(story) or uuid.uuid4())
        told.add(story, found[-1])
    return found


# Of each day around an item, and each subject that it names, the newest articles of other feeds of the dialogue: as many as
# an item is held against. Each of these days is read once, by the index of articles by day, whatever lies between them.
AROUND = """
    WITH wanted AS (
        SELECT DISTINCT item.subject, item.day + away AS day
        FROM unnest(%(subjects)s::bigint[], %(days)s::date[]) AS item (subject, day), generate_series(-%(window)s, %(window)s) away
    )
    SELECT DISTINCT near.id, near.published_at, near.subjects, near.title, near.excerpt, near.title_language, near.story
    FROM (SELECT DISTINCT day FROM wanted) AS days
    CROSS JOIN LATERAL (
        SELECT a.*, row_number() OVER (PARTITION BY wanted.subject ORDER BY a.published_at DESC, a.id DESC) AS place
        FROM newscentre_article a JOIN newscentre_feed f ON f.id = a.feed_id
        CROSS JOIN LATERAL unnest(a.subjects) AS named (subject)
        JOIN wanted ON wanted.day = days.day AND wanted.subject = named.subject
        WHERE a.published_at >= days.day::timestamp AT TIME ZONE 'UTC'
          AND a.published_at < (days.day + 1)::timestamp AT TIME ZONE 'UTC'
          AND f.dialogue_id = %(dialogue)s AND f.id <> %(feed)s
    ) AS near
    WHERE near.place <= %(most)s
    ORDER BY near.published_at, near.id
"""


def _told_around(feed: Feed, stories: Sequence[Story]) -> StoryIndex:
    """What other feeds of the dialogue told within the window, of each item the newest and nearest."""
    told = StoryIndex()
    pairs = sorted({(int(one), story.published_at.date()) for story in stories for one in story.subjects})
    if not pairs:
        return told
    subjects, days = zip(*pairs, strict=True)
    values: dict[str, Any] = {
        "subjects": list(subjects),
        "days": list(days),
        "window": WINDOW.days,
        "most": MOST_NEIGHBOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute(AROUND, {**values, "dialogue": feed.dialogue_id, "feed": feed.pk})
        for _pk, moment, named, title, excerpt, language, name in cursor.fetchall():
            keys = list(map(str, named))
            ready = partial(Story.of, (title, excerpt), language, moment, keys, concepts())
            told.add_unread(keys, moment.date(), ready, name)
    return told
