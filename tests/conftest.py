"""The cast and the world of the tests: one database with everything loaded, copied for each worker."""

import fcntl
import gc
import hashlib
import html
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from django.core.management import call_command
from django.core.signals import request_started
from django.db import connections
from django.template import Context, Template
from django.test import Client
from django.test.client import ClientHandler
from django.test.signals import template_rendered
from django.utils import translation
from django.utils.safestring import SafeString
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

from access.owner_access import owner_access
from accounts.models import LogEntry, User
from demo.cast import CAST
from imap.local_apps import ROOMS
from profiles import page_cache
from profiles.shown_editions import newest_shown
from profiles.visible_edition import forget_editions
from routes.layer_responses import forget_visible_layers
from routes.reading import maps_shown

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
ROOT = Path(__file__).resolve().parent.parent
STRANGER = "stranger"
EVERYBODY = [STRANGER, *(member.login for member in CAST)]


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(50_000, 10, 10)  # Python's own 700 spends a fifth of the tests' time on looking for garbage
    settings.CACHES["default"]["KEY_PREFIX"] = f"test-{WORKER}"
    # The same way of hashing with the least work: the portal's own takes 100 MB and a tenth of a second a password.
    for name, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
        setattr(Argon2PasswordHasher, name, least)


def pytest_xdist_auto_num_workers() -> int | None:
    """One more than there are cores: while some wait, for a browser or for servers to start, another one works."""
    is_chosen = "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    return None if is_chosen else (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    gc.freeze()  # what is loaded by now stays: the collector need not look through it again and again


# Modules that answer requests: what they hold is not in the loaded database, so changing them does not load it anew.
ANSWERS_ONLY = re.compile(r"(.*_)?(views?|urls|admin|middleware|feeds_out|context_processors)\.py")


