from importlib import import_module

from django.db import migrations

# Tags and entities are no words; what is cleaned has no other entities than those of punctuation and spaces.
WITHOUT_MARKUP = r"""
CREATE FUNCTION imap_without_markup(html text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(html, '<(?:[^">]|"[^"]*")*>|&#?[0-9A-Za-z]+;', ' ', 'g')
$$
"""
ENTRIES = import_module("profiles.migrations.0008_search").ENTRIES
NEW_ENTRIES = ENTRIES.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(
    "imap_searched(t.html)", "imap_searched(imap_without_markup(t.html))"
)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0011_kept_drafts_locked"), ("search", "0004_one_folding")]

    operations = [
        migrations.RunSQL(WITHOUT_MARKUP, "DROP FUNCTION imap_without_markup(text)"),
        migrations.RunSQL(NEW_ENTRIES, ENTRIES.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")),
    ]
