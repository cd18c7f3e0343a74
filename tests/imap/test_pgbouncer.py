"""PgBouncer in transaction mode in front of Debian's PostgreSQL: readers take turns on one or two of its connections."""

import configparser
import contextlib
import functools
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.test import Client
from django.urls import path

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.activity_log.writer import log_action
from accounts.models import Action, User
from accounts.requests import ReaderRequest
from devserver.places import places_of
from devserver.supervisor import Child, Supervisor
from imap import urls as portal
from imap.local_apps import ROOMS
from profiles.models import EditionText
from tests.access.planting import plant_all
from tests.access.test_lock import TABLES
from tests.conftest import EVERYBODY, STRANGER, forget_all_pages, user_of
from tests.imap import compose, debian
from tests.readers import raw, without_form_tokens

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")

pytestmark = [
    pytest.mark.servers,
    pytest.mark.xdist_group("pgbouncer"),
    pytest.mark.skipif(not debian.VERSIONS, reason=debian.WHY_SKIPPED),
    pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed: apt-get install pgbouncer"),
]

THREADS, TURNS = 6, 8
PLACES = ("ghana", "lebanon", "ethiopia")  # planted for a theme, a group, the desk
PAGES = ["/en/", "/ar/maps/mtm/irregular-mixed-migration/", "/en/countries/ghana/"]
PAGES += [f"/en/maps/mtm/irregular-mixed-migration/{place}/" for place in PLACES]
ABROAD = "Asia/Tokyo"  # a server's own timezone, which nobody of the portal means


def broken(request: ReaderRequest):
    """Reads what its reader may see, then the database fails in the middle of the request."""
    assert list(EditionText.objects.visible_to(request.viewer)[:5]) is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


urlpatterns = [path("broken/", broken), *portal.urlpatterns]
handler404, handler500 = portal.handler404, portal.handler500


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="imap-pgbouncer-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def keeper(folder) -> Iterator[Supervisor]:
    supervisor = Supervisor(places_of(folder / "home"))
    yield supervisor
    supervisor.stop()


@pytest.fixture(scope="module")
def postgres(folder, keeper) -> debian.Postgres:
    server = debian.Postgres(debian.VERSIONS[-1], folder)
    server.start(keeper)
    with contextlib.closing(psycopg2.connect(server.url("postgres"))) as superuser, superuser.cursor() as cursor:
        superuser.autocommit = True
        cursor.execute(f"ALTER DATABASE imap SET timezone = '{ABROAD}'")
    return server


@pytest.fixture(scope="module")
def pooler(folder, keeper, postgres) -> Callable[[int], int]:
    """Gives the port of a PgBouncer with so many connections to PostgreSQL, started when it is first asked for."""

    @functools.cache
    def started(pool: int) -> int:
        own, port = folder / f"pool-{pool}", debian.free_port()
        own.mkdir()
        (own / "userlist.txt").write_text(f'"imap_app" "{postgres.passwords["imap_app"]}"\n')
        configuration = of_the_manual()
        configuration["databases"]["imap"] = f"host=127.0.0.1 port={postgres.port}"
        own_values = {"listen_port": port, "default_pool_size": pool, "auth_file": own / "userlist.txt"}
        configuration["pgbouncer"].update({name: str(value) for name, value in own_values.items()})
        configuration["pgbouncer"]["unix_socket_dir"] = ""
        with (own / "pgbouncer.ini").open("w") as file:
            configuration.write(file)
        for made in (own, *own.iterdir()):
            made.chmod(0o700 if made.is_dir() else 0o600)
            os.chown(made, debian.account().uid, debian.account().gid)
        url = postgres.url("imap_app", port=port)
        keeper.start(Child(
            f"pgbouncer-{pool}", [str(PGBOUNCER), str(own / "pgbouncer.ini")], lambda: answers(url),
            {"PATH": "/usr/bin:/bin"}, account=debian.account(),
        ))  # fmt: skip
        return port

    return started


def of_the_manual() -> configparser.ConfigParser:
    """What docs/operations.md says, word for word."""
    [block] = re.findall(r"```ini\n(.+?)```", (compose.ROOT / "docs" / "operations.md").read_text(), re.DOTALL)
    found = configparser.ConfigParser()
    found.read_string(block)
    assert found["pgbouncer"]["pool_mode"] == "transaction"
    return found


def answers(url: str) -> bool:
    with contextlib.suppress(psycopg2.OperationalError):
        psycopg2.connect(url).close()
        return True
    return False


