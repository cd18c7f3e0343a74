"""What a secretariat is shown while it views as someone else: what they are shown of its dialogue, and no more."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from access import tokens
from access.presets import Preset
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import LogEntry, Nomination
from indicators.models import Observation, Source
from profiles import visible_edition
from profiles.models import Edition, EditionText, Profile
from profiles.visible_edition import Address, visible_edition_of
from tests.access import test_matrix as matrix
from tests.access.planting import DESK, DIALOGUE, GROUP, OPENING, PLACES, THEME
from tests.access.test_lock import EVERYTHING, RESTRICTED, ids_in
from tests.access.test_matrix import forgotten_filters, opened_lock  # noqa: F401  fixtures
from tests.conftest import STRANGER, user_of
from tests.readers import body_of

PAGE = "/en/accounts/view-as/"
# A member of the cast, as whom the editor of the MTM Dialogue views it to be shown the same.
PERSONAS = {
    "official.mar": ("partner:morocco", ("irregular-mixed-migration", "migration-development")),
    "official.mar.dev": ("partner:morocco", ("migration-development",)),
    "unhcr": ("partner:unhcr", ("irregular-mixed-migration", "migration-development")),
    "observer.las": ("partner:league-of-arab-states", ("irregular-mixed-migration", "migration-development")),
    "translator.ar": (f"group:{GROUP}", ()),
    STRANGER: ("public", ()),
}
OF_OTHERS = "rabat-process"


def browser_viewing_as(login: str) -> Client:
    client = matrix.browser_of("editor")
    whom, themes = PERSONAS[login]
    answer = client.post(PAGE, {"dialogue": DIALOGUE, "whom": whom, "themes": themes})
    assert answer.status_code == 302, "the persona was not taken"
    return client


def viewer_as(login: str) -> Viewer:
    return browser_viewing_as(login).get("/en/terms/").wsgi_request.viewer


# The matrix -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", PERSONAS)
def test_on_every_page_the_editor_is_shown_what_the_person_is_shown(planted, login):
    client = browser_viewing_as(login)
    assert matrix.misplaced(login, planted, client=client, languages=matrix.EVERYWHERE) == {}


@pytest.mark.parametrize("login", PERSONAS)
@pytest.mark.parametrize("lock", ["forgotten_filters", "opened_lock"])
def test_either_lock_alone_shows_no_more(planted, login, lock, request):
    client = browser_viewing_as(login)
    request.getfixturevalue(lock)
    assert matrix.misplaced(login, planted, client=client, names=matrix.WITH_PROFILES) == {}


def test_pages_kept_for_the_editor_are_not_shown_to_the_persona_and_the_other_way_round(planted):
    wrong = {}
    for _ in range(2):
        for login, client in [("editor", matrix.browser_of("editor")), *((x, browser_viewing_as(x)) for x in PERSONAS)]:
            found = matrix.misplaced(login, planted, client=client, names=matrix.KEPT_ON_THE_SHELF)
            wrong |= {(login, path): what for path, what in found.items()}
    assert wrong == {}


CORNER = re.compile(
    r'<details class="account">.*?</details>|<section class="viewing-as".*?</section>|<a class="signin".*?</a>',
    re.DOTALL,
)


def without_the_corner(client: Client, path: str) -> str:
    return CORNER.sub("", body_of(client.get(path)).decode())


@pytest.mark.parametrize("login", PERSONAS)
def test_lists_and_counts_of_the_dialogue_are_those_of_the_person(planted, login):
    person, editor = matrix.browser_of(login), browser_viewing_as(login)
    for path in (
        f"/en/maps/{DIALOGUE}/",
        f"/ar/maps/{DIALOGUE}/{THEME}/",
        f"/fr/maps/{DIALOGUE}/{THEME}/?by=area",
        f"/en/maps/{DIALOGUE}/{THEME}/across/{OPENING}/",
    ):
        assert without_the_corner(editor, path) == without_the_corner(person, path), path
    number = r'data-dialogue="mtm".*?<i>(\d+) '
    home = [re.search(number, client.get("/en/").content.decode(), re.DOTALL)[1] for client in (person, editor)]
    assert home[0] == home[1]


@pytest.mark.parametrize("login", PERSONAS)
def test_what_the_person_may_not_read_is_missing_for_whoever_views_as_them(planted, login):
    editor = browser_viewing_as(login)
    hidden = [one for preset, one in planted.items() if preset.value not in matrix.TABLE[login]]
    assert hidden
    for one in hidden:
        absent = "x" * len(one.slug)
        for tail in ("", f"{OPENING}/", "print/", f"editions/{one.editions[1]}/"):
            path = f"/en{one.base}{tail}"
            there = matrix.answer_to(editor, path, one.slug)
            assert there == matrix.answer_to(editor, path.replace(one.slug, absent), absent), path
            assert there.text.startswith(b"404")


# Nothing that the secretariat itself may not read ---------------------------------------------------------------------


@pytest.fixture
def of_rabat(planted):
    """A profile of another dialogue that Morocco reads, and one of its own that the MTM's editor may not."""
    one = planted[Preset.PARTNERS]
    with viewing(EVERYTHING):
        Profile.objects.filter(pk=one.profile.pk).update(
            dialogue_id=OF_OTHERS, theme_id="migration-development", slug="of-rabat",
            audience=[tokens.partner("morocco"), tokens.secretariat(OF_OTHERS)],
        )  # fmt: skip
        audience = [tokens.partner("morocco"), tokens.secretariat(OF_OTHERS)]
        edition = {"number": 90, "published_at": timezone.now(), "as_of": "2012", "endorsement": "endorsed"}
        Edition.objects.bulk_create([Edition(profile=one.profile, audience=audience, **edition)])
    return f"/en/maps/{OF_OTHERS}/migration-development/of-rabat/"


