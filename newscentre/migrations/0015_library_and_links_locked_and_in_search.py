from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds

OWN = secretariat_holds("dialogue_id")
OF_PUBLICATION = (
    "EXISTS (SELECT 1 FROM newscentre_publication p WHERE p.id = publication_id AND "
    + secretariat_holds("p.dialogue_id")
    + ")"
)
OF_PROJECT = (
    "EXISTS (SELECT 1 FROM newscentre_project p WHERE p.id = project_id AND " + secretariat_holds("p.dialogue_id") + ")"
)
PUBLICATION = {"publication_id": "newscentre_publication"}
DIALOGUE_OF_PUBLICATION = "(SELECT dialogue_id FROM newscentre_publication WHERE id = ($1).publication_id)"

# A row in each language of the interface: what it is called, and what is said of it. A publication's title stands in the
# language it was published in, so it is looked for in all.
IN_SEARCH = """
CREATE FUNCTION newscentre_{kind}_in_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search_entry WHERE kind = '{kind}' AND record = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO search_entry (kind, record, language, at, audience, parents, vector)
    SELECT '{kind}', NEW.id, said.language, {at}, NEW.audience, NULL,
           setweight(to_tsvector(imap_stems(said.language), imap_searched(said.name)), 'A')
           || setweight(to_tsvector(imap_stems(said.language), imap_searched(said.about)), 'B')
    FROM (VALUES {values}) AS said (language, name, about)
    WHERE coalesce(said.name, '') <> ''
    ON CONFLICT (kind, record, language) DO UPDATE
    SET at = EXCLUDED.at, audience = EXCLUDED.audience, vector = EXCLUDED.vector;
    RETURN NULL;
END
$$
"""


# Another address is not the one that was gone.
FORGET_GONE = """
CREATE FUNCTION newscentre_link_forget_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.gone_on := NULL;
    RETURN NEW;
END
$$
"""


def in_search(kind: str, at: str, name: str, *about: str) -> list[migrations.RunSQL]:
    """`{}` stands for the language in `name` and `about`, which are columns."""
    values = ", ".join(
        f"('{code}', {name.format(code)}, concat_ws(' . ', {', '.join(column.format(code) for column in about)}))"
        for code in ("en", "fr", "ar")
    )
    function = f"newscentre_{kind}_in_search"
    return [
        migrations.RunSQL(IN_SEARCH.format(kind=kind, at=at, values=values), f"DROP FUNCTION {function}()"),
        migrations.RunSQL(
            f"CREATE TRIGGER in_search AFTER INSERT OR UPDATE OR DELETE ON newscentre_{kind} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()",
            f"DROP TRIGGER in_search ON newscentre_{kind}",
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("newscentre", "0014_library_and_links"),
        ("newscentre", "0013_meetings_locked_and_in_search"),
    ]

    operations = [
        SecretariatInAudience("newscentre_publication"),
        SecretariatInAudience("newscentre_publicationfile", DIALOGUE_OF_PUBLICATION),
        SecretariatInAudience("newscentre_project"),
        SecretariatInAudience("newscentre_link"),
        Lock("newscentre_publication", audience="own", parents={}, write=OWN),
        Lock("newscentre_publication_made_with", audience=None, parents=PUBLICATION, write=OF_PUBLICATION),
        Lock("newscentre_publicationfile", audience="inherits", parents=PUBLICATION, write=OF_PUBLICATION),
        Lock("newscentre_publicationsection", audience=None, parents=PUBLICATION, write=OF_PUBLICATION),
        Lock("newscentre_project", audience="own", parents={}, write=OWN),
        Lock(
            "newscentre_project_made_with",
            audience=None,
            parents={"project_id": "newscentre_project"},
            write=OF_PROJECT,
        ),
        Lock("newscentre_link", audience="own", parents={}, write=OWN),
        Lock("newscentre_outsideaddress", audience=None, parents={}, write=OWN, desk_only=True),
        *in_search(
            "publication",
            "make_timestamptz(NEW.year, 1, 1, 0, 0, 0, 'UTC')",
            "NEW.title",
            "NEW.about_{}",
            "NEW.remark_{}",
        ),
        *in_search(
            "project",
            "imap_first_moment(NEW.starts)",
            "concat_ws(' . ', NEW.acronym, NEW.name_{})",
            "NEW.about_{}",
            "NEW.outcome_{}",
            "NEW.other_partners_{}",
        ),
        migrations.RunSQL(FORGET_GONE, "DROP FUNCTION newscentre_link_forget_gone()"),
        migrations.RunSQL(
            "CREATE TRIGGER forget_gone BEFORE UPDATE OF address ON newscentre_link FOR EACH ROW "
            "WHEN (NEW.address <> OLD.address) EXECUTE FUNCTION newscentre_link_forget_gone()",
            "DROP TRIGGER forget_gone ON newscentre_link",
        ),
        *in_search("link", "NEW.changed_at", "NEW.name_{}", "NEW.about_{}"),
    ]
