"""Who is looking, as the database knows it: nested, after errors, in late templates, streams, tasks, and between readers."""

import psycopg2
import pytest
from celery import shared_task
from django.db import DataError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.test import Client
from django.urls import path

from access.viewer import ANYONE, Viewer
from access.viewing import SETTING, asked_as, viewing
from atlas.models import Theme
from imap import urls as portal
from indicators.models import Source
from tests.conftest import user_of

DESK = Viewer.secretariat_of("mtm")
OFFICIAL = Viewer.of(["nominated", "partner:morocco", "dialogue:mtm:irregular-mixed-migration"])


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(current_setting('{SETTING}', true), '')")
        return cursor.fetchone()[0]


def restricted_sources() -> list[str]:
    """What the database gives to code that filters nothing."""
    return sorted(Source.objects.filter(slug__startswith="only-").values_list("slug", flat=True))


@pytest.fixture
def sources(db):
    """One source for each of three circles of readers; one for everybody."""
    audiences = {"all": ["public"], "nominated": ["nominated"], "morocco": ["partner:morocco"], "desk": []}
    with viewing(DESK):
        for name, audience in audiences.items():
            Source.objects.create(slug=f"only-{name}", dialogue_id="mtm", audience=audience, name=name, kind="press")


PUBLIC_ONLY = ["only-all"]
OFFICIALS = ["only-all", "only-morocco", "only-nominated"]
ALL = ["only-all", "only-desk", "only-morocco", "only-nominated"]


# Blocks ---------------------------------------------------------------------------------------------------------------


def test_a_viewer_set_inside_another_gives_way_to_it_again(sources):
    assert restricted_sources() == PUBLIC_ONLY
    with viewing(OFFICIAL):
        assert restricted_sources() == OFFICIALS
        with viewing(DESK):
            assert restricted_sources() == ALL
            with viewing(ANYONE):
                assert restricted_sources() == PUBLIC_ONLY
            assert restricted_sources() == ALL
        assert restricted_sources() == OFFICIALS
    assert restricted_sources() == PUBLIC_ONLY


def test_an_error_inside_restores_the_viewer_before(sources):
    with viewing(OFFICIAL):
        with pytest.raises(ZeroDivisionError), viewing(DESK):
            assert restricted_sources() == ALL
            raise ZeroDivisionError
        assert restricted_sources() == OFFICIALS
    assert setting() == ""


def test_an_error_of_the_database_inside_restores_the_viewer_before(sources):
    with viewing(OFFICIAL):
        with pytest.raises(Exception, match="division by zero"), viewing(DESK), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert restricted_sources() == OFFICIALS


def test_a_rollback_asked_for_inside_restores_the_viewer_before(sources):
    with viewing(OFFICIAL):
        with viewing(DESK):
            Source.objects.create(slug="only-rolled-back", dialogue_id="mtm", name="x", kind="press")
            transaction.set_rollback(True)
        assert restricted_sources() == OFFICIALS
    with viewing(DESK):
        assert restricted_sources() == ALL


def test_a_rolled_back_savepoint_keeps_the_viewer(sources):
    with viewing(OFFICIAL):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
        assert restricted_sources() == OFFICIALS


@pytest.fixture
def another_connection(django_db_setup):
    """A connection of the application's role beside the test's own, outside its transaction."""
    params = connections["default"].get_connection_params()
    raw = psycopg2.connect(
        **{name: value for name, value in params.items() if name not in ("cursor_factory", "context")}
    )
    yield raw
    raw.close()


def test_the_end_of_the_transaction_drops_the_viewer(another_connection):
    """Committed or rolled back: the next one on the same connection begins as the public."""
    held = DESK.as_setting()
    for end in (another_connection.commit, another_connection.rollback):
        with another_connection.cursor() as cursor:
            cursor.execute(f"SELECT set_config('{SETTING}', %s, true)", [held])
            cursor.execute("SELECT imap_viewer(), count(*) FROM profiles_draft")
            viewer, drafts = cursor.fetchone()
            assert viewer == ["public", "secretariat:mtm"]
            assert drafts > 0
            end()
            cursor.execute("SELECT imap_viewer(), count(*) FROM profiles_draft")
            assert cursor.fetchone() == (["public"], 0)
            end()


