"""What went wrong in comparable systems and is of no single room: crafted forms, forced addresses, hostile text and queries.

docs/security.md says for each row of the list of attacks which test covers it.
"""

import re

import kombu.serialization
import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from access import tokens
from access.presets import Preset
from access.viewing import viewing
from accounts.models import ReadingGroup, User
from imap.celery import app
from imap.local_apps import ROOMS
from indicators.models import Observation, Source
from profiles.models import Profile, Tag
from tests import conftest
from tests.access.hostile import MARKUP, is_shown_as_text, is_taken_for_more, plant_markup
from tests.access.planting import DIALOGUE, GROUP, THEME
from tests.access.test_lock import EVERYTHING
from tests.access.test_matrix import OTHER_DESK, SURFACES, admin_paths, browser_of, paths_of, walk, walks_as
from tests.conftest import STRANGER, user_of
from tests.imap import compose
from tests.readers import body_of

ADMIN = "/secretariat/"


# Forms with more in them than they ask for (10), addresses one is not meant to know (11, 14) -----------------------------


def profile_form(one, **changes) -> dict[str, object]:
    return {"slug": one.slug, "endorsement": one.profile.endorsement, "preset": "secretariat", **changes}


def test_an_editor_cannot_set_by_a_crafted_form_what_the_form_does_not_ask(planted):
    one = planted[Preset.THEME]
    crafted = {"audience": "{public}", "dialogue": "rabat-process", "theme": "migration-development", "id": "1"}
    response = conftest.browser_of("editor").post(
        f"{ADMIN}profiles/profile/{one.profile.pk}/change/", profile_form(one, **crafted)
    )
    assert response.status_code == 302
    with viewing(EVERYTHING):
        row = Profile.objects.get(pk=one.profile.pk)
    assert (row.dialogue_id, row.theme_id, row.audience) == (DIALOGUE, THEME, ["secretariat:mtm"])


@pytest.mark.parametrize("model", ["user", "affiliation"])
def test_an_editor_makes_nobody_a_superuser_or_an_official(planted, model):
    def rights() -> tuple:
        person = user_of("official.mar.dev")
        mandates = [(row.partner_id, row.ends_on, row.may_nominate) for row in person.affiliations.all()]
        return person.is_superuser, person.is_staff, person.is_active, mandates

    editor, person, before = conftest.browser_of("editor"), user_of("official.mar.dev"), rights()
    row = person if model == "user" else person.affiliations.get()
    crafted = {"is_superuser": "on", "is_staff": "on", "may_nominate": "on", "user": person.pk, "partner": "egypt"}
    for path in ("add/", f"{row.pk}/change/"):
        assert editor.post(f"{ADMIN}accounts/{model}/{path}", crafted).status_code in (302, 403, 404), path
    assert rights() == before


@pytest.mark.parametrize("login", [STRANGER, "official.mar"])
def test_no_address_of_the_admin_takes_anything_from_those_who_are_not_of_a_secretariat(planted, login):
    client, before = browser_of(login), _counts()
    for path, _one in admin_paths(planted):
        if not path.endswith(("/login/", "/logout/")):
            response = client.post(path, {"action": "delete_selected", "_selected_action": "1", "post": "yes"})
            assert response.status_code in (302, 403, 404, 405), path
    assert _counts() == before


def test_another_secretariat_publishes_previews_and_takes_back_nothing(planted):
    client, before = browser_of(OTHER_DESK), _counts()
    for one in (planted[Preset.PUBLIC], planted[Preset.SECRETARIAT]):
        for tail in ("draft/detection/en/", "publish/", f"editions/{one.editions[0]}/take-back/", "add-language/fr/"):
            path = f"{ADMIN}profiles/profile/{one.profile.pk}/{tail}"
            assert client.post(path, {"html": "mine", "as_of": "2012"}).status_code == 404, path
    assert _counts() == before


