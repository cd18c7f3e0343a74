"""What stands in the search tables of each kind of this room is a view, and triggers write it by `imap_write_entries`."""

from django.db import migrations

from search.entries import of_itself, when, where_differing

# In every language and spelling, so that سبها finds what is written on Sebha.
NAMES = """(SELECT concat_ws(' . ', s.name_en, s.name_fr, s.name_ar,
                (SELECT string_agg(v.text, ' . ' ORDER BY v.id) FROM atlas_namevariant v WHERE v.subject_id = s.id))
        FROM atlas_subject s WHERE s.id = {subject})"""


def weighed(weight: str, *said: str) -> str:
    """SQL: these texts as words of `said.language`."""
    texts = ", ".join(said)
    return f"setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', {texts}))), '{weight}')"


ARTICLES = f"""
SELECT 'article' AS kind, a.id AS record, said.language, a.published_at AS at,
       imap_narrowing(a.audience::text, f.audience::text) AS audiences,
       {weighed("A", "said.title")} || {weighed("B", "said.excerpt", "said.summary")} || {weighed("C", "names.said")} AS vector
FROM newscentre_article a
JOIN newscentre_feed f ON f.id = a.feed_id
CROSS JOIN LATERAL (
    SELECT string_agg({NAMES.format(subject="of_article.id")}, ' . ' ORDER BY of_article.id) AS said
    FROM (SELECT DISTINCT id FROM unnest(a.subjects) id) of_article
) names
CROSS JOIN LATERAL (
    SELECT a.title_language AS language, a.title, a.excerpt,
           CASE a.title_language WHEN 'en' THEN a.summary_en WHEN 'fr' THEN a.summary_fr WHEN 'ar' THEN a.summary_ar END AS summary
    UNION ALL
    SELECT summaries.language, '', '', summaries.text
    FROM (VALUES ('en', a.summary_en), ('fr', a.summary_fr), ('ar', a.summary_ar)) AS summaries (language, text)
    WHERE summaries.text <> '' AND summaries.language <> a.title_language
) said
WHERE a.status = 'published'
"""


def in_each_language(kind: str, table: str, at: str, vector: str, *columns: str) -> str:
    """A row in each language of the interface in which it has a name; `{}` in `columns` stands for the language."""
    names = ", ".join(column.partition(" ")[0] for column in columns)
    values = ", ".join(
        f"('{code}', {', '.join(column.partition(' ')[2].format(code) for column in columns)})"
        for code in ("en", "fr", "ar")
    )
    return f"""
SELECT '{kind}' AS kind, r.id AS record, said.language, {at} AS at, imap_narrowing(r.audience::text) AS audiences,
       {vector} AS vector
FROM {table} r CROSS JOIN LATERAL (VALUES {values}) AS said (language, {names})
WHERE coalesce(said.name, '') <> ''
"""


MEETINGS = in_each_language(
    "meeting",
    "newscentre_meeting",
    "imap_first_moment(r.starts)",
    " || ".join(
        (
            weighed("A", "said.name", "said.series"),
            weighed("B", "said.city", "said.about", "said.visits"),
            weighed("C", NAMES.format(subject="r.country_id")),
        )
    ),
    *(f"{column} r.{column}_{{}}" for column in ("name", "series", "city", "about", "visits")),
)
DOCUMENTS = f"""
SELECT 'document' AS kind, said.id AS record, said.language, imap_first_moment(m.starts) AS at,
       imap_narrowing(said.audience::text, m.audience::text) AS audiences,
       {weighed("A", "said.title")} || {weighed("C", "m.name_en", "m.name_fr", "m.name_ar")} AS vector
FROM newscentre_meetingdocument said JOIN newscentre_meeting m ON m.id = said.meeting_id
"""
NAMED = weighed("A", "said.name") + " || " + weighed("B", "said.about")
PUBLICATIONS = in_each_language(
    "publication",
    "newscentre_publication",
    "make_timestamptz(r.year, 1, 1, 0, 0, 0, 'UTC')",
    NAMED,
    "name r.title",
    "about concat_ws(' . ', r.about_{0}, r.remark_{0})",
)
PROJECTS = in_each_language(
    "project",
    "newscentre_project",
    "imap_first_moment(r.starts)",
    NAMED,
    "name concat_ws(' . ', r.acronym, r.name_{0})",
    "about concat_ws(' . ', r.about_{0}, r.outcome_{0}, r.other_partners_{0})",
)
LINKS = in_each_language("link", "newscentre_link", "r.changed_at", NAMED, "name r.name_{}", "about r.about_{}")
VIEWS = {
    "article": ARTICLES,
    "meeting": MEETINGS,
    "meetingdocument": DOCUMENTS,
    "publication": PUBLICATIONS,
    "project": PROJECTS,
    "link": LINKS,
}
KINDS = {name: "document" if name == "meetingdocument" else name for name in VIEWS}

