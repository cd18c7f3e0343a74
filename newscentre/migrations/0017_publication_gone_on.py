from django.db import migrations, models

# Another address is not the one that was gone.
FORGET_GONE = """
CREATE FUNCTION newscentre_publication_forget_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.gone_on := NULL;
    RETURN NEW;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0016_summaries_in_search")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="gone_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="no longer available since"),
        ),
        migrations.RunSQL(FORGET_GONE, "DROP FUNCTION newscentre_publication_forget_gone()"),
        migrations.RunSQL(
            "CREATE TRIGGER forget_gone BEFORE UPDATE OF link ON newscentre_publication FOR EACH ROW "
            "WHEN (NEW.link <> OLD.link) EXECUTE FUNCTION newscentre_publication_forget_gone()",
            "DROP TRIGGER forget_gone ON newscentre_publication",
        ),
    ]