@pytest.fixture(scope="module")
def loaded(folder, postgres, pooler, django_db_blocker, django_test_environment) -> None:
    """The owner migrates past the pooler; the world is loaded and planted through it, by the application's role."""
    addresses = {"DATABASE_OWNER_URL": postgres.url("imap_owner")}
    addresses |= {"DATABASE_URL": postgres.url("imap_app", port=pooler(1)), "IMAP_VAR": str(folder / "var")}
    for command in (["migrate", "--database", "owner"], ["load_world"], ["make_cast"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=compose.ROOT, env={**os.environ, **addresses},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    with django_db_blocker.unblock(), served_by(postgres, pooler(1)):
        plant_all()


@contextlib.contextmanager
def served_by(postgres: debian.Postgres, port: int) -> Iterator[None]:
    """The portal of this process, in all its threads, finds its database there."""
    there = {"NAME": "imap", "HOST": "127.0.0.1", "PORT": port, "USER": "imap_app"}
    there["PASSWORD"] = postgres.passwords["imap_app"]
    configured = connections["default"].settings_dict
    before = {name: configured[name] for name in there}
    connections["default"].close()
    configured.update(there)
    forget_all_pages()
    try:
        yield
    finally:
        connections["default"].close()
        configured.update(before)
        forget_all_pages()


@pytest.fixture
def direct(loaded, postgres, django_db_blocker) -> Iterator[Callable]:
    """`with direct():` the database without a pooler, to know what should be seen."""
    with django_db_blocker.unblock():
        yield lambda: served_by(postgres, postgres.port)


@pytest.fixture(params=[1, 2], ids=["one connection", "two connections"])
def pooled(request, loaded, postgres, pooler, django_db_blocker) -> Iterator[int]:
    """The number of PostgreSQL's connections that all the threads of the test share."""
    with django_db_blocker.unblock(), served_by(postgres, pooler(request.param)):
        yield request.param


def in_threads(turn: Callable[[random.Random], None]) -> None:
    """Each of some threads takes many turns; an assertion that fails in one of them fails here."""

    def turns(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(TURNS):
                turn(chance)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(turns, seed) for seed in range(THREADS)]:
            done.result()


def viewers() -> list[Viewer]:
    return [ANYONE, *(user_of(login).viewer for login in EVERYBODY if login != STRANGER)]


def rows_seen() -> dict[str, int]:
    """What PostgreSQL gives to code that filters nothing."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TABLES))
        return dict(cursor.fetchall())


def asked(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def backend() -> int:
    return asked("SELECT pg_backend_pid()")[0][0]


def browser_of(login: str) -> Client:
    client = Client(raise_request_exception=False)
    if login != STRANGER:
        client.force_login(user_of(login))
    return client


def page(client: Client, address: str) -> bytes:
    return without_form_tokens(raw(client.get(address)))


# What readers see -----------------------------------------------------------------------------------------------------


def test_the_lock_shows_each_reader_their_own_rows_in_turns_on_the_same_connection(direct, pooled):
    """With errors, rollbacks and code without a viewer in between."""
    expected = []
    with direct():
        for viewer in viewers():
            with viewing(viewer):
                expected.append((viewer, rows_seen()))
    assert len({tuple(rows.items()) for _, rows in expected}) > 4, "else taking turns would show nothing"
    used = set()

    def turn(chance: random.Random) -> None:
        viewer, rows = chance.choice(expected)
        with viewing(viewer):
            used.add(backend())
            assert rows_seen() == rows
        match chance.randrange(4):
            case 0:
                with pytest.raises(DatabaseError), viewing(viewer):
                    asked("SELECT 1/0")
            case 1:
                with viewing(viewer):
                    assert rows_seen() == rows
                    transaction.set_rollback(True)
            case 2:
                with pytest.raises(ZeroDivisionError), viewing(viewer):
                    raise ZeroDivisionError
        assert rows_seen() == expected[0][1], "after a viewer's block, and without one, the public's rows"

    in_threads(turn)
    assert len(used) == pooled


def test_each_reader_is_answered_as_without_a_pooler(direct, settings, pooled):
    settings.ROOT_URLCONF = __name__
    logins = [login for login in EVERYBODY if login != "secretariat"]
    with direct():
        for login in logins:  # the first visit of an account is noted
            page(browser_of(login), PAGES[0])
        expected = {(login, address): page(browser_of(login), address) for login in logins for address in PAGES}
    assert len(set(expected.values())) > len(PAGES) * 4
    clients = {login: browser_of(login) for login in logins}

    def turn(chance: random.Random) -> None:
        login, address = chance.choice(sorted(expected))
        assert page(clients[login], address) == expected[login, address], (login, address)
        if chance.randrange(3) == 0:
            assert clients[login].get("/broken/").status_code == 500
        if chance.randrange(3) == 0:
            forget_all_pages()

    in_threads(turn)


def test_a_reader_whose_connection_breaks_off_leaves_nothing_to_the_next(pooled):
    url = connection.get_connection_params() | {"cursor_factory": None}
    leaving = psycopg2.connect(**url)
    with leaving.cursor() as cursor:  # psycopg2 has begun a transaction, and nobody ends it
        cursor.execute("SELECT set_config('imap.viewer', '{secretariat:mtm}', true)")
        cursor.execute("SELECT count(*) FROM profiles_draft")
        assert cursor.fetchone()[0] > 0
        os.close(leaving.fileno())
    assert rows_seen()["profiles_draft"] == 0


# What stays behind on a connection ------------------------------------------------------------------------------------

# PgBouncer remembers these for each of its clients, and sets them anew when it hands a connection over.
HANDED_OVER = {"client_encoding", "DateStyle", "TimeZone", "standard_conforming_strings", "application_name"}


def test_a_request_leaves_no_setting_cursor_or_statement_behind(pooled):
    clients = {login: browser_of(login) for login in EVERYBODY}

    def turn(chance: random.Random) -> None:
        assert clients[chance.choice(EVERYBODY)].get(chance.choice(PAGES)).status_code in (200, 404)

    in_threads(turn)
    left = {name for (name,) in asked("SELECT name FROM pg_settings WHERE source = 'session'")}
    assert left <= HANDED_OVER
    assert asked("SELECT coalesce(current_setting('imap.viewer', true), '')") == [("",)]
    assert asked("SELECT name FROM pg_prepared_statements") == []
    assert asked("SELECT name FROM pg_cursors WHERE name <> ''") == []
    assert asked("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") == []
    assert asked("SELECT 1 FROM pg_class WHERE relpersistence = 't'") == []


def test_every_thread_means_the_portals_own_time_and_words(pooled):
    """The server's own timezone is another, and who is handed a connection did not say its own on it."""
    shown = set()
    in_threads(
        lambda chance: shown.update(
            asked(
                "SELECT current_setting('TimeZone'), current_setting('search_path'), current_setting('client_encoding')"
            )
        )
    )
    assert shown == {("UTC", '"$user", public', "UTF8")}


def test_writing_the_log_makes_nobody_elses_writing_unsafe(pooled):
    """A line of the log does not wait for the disk; what the next reader writes on the same connection does."""
    person = user_of("official.mar")
    with viewing(person.viewer):
        log_action(Action.READ, person, dialogue="mtm", objects=["x"])
        assert asked("SHOW synchronous_commit") == [("off",)]
    log_action(Action.SIGNED_IN, person)  # outside any transaction of ours
    shown = set()
    in_threads(lambda chance: shown.update(asked("SHOW synchronous_commit")))
    assert shown == {("on",)}


def test_many_rows_are_read_in_pieces_by_several_at_once(pooled):
    """A cursor of the server's would be lost when the next piece is asked of another connection."""
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] is True
    everybody = sorted(User.objects.values_list("email", flat=True))

    def turn(chance: random.Random) -> None:
        read = []
        for user in User.objects.order_by("email").iterator(chunk_size=2):
            asked("SELECT 1")
            read.append(user.email)
        assert read == everybody

    in_threads(turn)


def test_a_connection_that_postgresql_ended_is_replaced(pooled, postgres):
    """The portal keeps its connections; one that is not there any more must not become a reader's error."""
    client = browser_of("official.mar")
    assert client.get(PAGES[0]).status_code == 200
    with contextlib.closing(psycopg2.connect(postgres.url("postgres"))) as superuser, superuser.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'imap_app'")
    close_old_connections()
    assert client.get(PAGES[0]).status_code == 200


def test_no_code_of_the_portal_sets_anything_for_a_session():
    """It would be the next reader's too. What is set is set for the transaction."""
    for room in ROOMS:
        for file in (compose.ROOT / room).rglob("*.py"):
            text = file.read_text()
            assert not re.search(r"set_config\([^()]*,\s*false\s*\)|\bSET (?:SESSION|imap\.|ROLE)\b", text), file