def test_a_connection_that_never_named_a_viewer_sees_public_rows_only(another_connection):
    with another_connection.cursor() as cursor:
        for table in ("profiles_profile", "profiles_edition", "profiles_editiontext", "indicators_source"):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE NOT 'public' = ANY (audience)")
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize("broken", ["not an array", "{", "{public", "{{public},{a}}"])
def test_a_broken_setting_shows_nothing_rather_than_everything(another_connection, broken):
    with another_connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT set_config('{SETTING}', %s, true)", [broken])
            cursor.execute("SELECT count(*) FROM profiles_draft")
            assert cursor.fetchone() == (0,)
        except psycopg2.Error:
            pass
        another_connection.rollback()


# Requests: views of the test's own, behind the portal's middleware ----------------------------------------------------

LIST = "{% for source in sources %}{{ source.slug }} {% endfor %}"


def lazy_sources():
    return Source.objects.filter(slug__startswith="only-").order_by("slug")


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(" ".join(restricted_sources()))


def late(request: HttpRequest) -> HttpResponse:
    """Its template is rendered after the view has returned."""
    return TemplateResponse(request, engines["django"].from_string(LIST), {"sources": lazy_sources()})


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    """Its bytes are asked for after the whole request: nobody is looking then."""
    return StreamingHttpResponse(row.slug + " " for row in lazy_sources().iterator())


def streamed_for_its_reader(request: HttpRequest) -> StreamingHttpResponse:
    viewer = request.viewer

    def rows():
        with viewing(viewer):
            for row in lazy_sources():
                yield row.slug + " "

    return StreamingHttpResponse(rows())


def raising(request: HttpRequest) -> HttpResponse:
    _write(request)
    raise RuntimeError("something went wrong")


def failing(request: HttpRequest) -> HttpResponse:
    _write(request)
    return HttpResponse("sorry", status=500)


def writing(request: HttpRequest) -> HttpResponse:
    _write(request)
    return HttpResponse("written")


def _write(request: HttpRequest) -> None:
    Theme.objects.create(slug="written", name="written")
    with viewing(DESK):
        assert restricted_sources() == ALL


def unready_template(request: HttpRequest) -> HttpResponse:
    """A template that nobody renders within the request."""
    return SimpleTemplateResponse(engines["django"].from_string(LIST), {"sources": lazy_sources()})


urlpatterns = [
    *portal.urlpatterns,
    path("plain/", plain),
    path("late/", late),
    path("streamed/", streamed),
    path("streamed-for-its-reader/", streamed_for_its_reader),
    path("raising/", raising),
    path("failing/", failing),
    path("writing/", writing),
    path("unready/", unready_template),
]
handler500 = "imap.views.server_error"


@pytest.fixture
def own_addresses(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def official(sources, own_addresses) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user_of("official.mar"))
    return client


@pytest.fixture
def stranger(sources, own_addresses) -> Client:
    return Client(raise_request_exception=False)