def test_an_editor_cannot_take_a_source_of_another_secretariat_into_a_section(planted):
    """A known number does not let one reuse what belongs to others."""
    with viewing(EVERYTHING):
        foreign = Source.objects.create(
            slug="foreign", dialogue_id="rabat-process", name="Foreign", kind="press", audience=[]
        )
    one = planted[Preset.THEME]
    path = f"{ADMIN}profiles/profile/{one.profile.pk}/draft/detection/en/"
    conftest.browser_of("editor").post(path, {"html": "<p>x</p>", "sources": [foreign.pk], "preset": ""})
    with viewing(EVERYTHING):
        assert not one.section["narrow"].sources.filter(pk=foreign.pk).exists()


def _counts() -> list[int]:
    with viewing(EVERYTHING):
        return [model.objects.count() for model in (Profile, Source, Observation, User, ReadingGroup, Tag)]


# The admin as a way to ask (12), and what a refusal tells (50) -----------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "editions__published_by__password__startswith=a",
        "sections__drafts__changed_by__email__startswith=e",
        "_to_field=password",
        "_popup=1&_to_field=audience",
        "editions__texts__html__contains=x",
    ],
)
def test_a_list_of_the_admin_answers_no_question_it_was_not_made_for(planted, query):
    response = browser_of("editor").get(f"{ADMIN}profiles/profile/?{query}")
    assert response.status_code == 400 or response.headers["Location"].endswith("?e=1")


def test_people_are_not_found_by_completing_names(planted):
    """Who may not look at users is not offered them one letter at a time."""
    query = "?app_label=accounts&model_name=affiliation&field_name=user&term=official"
    assert browser_of("editor").get(f"{ADMIN}autocomplete/{query}").status_code == 403
    assert not Permission.objects.filter(group__user=user_of("editor"), codename="view_user").exists()


def test_a_name_that_a_hidden_row_has_is_refused_kindly_and_tells_no_more(planted):
    """Names of sources are unique over all secretariats. Whether the other row is hidden, the same page says the same."""
    client = browser_of(OTHER_DESK)
    form = {"kind": "press", "dialogue": "rabat-process", "preset": "secretariat", "name_en": "Mine", "language": "en"}
    answers = {}
    for slug in ("source-secretariat", "mine", "mine"):
        response = client.post(f"{ADMIN}indicators/source/add/", {**form, "slug": slug}, follow=True)
        answers.setdefault(slug, []).append(response.content.decode())
        assert response.status_code == 200
    refused = "This address cannot be used."
    (hidden,), (added, own) = answers["source-secretariat"], answers["mine"]
    assert refused not in added
    assert _without_what_differs(hidden, "source-secretariat") == _without_what_differs(own, "mine")
    assert refused in hidden and 'value="Mine"' in hidden, "what was typed is still there"
    with viewing(EVERYTHING):
        assert Source.objects.get(slug="source-secretariat").dialogue_id == DIALOGUE
        assert Source.objects.get(slug="mine").dialogue_id == "rabat-process"


def _without_what_differs(page: str, slug: str) -> str:
    """Without the word that was typed, the keys of the form, and the nonce."""
    page = re.sub(r'(name="(?:csrfmiddlewaretoken|_once)" value=|nonce=)"[^"]*"', "", page)
    return page.replace(f'value="{slug}"', 'value="~"')


# Questions that are none (43, 44) -----------------------------------------------------------------------------------------

CROOKED = [
    "%27",
    "%00",
    "1%20OR%201=1",
    "%22;--",
    "1e999999",
    "-1",
    "{0.__class__}",
    "%E2%80%AE",
    "٣",
    "%FF",
    "a" * 100_000,
]
PARAMETERS = [
    "by",
    "known-on",
    "q",
    "page",
    "o",
    "p",
    "e",
    "all",
    "format",
    "lang",
    "dialogue__slug__exact",
    "kind__exact",
]


