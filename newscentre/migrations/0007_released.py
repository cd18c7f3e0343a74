from django.db import migrations

# Whoever publishes it, a fetch or an editor. The clock's moment, not the transaction's, which may be minutes before.
RELEASED = """
CREATE FUNCTION newscentre_article_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'published' THEN
        NEW.released_at := NULL;
    ELSIF TG_OP = 'INSERT' OR OLD.status <> 'published' THEN
        NEW.released_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$
"""
OF_EARLIER = """
SELECT set_config('imap.keeping', 'on', true);
UPDATE newscentre_article SET released_at = seen_at WHERE status = 'published';
SELECT set_config('imap.keeping', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0006_what_editors_write")]

    operations = [
        migrations.RunSQL(OF_EARLIER, migrations.RunSQL.noop),
        migrations.RunSQL(RELEASED, "DROP FUNCTION newscentre_article_released()"),
        migrations.RunSQL(
            "CREATE TRIGGER released BEFORE INSERT OR UPDATE OF status ON newscentre_article "
            "FOR EACH ROW EXECUTE FUNCTION newscentre_article_released()",
            "DROP TRIGGER released ON newscentre_article",
        ),
    ]
