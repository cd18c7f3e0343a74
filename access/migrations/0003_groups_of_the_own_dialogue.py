from django.db import migrations

from access.lock import SECRETARIAT_FUNCTION

# A group, or a person's name, opens a row of the dialogue that gave it and of no other.
REFUSE_FUNCTION = """
CREATE FUNCTION imap_refuse_others_readers(audience text[], dialogue text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    strange text;
BEGIN
    SELECT token INTO strange FROM unnest(audience) AS token
    WHERE (token LIKE 'group:%' AND NOT EXISTS (
              SELECT 1 FROM accounts_readinggroup g WHERE 'group:' || g.slug = token AND g.dialogue_id = dialogue))
       OR (token LIKE 'person:%' AND split_part(token, ':', 2) IS DISTINCT FROM dialogue)
    LIMIT 1;
    IF strange IS NOT NULL THEN
        RAISE EXCEPTION '% names no reader of the dialogue of this row (%)', strange, coalesce(dialogue, 'none')
        USING ERRCODE = 'check_violation';
    END IF;
END
$$
"""
REFUSING_SECRETARIAT_FUNCTION = """
CREATE OR REPLACE FUNCTION imap_add_secretariat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    dialogue text;
BEGIN
    IF NEW.audience IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE 'SELECT ' || TG_ARGV[0] INTO dialogue USING NEW;
    IF dialogue IS NOT NULL AND NOT 'secretariat:' || dialogue = ANY (NEW.audience) THEN
        NEW.audience := NEW.audience || ('secretariat:' || dialogue);
    END IF;
    PERFORM imap_refuse_others_readers(NEW.audience, dialogue);
    RETURN NEW;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_viewing_as_in_the_database")]
    operations = [
        migrations.RunSQL(REFUSE_FUNCTION, "DROP FUNCTION imap_refuse_others_readers(text[], text)"),
        migrations.RunSQL(
            REFUSING_SECRETARIAT_FUNCTION, SECRETARIAT_FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        ),
    ]