@pytest.mark.parametrize("lock", ["both", "forgotten_filters", "opened_lock"])
def test_what_a_partner_reads_in_another_dialogue_stays_hidden_from_an_editor_who_views_as_it(of_rabat, lock, request):
    assert matrix.browser_of("official.mar").get(of_rabat).status_code == 200
    assert matrix.browser_of("editor").get(of_rabat).status_code == 404
    client = browser_viewing_as("official.mar")
    if lock != "both":
        request.getfixturevalue(lock)
    assert client.get(of_rabat).status_code == 404
    assert "of-rabat" not in client.get("/en/maps/").content.decode()


def test_a_group_cannot_be_named_in_a_row_of_another_dialogue_and_opens_nothing_there(of_rabat, planted):
    with viewing(EVERYTHING), pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.filter(slug="of-rabat").update(audience=[tokens.group(GROUP), tokens.secretariat(OF_OTHERS)])
    assert browser_viewing_as("translator.ar").get(of_rabat).status_code == 404


@pytest.mark.parametrize("login", PERSONAS)
def test_the_three_statements_of_the_rule_agree_for_every_table(planted, login):
    """Querysets, PostgreSQL, and the viewer asked about each row: and all within what the editor reads."""
    viewer, editor = viewer_as(login), user_of("editor").viewer
    assert viewer.is_viewing_as
    for model in RESTRICTED:
        with viewing(EVERYTHING):
            by_queryset = set(model.objects.visible_to(viewer).values_list("pk", flat=True))
            editors = set(model.objects.visible_to(editor).values_list("pk", flat=True))
        with viewing(viewer):
            by_database = ids_in(model._meta.db_table)
        assert by_queryset == by_database <= editors, model.__name__
    for model in (Source, Observation, Profile, EditionText):
        with viewing(EVERYTHING):
            for row in model.objects.visible_to(viewer):
                assert viewer.may_read(row.audience)


@pytest.mark.parametrize("login", PERSONAS)
def test_people_and_their_affairs_are_shown_to_no_persona(planted, login):
    with viewing(viewer_as(login)):
        assert not LogEntry.objects.exists()
        assert not Nomination.objects.exists()


@pytest.mark.parametrize("login", ["official.mar", "unhcr"])
def test_a_page_is_kept_under_what_is_seen_so_persona_and_person_share_it(planted, login):
    """The key of kept pages: equal for equal sight, different as soon as the limit hides a part."""
    address = Address(DIALOGUE, THEME, PLACES[Preset.THEME])
    person, persona = user_of(login).viewer, viewer_as(login)
    keys = []
    for viewer in (person, persona):
        with viewing(viewer):
            keys.append(visible_edition_of(viewer, address).fingerprint)
    assert keys[0] == keys[1]
    with viewing(DESK):
        Source.objects.filter(slug="source-theme").update(audience=["nominated"])
    with viewing(Viewer.secretariat_of(OF_OTHERS)):
        row = Source(slug="foreign", dialogue_id=OF_OTHERS, name="x", kind="press", audience=["nominated"])
        row.save()
    with viewing(EVERYTHING):
        figure = Observation.objects.filter(
            subject__slug=address.slug, dialogue=DIALOGUE, audience__contains=["public"]
        ).first()
        figure.pk, figure._state.adding, figure.source = None, True, row
        figure.save(force_insert=True)
    keys = []
    for viewer in (person, persona):
        with viewing(viewer):
            keys.append(visible_edition_of(viewer, address).fingerprint)
    assert keys[0] != keys[1], "the person sees figures of another dialogue's source, the persona does not"


# The viewer -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [["secretariat:mtm"], ["authority:morocco"], ["public", "secretariat:rabat-process"]])
def test_a_persona_never_holds_what_lets_someone_change_or_nominate(held):
    with pytest.raises(ValueError, match="readers only"):
        DESK.viewing_as(held, DIALOGUE)


@pytest.mark.parametrize("own", [ANYONE, Viewer.secretariat_of(OF_OTHERS), Viewer.of(["nominated", "partner:morocco"])])
def test_only_a_dialogues_secretariat_views_it_as_someone_else(own):
    with pytest.raises(ValueError, match="not of the secretariat"):
        own.viewing_as(["nominated"], DIALOGUE)


def test_viewing_as_does_not_lead_from_one_persona_to_another():
    persona = DESK.viewing_as(["partner:morocco"], DIALOGUE)
    assert persona.secretariats == persona.authorities == []
    assert not persona.is_secretariat_of(DIALOGUE)
    with pytest.raises(ValueError, match="not of the secretariat"):
        persona.viewing_as(["partner:unhcr"], DIALOGUE)


def test_the_limit_ends_with_its_block_and_with_an_error(db):
    persona = DESK.viewing_as(["nominated"], DIALOGUE)
    with viewing(DESK):
        everything = len(ids_in("profiles_draft"))
        assert everything
        with viewing(persona):
            assert ids_in("profiles_draft") == set()
        assert len(ids_in("profiles_draft")) == everything
        with pytest.raises(ZeroDivisionError), viewing(persona):
            raise ZeroDivisionError
        assert len(ids_in("profiles_draft")) == everything


def test_the_hand_written_query_asks_for_the_limit_wherever_it_asks_for_tokens():
    asked = visible_edition.QUERY.replace("%(tokens)s::text[], %(within)s::text[]", "")  # a function is given both
    assert asked.count("%(tokens)s") * 2 == asked.count("%(within)s") > 0
