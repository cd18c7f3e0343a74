import django.db.models.deletion
from django.db import migrations, models

from access.lock import Lock, secretariat_holds

# A hub and a town of one name are one tag.
TAGS = """
INSERT INTO newscentre_articletag (article_id, tag, published_at)
SELECT a.id, 'subject/' || s.slug, a.published_at FROM {articles} a JOIN atlas_subject s ON s.id = ANY (a.subjects)
WHERE a.status = 'published'
UNION SELECT a.id, 'category/' || slug, a.published_at FROM {articles} a, unnest(a.categories) slug
WHERE a.status = 'published';
"""
OF_ARTICLES = f"""
CREATE FUNCTION newscentre_article_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM newscentre_articletag WHERE article_id = NEW.id;
    END IF;
    {TAGS.format(articles="(SELECT NEW.*)")}
    RETURN NULL;
END
$$
"""
# Whoever changes a subject may be of no secretariat: for this one statement the database is asked as all of them.
OF_SUBJECTS = """
CREATE FUNCTION newscentre_subject_tags() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    viewer text := coalesce(current_setting('imap.viewer', true), '');
BEGIN
    PERFORM set_config('imap.viewer', array_agg('secretariat:' || slug)::text, true) FROM atlas_dialogue;
    UPDATE newscentre_articletag SET tag = 'subject/' || NEW.slug WHERE tag = 'subject/' || OLD.slug;
    PERFORM set_config('imap.viewer', viewer, true);
    RETURN NULL;
END
$$
"""
OF_ARTICLE = (
    "EXISTS (SELECT 1 FROM newscentre_article a JOIN newscentre_feed f ON f.id = a.feed_id "
    f"WHERE a.id = article_id AND {secretariat_holds('f.dialogue_id')})"
)
OF_EARLIER = f"""
SELECT set_config('imap.keeping', 'on', true);
{TAGS.format(articles="newscentre_article")}
SELECT set_config('imap.keeping', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0018_filter_by_subject")]

    operations = [
        migrations.CreateModel(
            name="ArticleTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tag", models.CharField(max_length=60)),
                ("published_at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="newscentre.article",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("article", "tag"), name="one_tag_once_of_an_article"),
                ],
                "indexes": [models.Index(fields=["tag", "-published_at", "-article"], name="news_by_tag")],
            },
        ),
        migrations.RemoveIndex(model_name="article", name="articles_of_subjects"),
        migrations.RemoveIndex(model_name="article", name="articles_of_categories"),
        migrations.RunSQL(OF_EARLIER, migrations.RunSQL.noop),
        Lock("newscentre_articletag", audience=None, parents={"article_id": "newscentre_article"}, write=OF_ARTICLE),
        migrations.RunSQL(OF_ARTICLES, "DROP FUNCTION newscentre_article_tags()"),
        migrations.RunSQL(
            "CREATE TRIGGER tags_of_new AFTER INSERT ON newscentre_article "
            "FOR EACH ROW EXECUTE FUNCTION newscentre_article_tags()",
            "DROP TRIGGER tags_of_new ON newscentre_article",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER tags_of_changed AFTER UPDATE OF subjects, categories, published_at, status "
            "ON newscentre_article FOR EACH ROW WHEN ((NEW.subjects, NEW.categories, NEW.published_at, NEW.status) "
            "IS DISTINCT FROM (OLD.subjects, OLD.categories, OLD.published_at, OLD.status)) "
            "EXECUTE FUNCTION newscentre_article_tags()",
            "DROP TRIGGER tags_of_changed ON newscentre_article",
        ),
        migrations.RunSQL(OF_SUBJECTS, "DROP FUNCTION newscentre_subject_tags()"),
        migrations.RunSQL(
            "CREATE TRIGGER tags_of_news AFTER UPDATE OF slug ON atlas_subject "
            "FOR EACH ROW WHEN (NEW.slug <> OLD.slug) EXECUTE FUNCTION newscentre_subject_tags()",
            "DROP TRIGGER tags_of_news ON atlas_subject",
        ),
    ]
