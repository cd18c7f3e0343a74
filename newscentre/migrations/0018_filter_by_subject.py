from django.db import migrations

# News are filtered by country, hub or town now, in one word of the address; saved searches go on finding what they found.
RENAME = """
SELECT set_config('imap.keeping', 'on', true);
UPDATE newscentre_watch SET query = regexp_replace(query, '(^|[?&]){before}=', '\\1{after}=');
SELECT set_config('imap.keeping', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0017_publication_gone_on")]

    operations = [
        migrations.RunSQL(
            RENAME.format(before="country", after="subject"), RENAME.format(before="subject", after="country")
        ),
    ]