@pytest.mark.parametrize("login", [STRANGER, "editor"])
def test_no_parameter_reaches_the_database_or_breaks_a_page(planted, login):
    client = browser_of(login)
    client.raise_request_exception = False
    pages = ["/en/", "/ar/maps/mtm/irregular-mixed-migration/", "/en/countries/mali/"]
    pages += [f"{ADMIN}profiles/profile/", f"{ADMIN}indicators/source/"] if login == "editor" else []
    pages += [f"{ADMIN}autocomplete/?app_label=profiles&model_name=profile&field_name=subject&term="]
    for page in pages:
        for value in CROOKED:
            query = "&".join(f"{name}={value}" for name in PARAMETERS)
            address = f"{page}{value}" if page.endswith("=") else f"{page}?{query}"
            assert client.get(address).status_code < 500, address[:200]


def test_a_statement_does_not_run_without_end(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1min",)


def test_of_the_same_parameter_twice_the_last_one_counts(planted):
    client, page = browser_of("official.mar"), "/en/maps/mtm/irregular-mixed-migration/"
    client.get(page)  # the first request of a visit is noted

    def answer(query: str) -> bytes:
        return re.search(rb"<main.*</main>", body_of(client.get(page + query)), re.DOTALL)[0]

    assert answer("?by=area") != answer("?by=x")
    assert answer("?by=x&by=area") == answer("?by=area")
    assert answer("?by=area&by=x") == answer("?by=x")


# Markup in every field (40, 49) -------------------------------------------------------------------------------------------


@pytest.fixture
def hostile(planted):
    plant_markup(planted)
    with viewing(EVERYTHING):
        Source.objects.filter(slug__endswith="-public").update(acronym=MARKUP[:20])
        of_a_group = [tokens.group(GROUP), tokens.secretariat(DIALOGUE)]  # which forms say in a sentence
        Source.objects.filter(name_en__startswith="cnry").update(audience=of_a_group)
    return planted


@pytest.mark.parametrize("login", walks_as("secretariat", "editor", STRANGER))
def test_a_text_is_shown_as_text_on_every_page_and_in_the_admin(planted, login, request):
    answers = walk(login, planted)
    assert [answer.path for answer in answers if answer.takes_text_for_more] == []
    shown = sum(answer.shows_markup for answer in answers)
    client, paths = browser_of(login), []
    if login != STRANGER:
        paths = [path for path, _ in admin_paths(request.getfixturevalue("hostile"))]
    for path in paths:
        response = client.get(path)
        if "html" in response.headers.get("Content-Type", ""):
            body = body_of(response)
            assert not is_taken_for_more(body), path
            shown += is_shown_as_text(body)
    assert shown > 2, "the hostile names are shown nowhere"


def test_no_code_makes_templates_statements_or_objects_of_what_people_write():
    forbidden = re.compile(
        r"\beval\(|\bexec\(|\bpickle\b|\bmarshal\b|yaml\.load|from_string\(|\bTemplate\(|\.raw\(|\.extra\(|RawSQL|shell=True|\*\*request\.(?:GET|POST)"
    )
    for room in ROOMS:
        for file in sorted((compose.ROOT / room).rglob("*.py")):
            assert not forbidden.search(file.read_text()), file


# Forms that other sites send (45), and messages in the queue (46) ---------------------------------------------------------


@pytest.mark.parametrize("login", [STRANGER, "editor"])
def test_no_address_takes_a_form_without_its_token(planted, login):
    """Asked first by a visitor, then by somebody signed in: nothing that one request exempted stays exempt."""
    client = Client(enforce_csrf_checks=True)
    if login != STRANGER:
        client.force_login(user_of(login))
    paths = [
        path
        for name, surfaces in SURFACES.items()
        for surface in surfaces
        for path, _ in paths_of(name, surface, planted)
    ]
    paths += [path for path, _ in admin_paths(planted, [Profile, Source])]
    for path in paths:
        if path in ("/healthz", "/readyz"):
            continue
        client.get("/en/terms/")
        assert client.post(path, {"x": "y"}).status_code in (302, 403, 404, 405), path


def test_the_queue_takes_nothing_that_makes_objects():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    message, kind, encoding = kombu.serialization.dumps({"x": 1}, serializer="pickle")
    with pytest.raises(kombu.serialization.ContentDisallowed):
        kombu.serialization.loads(message, kind, encoding, accept=app.conf.accept_content)