def words(response) -> list[str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode().split()


@pytest.mark.parametrize("address", ["/plain/", "/late/", "/unready/"])
def test_a_page_is_rendered_for_its_reader_to_its_last_byte(official, stranger, address):
    assert words(official.get(address)) == OFFICIALS
    assert words(stranger.get(address)) == PUBLIC_ONLY


def test_a_stream_shows_public_rows_only_unless_it_names_its_reader(official, stranger):
    assert words(official.get("/streamed/")) == PUBLIC_ONLY
    assert words(official.get("/streamed-for-its-reader/")) == OFFICIALS
    assert words(stranger.get("/streamed-for-its-reader/")) == PUBLIC_ONLY
    assert setting() == ""


def test_two_readers_in_turn_on_one_connection_never_see_each_others_rows(official, stranger):
    desk = Client()
    desk.force_login(user_of("editor"))
    for _ in range(3):
        assert words(desk.get("/late/")) == ALL
        assert words(stranger.get("/late/")) == PUBLIC_ONLY
        assert words(official.get("/plain/")) == OFFICIALS
        assert words(stranger.get("/plain/")) == PUBLIC_ONLY


def test_one_stream_half_read_while_another_reader_comes(official, stranger):
    stream = iter(official.get("/streamed-for-its-reader/").streaming_content)
    first = next(stream).decode().strip()
    rest = [chunk.decode().strip() for chunk in stream]
    assert [first, *rest] == OFFICIALS
    assert words(stranger.get("/plain/")) == PUBLIC_ONLY


@pytest.mark.parametrize("address", ["/raising/", "/failing/"])
def test_a_server_error_writes_nothing_and_leaves_no_viewer_behind(official, stranger, address):
    for client in (official, stranger):
        assert client.get(address).status_code == 500
        assert not Theme.objects.filter(slug="written").exists()
        assert setting() == ""
        assert words(stranger.get("/plain/")) == PUBLIC_ONLY
    assert official.get("/writing/").status_code == 200
    assert Theme.objects.filter(slug="written").exists()


def test_the_page_of_a_server_error_says_nothing_of_what_failed(official):
    page = official.get("/raising/").content.decode()
    assert "RuntimeError" not in page
    assert "only-" not in page


# Tasks ----------------------------------------------------------------------------------------------------------------


@shared_task
def task_without_a_viewer() -> list[str]:
    return restricted_sources()


@shared_task
def task_for_a_secretariat() -> list[str]:
    with viewing(DESK):
        return restricted_sources()


def test_a_task_sees_public_rows_only_unless_it_names_its_viewer(sources):
    assert task_without_a_viewer.apply().get() == PUBLIC_ONLY
    assert task_for_a_secretariat.apply().get() == ALL
    assert task_without_a_viewer.apply().get() == PUBLIC_ONLY


def test_a_task_that_fails_leaves_no_viewer_behind(sources):
    @shared_task
    def failing_task():
        with viewing(DESK):
            raise ZeroDivisionError

    assert failing_task.apply().failed()
    assert setting() == ""
    assert restricted_sources() == PUBLIC_ONLY


# One question ---------------------------------------------------------------------------------------------------------


COUNT = "SELECT count(*), coalesce(current_setting('imap.viewer', true), '') FROM profiles_draft WHERE 0 < %(least)s"


@pytest.fixture
def outside_a_transaction(django_db_setup, django_db_blocker):
    """As between two requests; nothing is written here."""
    with django_db_blocker.unblock():
        yield
        connection.close()


def test_one_question_is_asked_as_its_viewer_and_leaves_no_viewer_behind(outside_a_transaction):
    drafts, viewer = asked_as(DESK, COUNT, {"least": 1})
    assert drafts > 0
    assert viewer == DESK.as_setting()
    assert setting() == ""
    assert asked_as(ANYONE, COUNT, {"least": 1}) == (0, ANYONE.as_setting())


def test_one_question_inside_anothers_viewing_gives_way_to_it_again(sources):
    with viewing(OFFICIAL):
        assert asked_as(DESK, COUNT, {"least": 1})[0] > 0
        assert restricted_sources() == OFFICIALS
    assert setting() == ""


def test_a_failing_question_leaves_no_viewer_behind(outside_a_transaction):
    with pytest.raises(DataError):
        asked_as(DESK, "SELECT 1 / %(zero)s", {"zero": 0})
    assert setting() == ""


def test_a_question_finds_the_server_again_after_its_restart(outside_a_transaction):
    """The connection was kept from an earlier request, and the server has ended it meanwhile."""
    asked_as(ANYONE, COUNT, {"least": 1})
    end_the_connection_of_the_next_request()
    assert asked_as(DESK, COUNT, {"least": 1})[0] > 0


def end_the_connection_of_the_next_request() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = cursor.fetchone()[0]
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    other.close()
