"""A named group, and a named person, are readers of one dialogue: no form and no table takes them for another's rows."""

import pytest
from django.contrib import admin
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client, RequestFactory

from access import tokens
from access.owner_access import owner_access
from access.viewing import viewing
from accounts.audiences.forms import AudienceForm
from accounts.dialogue_model_admin import AudienceAdmin
from accounts.models import ReadingGroup
from indicators.models import Source
from newscentre.models import Meeting
from profiles.admin import SectionForm
from tests.access.planting import DESK, GROUP
from tests.access.test_lock import EVERYTHING, rows
from tests.conftest import browser_of, user_of

pytestmark = pytest.mark.django_db
OTHERS = "of-rabat"
ADMINS = [
    desk for desk in admin.site._registry.values()
    if isinstance(desk, AudienceAdmin) and issubclass(desk.form, AudienceForm)
]  # fmt: skip
# Columns of this name that nobody chooses: the index copies them, a person's own rows name their person alone.
COPIED_OR_OWN = {"search_readers", "newscentre_watch"}
CHOSEN = """
    SELECT DISTINCT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attname = 'audience' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""
CHECKED = """
    SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'imap_add_secretariat'::regproc
    UNION SELECT conrelid::regclass::text FROM pg_constraint WHERE conname ~ '_names_no_group$'
"""


@pytest.fixture
def groups(planted) -> None:
    ReadingGroup.objects.create(slug=OTHERS, dialogue_id="rabat-process", name_en="Group of Rabat")


def form_of(desk: AudienceAdmin, obj, data=None, login: str = "editor") -> AudienceForm:
    request = RequestFactory().get("/")
    request.user = user_of(login)
    request.viewer = request.user.viewer
    return desk.get_form(request, obj, change=obj is not None)(data, instance=obj)


def offered(form: AudienceForm) -> set[str]:
    return {str(value) for value, _label in form.fields["reading_group"].choices if value}


@pytest.mark.parametrize("desk", ADMINS, ids=lambda desk: desk.opts.model_name)
def test_every_form_offers_and_takes_the_groups_of_the_rows_own_dialogue_alone(groups, desk):
    with viewing(EVERYTHING):
        row = desk.model.objects.visible_to(DESK).filter(**{desk.dialogue_path: "mtm"}).first()
        assert row is not None, "nothing of this kind is planted"
        assert offered(form_of(desk, row)) == {GROUP}
        assert offered(form_of(desk, row, login="secretariat")) == {GROUP}, (
            "whatever other dialogues the person works for"
        )
        crafted = form_of(desk, row, {"preset": "group", "reading_group": OTHERS}, login="secretariat")
        assert "reading_group" in crafted.errors
        assert offered(form_of(desk, None)) == {GROUP}


def test_the_form_of_a_section_offers_the_groups_of_its_dialogue_alone(groups, planted):
    with viewing(EVERYTHING):
        section = next(iter(next(iter(planted.values())).section.values()))
        assert offered(SectionForm(instance=section, figures=[])) == {GROUP}


def post(client: Client, address: str, **data):
    return client.post(address, {"preset": "group", "reading_group": OTHERS, **data})


def test_a_crafted_form_with_another_dialogues_group_is_refused_with_a_sentence(groups):
    """As someone who works for both dialogues, so that the group is among what they may choose for a new row."""
    new = {"slug": "a-source", "name_en": "A source", "kind": "official", "language": "en", "dialogue": "mtm"}
    page = post(browser_of("secretariat"), "/secretariat/indicators/source/add/", **new)
    assert page.status_code == 200
    assert "“Group of Rabat” is a group of another dialogue (Rabat Process)" in page.content.decode()
    page = post(browser_of("editor"), "/secretariat/indicators/source/add/", **new)
    assert "Select a valid choice" in page.content.decode()
    with viewing(EVERYTHING):
        assert not Source.objects.filter(slug="a-source").exists()


def test_every_table_with_an_audience_that_somebody_chooses_is_checked():
    tables = {name for (name,) in rows(CHOSEN)}
    assert tables - {name for (name,) in rows(CHECKED)} == COPIED_OR_OWN


@pytest.mark.parametrize(
    "token", [tokens.group(OTHERS), tokens.group("no-such-group"), tokens.person("rabat-process", 1)]
)
def test_the_database_takes_no_reader_of_another_dialogue_into_any_audience(groups, token):
    with connections["default"].cursor() as cursor, viewing(EVERYTHING):
        cursor.execute(f"SELECT c FROM ({CHECKED}) AS checked (c) WHERE has_table_privilege(c, 'UPDATE')")
        tables = [name for (name,) in cursor.fetchall()]
    changed = 0
    for table in tables:
        with viewing(EVERYTHING), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET audience = array_append(coalesce(audience, '{{}}'), %s)", [token])
            if not cursor.rowcount:
                raise IntegrityError("nobody but the owner changes these rows, or there are none")
            changed += 1
    assert changed == 0


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    "table", ["profiles_edition", "profiles_editiontext", "routes_mapfeature", "routes_mapedition"]
)
def test_nor_does_the_owner_into_what_was_published(groups, table):
    statement = f"UPDATE {table} SET audience = array_append(audience, 'group:no-such-group')"
    with pytest.raises(IntegrityError, match="names no reader of the dialogue"), owner_access():
        connections["owner"].cursor().execute(statement)


def test_the_own_dialogues_readers_are_taken(groups):
    with viewing(DESK):
        row = Meeting.objects.create(
            dialogue_id="mtm", slug="m-1", name_en="M", starts="2013-01-01",
            audience=[tokens.group(GROUP), tokens.person("mtm", 1)],
        )  # fmt: skip
        row.refresh_from_db()
    assert row.audience == [tokens.group(GROUP), tokens.person("mtm", 1), "secretariat:mtm"]


def test_a_group_keeps_its_dialogue_and_its_name_in_audiences_and_is_not_removed(groups):
    client = browser_of("secretariat")
    address = f"/secretariat/accounts/readinggroup/{OTHERS}/change/"
    changed = {"name_en": "Group of Rabat", "dialogue": "mtm", "slug": "experts-2", "members": []}
    assert client.post(address, changed).status_code == 302
    assert list(ReadingGroup.objects.filter(name_en="Group of Rabat").values_list("pk", "dialogue")) == [
        (OTHERS, "rabat-process")
    ]
    assert client.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
    for change in (
        lambda rows: rows.update(dialogue="mtm"),
        lambda rows: rows.update(slug="x"),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(ReadingGroup.objects.filter(pk=OTHERS))