def _fingerprint() -> str:
    """Changes when the code or the data that the loaded database depends on does."""
    digest = hashlib.sha256()
    folders = (*ROOMS, "data")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in sorted([*paths, Path(__file__)]):
        is_input = path.suffix in {".py", ".sql", ".csv", ".toml", ".json", ".topojson", ".html"}
        if is_input and not ANSWERS_ONLY.fullmatch(path.name):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def _as_owner(*statements: str) -> list[tuple]:
    """Runs statements outside any transaction; returns the rows of the last one, if it gives any."""
    params = connections["owner"].get_connection_params()
    connection = psycopg2.connect(**{name: value for name, value in params.items() if name != "cursor_factory"})
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _use(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _database_exists(name: str) -> bool:
    return bool(_as_owner(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


@pytest.fixture(scope="session")
def world_template(django_test_environment, django_db_blocker) -> str:
    """The name of a database with everything loaded; made once for all workers, and again when code or data change."""
    name = f"imap_world_{_fingerprint()}"
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with django_db_blocker.unblock(), (settings.VAR_DIR / "world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _database_exists(name):
            home = connections["owner"].settings_dict["NAME"]
            unfinished = f"{name}_unfinished"
            _as_owner(f"DROP DATABASE IF EXISTS {unfinished}", f"CREATE DATABASE {unfinished}")
            _use(unfinished)
            call_command("migrate", database="owner", verbosity=0)
            call_command("load_world", stdout=io.StringIO())
            call_command("make_cast", stdout=io.StringIO())
            with owner_access():  # the demonstration's nomination left a line; each test of the log writes its own
                LogEntry.objects.using("owner").all().delete()
            _use(home)
            _as_owner(f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return name


@pytest.fixture(scope="session")
def django_db_setup(world_template: str, django_db_blocker) -> Iterator[None]:
    """Each worker's copy of the world. The application's role serves it, as in production; the owner made it."""
    home = connections["owner"].settings_dict["NAME"]
    name = f"imap_test_{WORKER}_{os.getpid()}"
    with django_db_blocker.unblock():
        _as_owner(f"CREATE DATABASE {name} TEMPLATE {world_template}")
        _use(name)
    yield
    with django_db_blocker.unblock():
        _use(home)
        _as_owner(f"DROP DATABASE {name}")


@pytest.fixture(scope="session", autouse=True)
def one_portal(django_test_environment) -> None:
    """All browsers ask one running portal, as in production; starting one for each would read every static file anew."""
    portal = ClientHandler()
    portal.load_middleware()
    ClientHandler._middleware_chain = staticmethod(portal._middleware_chain)
    request_started.connect(have_the_whole_time)
    Template._render = _rendered  # type: ignore[method-assign]


def _rendered(self: Template, context: Context) -> SafeString:
    """As Django renders in tests, but an answer keeps the context of its page alone, not of each of its hundred parts."""
    if context.template is self:
        template_rendered.send(sender=self, template=self, context=context)
    return self.nodelist.render(context)


def have_the_whole_time(**kwargs: object) -> None:
    """The pages of a test share its transaction, in which a page of search shortens the time of all statements after it.

    No question of the page: what counts those does not see it.
    """
    held = connections["default"].connection
    if held is not None and not held.closed and held.info.transaction_status == TRANSACTION_STATUS_INTRANS:
        with held.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


@pytest.fixture(autouse=True)
def empty_shelf(request: pytest.FixtureRequest) -> None:
    """No test reads a page that another one made."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        forget_all_pages()


def clear_own_cache() -> None:
    """Empties what this worker keeps in Valkey. `cache.clear()` would empty the database that all workers share."""
    if not isinstance(caches["default"], RedisCache):
        cache.clear()  # noqa: TID251 - a test's own, in this process
        return
    client = cache._cache.get_client(write=True)
    if keys := list(client.scan_iter(cache.make_key("*"), count=1000)):
        client.delete(*keys)


def forget_all_pages() -> None:
    page_cache.clear_process_cache()
    clear_own_cache()
    forget_editions()
    newest_shown.forget()
    maps_shown.forget()
    forget_visible_layers()


@pytest.fixture
def committed_world(world_template, django_db_setup, django_db_blocker) -> Iterator[None]:
    """A copy of the loaded world of the test's own, in which what it changes is committed, as it is in life."""
    home = connections["owner"].settings_dict["NAME"]
    name = f"imap_test_{WORKER}_{os.getpid()}_committed"
    forget_all_pages()
    with django_db_blocker.unblock():
        _as_owner(f"CREATE DATABASE {name} TEMPLATE {world_template}")
        _use(name)
        yield
        _use(home)
        _as_owner(f"DROP DATABASE {name}")  # the owner may not force an autovacuum to end, but PostgreSQL ends it
    forget_all_pages()


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """No test speaks the language of the last page that another one asked for."""
    with translation.override("en"):
        yield


@pytest.fixture
def reader(db):
    """`reader("official.mar")` is a browser of that member of the cast; `reader("stranger")` has no account."""

    return browser_of


class Browser(Client):
    """Opens a page of the desk before it sends its form, as people do, unless what is sent says its state already."""

    STATE = re.compile(r'name="(_state|_shown)" value="([^"]*)"')
    DESK = re.compile(r"/secretariat/|/\w\w/nominations/.*(?:/address|/again|/confirm|/end|/withdraw)/$")

    def post(self, path, data=None, *args, **kwargs):
        is_form = (data is None or isinstance(data, dict)) and not kwargs.get("content_type")
        if is_form and self.DESK.match(path) and "_state" not in (data or {}):
            data = {**self.carried_by(path, data or {}), **(data or {})}
        return super().post(path, data, *args, **kwargs)

    def carried_by(self, path: str, data: dict) -> dict[str, str]:
        """By the page on which the form stands: its own, or the one that leads to where it is sent."""
        person = re.match(r"(.*/people/)(\d+/confirm/)$", path)
        page = person[1] if person else re.sub(r"(?<=/)(?:decide|again|withdraw)/$", "", path)
        if "_selected_action" in data and {"_end", "post"} & data.keys():  # the page that asks once more
            asked = {name: value for name, value in data.items() if name not in ("_end", "post")}
            answer = super().post(page, {**asked, **self.carried_by(path, {}), "index": "0"})
        else:
            answer = super().get(page, follow=True)
        text = "" if answer.streaming else answer.content.decode(errors="replace")
        text = text[text.find(person[2]) :] if person else text
        return {name: html.unescape(value) for name, value in reversed(self.STATE.findall(text))}


def browser_of(login: str) -> Client:
    client = Browser()
    if login != STRANGER:
        client.force_login(user_of(login))
    return client


def user_of(login: str) -> User:
    return User.objects.get(email=f"{login}@imap.example")
