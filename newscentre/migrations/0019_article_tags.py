import django.db.models.deletion
from django.db import migrations, models

OF_ARTICLES = """
CREATE FUNCTION newscentre_article_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM newscentre_articletag WHERE article_id = NEW.id;
    END IF;
    INSERT INTO newscentre_articletag (article_id, tag)
    SELECT NEW.id, 'subject/' || pk FROM unnest(NEW.subjects) pk
    UNION SELECT NEW.id, 'category/' || slug FROM unnest(NEW.categories) slug;
    RETURN NULL;
END
$$
"""
OF_EARLIER = """
SELECT set_config('imap.keeping', 'on', true);
INSERT INTO newscentre_articletag (article_id, tag)
SELECT id, 'subject/' || pk FROM newscentre_article, unnest(subjects) pk
UNION SELECT id, 'category/' || slug FROM newscentre_article, unnest(categories) slug;
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
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="newscentre.article"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tag", "article"), name="one_tag_once_of_an_article"),
                ],
            },
        ),
        migrations.RemoveIndex(model_name="article", name="articles_of_subjects"),
        migrations.RemoveIndex(model_name="article", name="articles_of_categories"),
        migrations.RunSQL(OF_EARLIER, migrations.RunSQL.noop),
        migrations.RunSQL(OF_ARTICLES, "DROP FUNCTION newscentre_article_tags()"),
        migrations.RunSQL(
            "CREATE TRIGGER tags_of_new AFTER INSERT ON newscentre_article "
            "FOR EACH ROW EXECUTE FUNCTION newscentre_article_tags()",
            "DROP TRIGGER tags_of_new ON newscentre_article",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER tags_of_changed AFTER UPDATE OF subjects, categories ON newscentre_article FOR EACH ROW "
            "WHEN ((NEW.subjects, NEW.categories) IS DISTINCT FROM (OLD.subjects, OLD.categories)) "
            "EXECUTE FUNCTION newscentre_article_tags()",
            "DROP TRIGGER tags_of_changed ON newscentre_article",
        ),
    ]
