"""Databases with 10,000, 100,000 and 1,000,000 articles in three languages, beside the loaded world."""

from django.db import connection, connections

from access.viewer import Viewer
from access.viewing import viewing
from accounts.audiences.presets import Preset, audience_of
from atlas.models import Subject
from newscentre.models import Category, Feed, Fetching, Publisher
from search.entries import TABLES, WRITE

SIZES = (10_000, 100_000, 1_000_000)
RESTRICTED_SIZES = (10_000, 100_000)  # restricted ones, beside as many for everyone
A_TENTH_RESTRICTED = "n %% 10 = 7"
HALF_RESTRICTED = "n / 40 %% 2 = 1"  # whatever language and word
DIALOGUE, THEME = "mtm", "irregular-mixed-migration"
CATEGORY = "remittances"
# Words by how often they stand in a text. A hundred others are drawn by chance, so that texts differ.
NEARLY_ALL, A_TENTH, ARABIC_NEARLY_ALL, ARABIC_A_TENTH, RARE = "migration", "border", "الهجرة", "الحدود", "zugzwang"
EVERY_RARE = 5000  # articles between two with the rare word, which name the town too
RARE_TOWN, TOWN_WITHOUT_NEWS = "sebha", "agadez"
ARTICLES = """
    INSERT INTO newscentre_article (feed_id, key, page, digest, link, title, title_language, excerpt, excerpt_language,
        published_at, dated, seen_at, categories, subjects, edited, story, status)
    SELECT CASE WHEN {is_restricted} THEN %(restricted)s ELSE %(open)s END, 'k' || n, '', '', 'https://news.example/' || n,
        w.often || CASE WHEN n %% 10 = 3 THEN ' ' || w.seldom ELSE '' END || CASE WHEN n %% %(rare)s = 0 THEN ' ' || %(word)s ELSE '' END
            || ' ' || w.others, w.language, w.others || ' ' || w.others, w.language,
        now() - n * interval '7 minutes', '', now(), ARRAY[(%(categories)s::text[])[1 + n %% %(number_of_categories)s]],
        ARRAY[(%(subjects)s::bigint[])[1 + n %% %(number_of_subjects)s]]
            || CASE WHEN n %% %(rare)s = 0 THEN %(rare_subject)s ELSE '{{}}'::bigint[] END,
        '{{}}', gen_random_uuid(), 'published'
    FROM generate_series(1::bigint, %(size)s) n
    CROSS JOIN LATERAL (
        SELECT CASE n / 10 %% 4 WHEN 0 THEN 'ar' WHEN 1 THEN 'fr' ELSE 'en' END AS language,
               CASE WHEN n %% 20 = 11 THEN '' WHEN n / 10 %% 4 = 0 THEN %(arabic_often)s ELSE %(often)s END AS often,
               CASE WHEN n / 10 %% 4 = 0 THEN %(arabic_seldom)s ELSE %(seldom)s END AS seldom,
               (SELECT string_agg('w' || (n * 7919 + i * 104729) %% (37 * i), ' ') FROM generate_series(1::bigint, 12) i) AS others
    ) w
"""


def fill(size: int, is_restricted: str = A_TENTH_RESTRICTED) -> None:
    """Adds so many articles to the database that Django speaks to. `is_restricted`: SQL of the number `n` of an article.

    At once, with the search table made by the view from which it is made one by one.
    """
    table = "newscentre_article"
    with connections["owner"].cursor() as owner:
        for event in TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER article_entries_{event}")
    with viewing(Viewer.secretariat_of(DIALOGUE)):
        publisher = Publisher.objects.create(slug="bench", name="Bench")
        opened, restricted = (
            Feed.objects.create(
                publisher=publisher, name=str(preset), dialogue_id=DIALOGUE, audience=audience_of(preset, DIALOGUE, THEME)
            )
            for preset in (Preset.PUBLIC, Preset.THEME)
        )  # fmt: skip
        values = {
            "open": opened.pk, "restricted": restricted.pk, "size": size, "rare": EVERY_RARE, "word": RARE,
            "often": NEARLY_ALL, "seldom": A_TENTH, "arabic_often": ARABIC_NEARLY_ALL, "arabic_seldom": ARABIC_A_TENTH,
        }  # fmt: skip
        categories = list(Category.objects.values_list("slug", flat=True))
        subjects = list(Subject.objects.filter(kind="country").values_list("pk", flat=True))
        values["rare_subject"] = list(Subject.objects.filter(kind="hub", slug=RARE_TOWN).values_list("pk", flat=True))
        values |= {"categories": categories, "number_of_categories": len(categories)}
        values |= {"subjects": subjects, "number_of_subjects": len(subjects)}
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(ARTICLES.format(is_restricted=is_restricted), values)
            cursor.execute(WRITE, ["article", "newscentre_article_entries"])
    with connections["owner"].cursor() as owner:
        for event in TABLES:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER article_entries_{event}")


def pause_feeds() -> None:
    """In the database that Django speaks to none is due, and a publisher of feeds that are measured is there."""
    with viewing(Viewer.secretariat_of(DIALOGUE)):
        Fetching.objects.update(is_paused=True)
        Publisher.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
