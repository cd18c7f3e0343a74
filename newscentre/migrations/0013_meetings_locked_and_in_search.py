from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds

OF_MEETING = (
    "EXISTS (SELECT 1 FROM newscentre_meeting m WHERE m.id = meeting_id AND " + secretariat_holds("m.dialogue_id") + ")"
)
MEETING = {"meeting_id": "newscentre_meeting"}
DIALOGUE_OF_MEETING = "(SELECT dialogue_id FROM newscentre_meeting WHERE id = ($1).meeting_id)"

# The first day of a partial date, in UTC: 2012, 2012-Q2, 2012-05, 2012-05-22.
FIRST_MOMENT = """
CREATE FUNCTION imap_first_moment(said text) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT make_timestamptz(
        substr(said, 1, 4)::int,
        CASE WHEN substr(said, 6, 1) = 'Q' THEN 3 * substr(said, 7, 1)::int - 2
             ELSE coalesce(nullif(substr(said, 6, 2), ''), '1')::int END,
        coalesce(nullif(substr(said, 9, 2), ''), '1')::int, 0, 0, 0, 'UTC')
$$
"""
# A meeting in each language of the interface. The names of its country stand in every language and spelling.
OF_MEETINGS = """
CREATE FUNCTION newscentre_meeting_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    names text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search_entry WHERE kind = 'meeting' AND record = OLD.id;
        RETURN NULL;
    END IF;
    SELECT concat_ws(' . ', s.name_en, s.name_fr, s.name_ar,
                     (SELECT string_agg(text, ' . ') FROM atlas_namevariant WHERE subject_id = s.id)) INTO names
    FROM atlas_subject s WHERE s.id = NEW.country_id;
    INSERT INTO search_entry (kind, record, language, at, audience, parents, vector)
    SELECT 'meeting', NEW.id, said.language, imap_first_moment(NEW.starts), NEW.audience, NULL,
           setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.name, said.series))), 'A')
           || setweight(to_tsvector(imap_stems(said.language), imap_searched(concat_ws(' . ', said.city, said.about, said.visits))), 'B')
           || setweight(to_tsvector(imap_stems(said.language), imap_searched(coalesce(names, ''))), 'C')
    FROM (VALUES
        ('en', NEW.name_en, NEW.series_en, NEW.city_en, NEW.about_en, NEW.visits_en),
        ('fr', NEW.name_fr, NEW.series_fr, NEW.city_fr, NEW.about_fr, NEW.visits_fr),
        ('ar', NEW.name_ar, NEW.series_ar, NEW.city_ar, NEW.about_ar, NEW.visits_ar)
    ) AS said (language, name, series, city, about, visits)
    WHERE coalesce(said.name, '') <> ''
    ON CONFLICT (kind, record, language) DO UPDATE
    SET at = EXCLUDED.at, audience = EXCLUDED.audience, vector = EXCLUDED.vector;
    -- Documents are found by their meeting's name too, and by its readers alone: their own trigger writes them anew.
    UPDATE newscentre_meetingdocument SET id = id WHERE meeting_id = NEW.id;
    RETURN NULL;
END
$$
"""
OF_DOCUMENTS = """
CREATE FUNCTION newscentre_meetingdocument_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_entry WHERE kind = 'document' AND record = OLD.id;
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    INSERT INTO search_entry (kind, record, language, at, audience, parents, vector)
    SELECT 'document', NEW.id, NEW.language, imap_first_moment(m.starts), NEW.audience, m.audience,
           setweight(to_tsvector(imap_stems(NEW.language), imap_searched(NEW.title)), 'A')
           || setweight(to_tsvector(imap_stems(NEW.language),
                                    imap_searched(concat_ws(' . ', m.name_en, m.name_fr, m.name_ar))), 'C')
    FROM newscentre_meeting m WHERE m.id = NEW.meeting_id;
    RETURN NULL;
END
$$
"""


def in_search(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER in_search AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_in_search()",
        f"DROP TRIGGER in_search ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("newscentre", "0012_meetings"),
        ("newscentre", "0003_in_search"),
        ("access", "0002_viewing_as_in_the_database"),
    ]

    operations = [
        SecretariatInAudience("newscentre_meeting"),
        SecretariatInAudience("newscentre_meetingdocument", DIALOGUE_OF_MEETING),
        SecretariatInAudience("newscentre_participantlist", DIALOGUE_OF_MEETING),
        Lock("newscentre_meeting", audience="own", parents={}, write=secretariat_holds("dialogue_id")),
        Lock("newscentre_meeting_supporters", audience=None, parents=MEETING, write=OF_MEETING),
        Lock("newscentre_meeting_delegations", audience=None, parents=MEETING, write=OF_MEETING),
        Lock("newscentre_meetingdocument", audience="inherits", parents=MEETING, write=OF_MEETING),
        Lock("newscentre_participantlist", audience="own", parents=MEETING, write=OF_MEETING),
        migrations.RunSQL(FIRST_MOMENT, "DROP FUNCTION imap_first_moment(text)"),
        migrations.RunSQL(OF_MEETINGS, "DROP FUNCTION newscentre_meeting_in_search()"),
        migrations.RunSQL(OF_DOCUMENTS, "DROP FUNCTION newscentre_meetingdocument_in_search()"),
        in_search("newscentre_meeting"),
        in_search("newscentre_meetingdocument"),
    ]
