from django.db import migrations

# Audiences name a group by its identifier alone, those of published editions for good: what it is called in them and its
# dialogue stay, and it ends by its date. Were it removed, another of the same name would open what was shared with this one.
STAYS = """
CREATE FUNCTION accounts_readinggroup_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the group % stays in its dialogue, and ends by its date', OLD.slug USING ERRCODE = 'check_violation';
END
$$
"""
TRIGGERS: list = [
    "CREATE TRIGGER stays_in_its_dialogue BEFORE UPDATE ON accounts_readinggroup FOR EACH ROW "
    "WHEN (NEW.slug <> OLD.slug OR NEW.dialogue_id <> OLD.dialogue_id) "
    "EXECUTE FUNCTION accounts_readinggroup_stays()",
    "CREATE TRIGGER stays BEFORE DELETE ON accounts_readinggroup FOR EACH ROW "
    "EXECUTE FUNCTION accounts_readinggroup_stays()",
]
NO_TRIGGERS: list = [
    "DROP TRIGGER stays_in_its_dialogue ON accounts_readinggroup",
    "DROP TRIGGER stays ON accounts_readinggroup",
]
# An audience asked for is checked when it is asked for, not only when a second person confirms it.
OF_A_WIDENING = """
CREATE FUNCTION accounts_widening_refuse_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM imap_refuse_others_readers(NEW.wanted, NEW.dialogue_id);
    RETURN NEW;
END
$$
"""
# Of no dialogue, or of several: neither a group nor a name opens them.
WITHOUT = ("accounts_nomination", "accounts_mandateevent", "accounts_logentry")
NO_GROUPS = "array_to_string(audience, ' ') !~ '(^| )(group|person):'"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_groups_count_with_standing"),
        ("access", "0003_groups_of_the_own_dialogue"),
    ]
    operations = [
        migrations.RunSQL(STAYS, "DROP FUNCTION accounts_readinggroup_stays()"),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(OF_A_WIDENING, "DROP FUNCTION accounts_widening_refuse_others()"),
        migrations.RunSQL(
            "CREATE TRIGGER refuse_others BEFORE INSERT OR UPDATE OF wanted ON accounts_widening "
            "FOR EACH ROW EXECUTE FUNCTION accounts_widening_refuse_others()",
            "DROP TRIGGER refuse_others ON accounts_widening",
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_names_no_group CHECK ({NO_GROUPS})",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_names_no_group",
            )
            for table in WITHOUT
        ),
    ]
