from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0016_summaries_in_search")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="gone_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="no longer available since"),
        ),
        migrations.RunSQL(  # another address is not the one that was gone: as of links
            "CREATE TRIGGER forget_gone BEFORE UPDATE OF link ON newscentre_publication FOR EACH ROW "
            "WHEN (NEW.link <> OLD.link) EXECUTE FUNCTION newscentre_link_forget_gone()",
            "DROP TRIGGER forget_gone ON newscentre_publication",
        ),
    ]