OF_FEED = "SELECT a.id FROM newscentre_article a JOIN changed c ON c.id = a.feed_id WHERE a.status = 'published'"
OF_MEETING = "SELECT d.id FROM newscentre_meetingdocument d JOIN changed c ON c.id = d.meeting_id"
# By its tags, since an array has no index under row-level security.
TAGGED = """SELECT a.id FROM {changed} JOIN atlas_subject s ON s.id = c.{subject}
    JOIN newscentre_articletag t ON t.tag = 'subject/' || s.slug JOIN newscentre_article a ON a.id = t.article_id
    WHERE s.id = ANY (a.subjects)"""
IN_COUNTRY = "SELECT m.id FROM newscentre_meeting m JOIN {changed} ON m.country_id = c.{subject}"
NAMES_OF_SUBJECT = "name_en name_fr name_ar"
FORMER = "former c"


def by_names(kind: str, query: str) -> list[migrations.RunSQL]:
    """When a subject is called otherwise, or has another spelling."""
    view = f"newscentre_{kind}_entries"
    renamed = where_differing(NAMES_OF_SUBJECT, query.format(changed="changed c", subject="id"))
    one, other = (query.format(changed=changed, subject="subject_id") for changed in ("changed c", FORMER))
    spellings = {"added": one, "changed": f"{one} UNION {other}", "removed": one}
    return when(kind, view, "atlas_subject", {"changed": renamed}) + when(kind, view, "atlas_namevariant", spellings)


def without(name: str, *tables: str) -> list[migrations.RunSQL]:
    """What wrote entries before."""
    noop = migrations.RunSQL.noop
    made = [migrations.RunSQL(f"DROP TRIGGER in_search ON {table}", noop) for table in tables]
    return [*made, *(migrations.RunSQL(f"DROP FUNCTION {table}_in_search()", noop) for table in tables)]


def kept(name: str, query: str) -> list[migrations.RunSQL]:
    view = f"newscentre_{name}_entries"
    return [
        migrations.RunSQL(f"CREATE VIEW {view} WITH (security_invoker = true) AS {query}", f"DROP VIEW {view}"),
        *of_itself(KINDS[name], view, f"newscentre_{name}"),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("newscentre", "0022_given_titles_and_unknown_dates"),
        ("search", "0005_restricted_entries"),
        ("atlas", "0003_names_of_relations"),
    ]

    operations = [
        *without("in_search", *(f"newscentre_{name}" for name in ("article", "feed", "meeting", "meetingdocument"))),
        *without("in_search", *(f"newscentre_{name}" for name in ("publication", "project", "link"))),
        migrations.RunSQL("DROP VIEW newscentre_entries", migrations.RunSQL.noop),
        *(operation for name, query in VIEWS.items() for operation in kept(name, query)),
        *when(
            "article",
            "newscentre_article_entries",
            "newscentre_feed",
            {"changed": where_differing("audience", OF_FEED)},
        ),
        *when(
            "document",
            "newscentre_meetingdocument_entries",
            "newscentre_meeting",
            {"changed": where_differing("audience starts name_en name_fr name_ar", OF_MEETING)},
        ),
        *by_names("article", TAGGED),
        *by_names("meeting", IN_COUNTRY),
        *(
            migrations.RunSQL(
                f"SELECT imap_write_entries('{KINDS[name]}', 'newscentre_{name}_entries', NULL, false)",
                migrations.RunSQL.noop,
            )
            for name in VIEWS
        ),
    ]
