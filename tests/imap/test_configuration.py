"""What the portal refuses to start with, and that it says why."""

import contextlib
import os
import runpy
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from psycopg2 import sql

import devserver
from access import roles
from demo import portal
from devserver import postgres
from devserver.places import places_of
from imap.production_check import environment as complete_production
from imap.startup_checks import refuse_unsafe_start

CHECKOUT = Path(__file__).resolve().parents[2]
OWNER = "postgresql://imap_owner:x@127.0.0.1:1/imap"


def start(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> dict[str, object]:
    """Reads the settings as a new process with this environment alone would."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(CHECKOUT / "imap" / "settings.py"))


# Values of the environment


def test_complete_production_settings_start(monkeypatch, tmp_path):
    found = start(monkeypatch, complete_production(tmp_path))
    assert found["IS_PRODUCTION"] is True
    assert found["SECOND_FACTOR"] == "roles"
    assert found["SESSION_COOKIE_SECURE"] is found["SECURE_SSL_REDIRECT"] is True
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):
        assert found[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert found[f"{cookie}_COOKIE_SECURE"] is found[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert found.get(f"{cookie}_COOKIE_DOMAIN") is None
    assert not list(tmp_path.iterdir())  # no secret of its own making


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is missing"),
        ("SECRET_KEY", "k3" * 20, "SECRET_KEY is a placeholder or shorter than 50 characters"),
        ("SECRET_KEY", "ab" * 50, "SECRET_KEY is a placeholder"),
        ("SECRET_KEY", "django-insecure-" + "q7x!mZ" * 12, "SECRET_KEY is a placeholder"),
        ("SECRET_KEY", "change-me-" + "q7x!mZ" * 12, "SECRET_KEY is a placeholder"),
        ("SECRET_KEY", "the-default-" + "q7x!mZ" * 12, "SECRET_KEY is a placeholder"),
        ("DEBUG", "on", "DEBUG is on"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS must name"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name"),
        ("ALLOWED_HOSTS", "maps.example.org, *", "ALLOWED_HOSTS must name"),
        ("DATABASE_URL", "", "DATABASE_URL is missing"),
        ("DATABASE_OWNER_URL", "", "DATABASE_OWNER_URL is missing"),
        ("REDIS_URL", "", "REDIS_URL is missing"),
        ("IMAP_SITE_ADDRESS", "", "IMAP_SITE_ADDRESS is missing"),
        ("DATABASE_URL", OWNER, "DATABASE_URL and DATABASE_OWNER_URL name the same role"),
        ("DATABASE_URL", "postgresql://imap_owner@elsewhere/imap?sslmode=require", "name the same role"),
        ("IMAP_MODE", "staging", "IMAP_MODE must be one of demo, test, production, not 'staging'"),
        ("EMAIL_PORT", "smtp", "EMAIL_PORT must be a whole number, not 'smtp'"),
        ("TRUSTED_PROXY_COUNT", "-1", "TRUSTED_PROXY_COUNT must be a whole number, not '-1'"),
        ("IMAP_NEWS_ALSO_FROM", "127.0.0.1:8123", "IMAP_NEWS_ALSO_FROM lets feeds come from inside"),
        ("IMAP_NEWS_ALSO_FROM", "localhost:8123", "IMAP_NEWS_ALSO_FROM must name addresses with their port"),
        ("IMAP_LOG_DAYS", "91", "IMAP_LOG_DAYS must be at least 92 days, not 91"),
        ("SECOND_FACTOR", "sometimes", "SECOND_FACTOR must be one of off, roles, all, not 'sometimes'"),
        ("SINGLE_SIGN_ON", "{", "SINGLE_SIGN_ON is not JSON"),
        ("SECURE_SSL_REDIRECT", "maybe", "SECURE_SSL_REDIRECT must be on or off, not 'maybe'"),
    ],
)
def test_production_refuses_and_names_the_reason(monkeypatch, tmp_path, name, value, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        start(monkeypatch, {**complete_production(tmp_path), name: value})


def test_production_names_every_reason_at_once_and_no_value(monkeypatch, tmp_path):
    environment = complete_production(tmp_path)
    short = environment["SECRET_KEY"][:20]
    with pytest.raises(ImproperlyConfigured) as caught:
        start(monkeypatch, {**environment, "SECRET_KEY": short, "DEBUG": "on", "ALLOWED_HOSTS": "", "REDIS_URL": ""})
    for name in ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "REDIS_URL"):
        assert name in str(caught.value)
    assert short not in str(caught.value)


def test_production_asks_for_the_secret_before_it_reads_the_kept_one(monkeypatch, tmp_path):
    (tmp_path / "secret_key").write_text(secrets.token_urlsafe(64))
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is missing"):
        start(monkeypatch, {**complete_production(tmp_path), "SECRET_KEY": ""})


@pytest.mark.parametrize("mode", ["demo", "test"])
def test_elsewhere_nothing_needs_to_be_set_and_the_secret_is_kept_to_its_owner(monkeypatch, tmp_path, mode):
    first, second = (start(monkeypatch, {"IMAP_MODE": mode, "IMAP_VAR": str(tmp_path)}) for _ in range(2))
    assert first["SECRET_KEY"] == second["SECRET_KEY"] != ""
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert first["DEBUG"] is False


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1"])
def test_the_demo_refuses_a_port_that_is_none(monkeypatch, capsys, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit):
        portal.main([])
    assert f"not '{port}'" in capsys.readouterr().err


# Roles of the database, on the test cluster


@pytest.fixture
def cluster():
    """The places of the embedded PostgreSQL of the tests; its superuser makes roles that only these tests know."""
    places = places_of(settings.VAR_DIR)
    if settings.DATABASES["default"]["HOST"] != str(places.sockets):
        pytest.skip("another PostgreSQL is configured, and its superuser is not ours")
    return places


@contextlib.contextmanager
def role(cluster, rights: str, member_of: str = "") -> Iterator[str]:
    name = f"trial_{secrets.token_hex(6)}"
    with postgres.superuser(cluster) as cursor:
        cursor.execute(sql.SQL(f"CREATE ROLE {{}} NOLOGIN {rights}").format(sql.Identifier(name)))
        if member_of:
            cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(member_of), sql.Identifier(name)))
    try:
        yield name
    finally:
        with postgres.superuser(cluster) as cursor:
            cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def sentences_about(cluster, db, monkeypatch):
    """`sentences_about(role)`: what the check at the start says when that role serves the tests' database."""

    def ask(name: str) -> list[str]:
        with contextlib.closing(psycopg2.connect(url_as(cluster, name))) as other:
            monkeypatch.setattr(roles, "connections", {"default": other})
            return roles.why_role_is_unsafe()

    return ask


def url_as(cluster, name: str) -> str:
    """The tests' database as the superuser who has become `name`: other roles have no way to sign in there."""
    password, host = cluster.secret.read_text(), quote(str(cluster.sockets), safe="")
    database = connection.settings_dict["NAME"]
    return f"postgresql://postgres:{password}@{host}:5432/{database}?options=-c%20role%3D{name}"


def test_the_application_role_is_safe(sentences_about):
    assert sentences_about("imap_app") == []


@pytest.mark.parametrize(
    ("rights", "member_of", "reason"),
    [
        ("NOSUPERUSER", "", ""),
        ("SUPERUSER", "", "is a superuser"),
        ("BYPASSRLS", "", "bypasses row-level security"),
        ("NOSUPERUSER", "imap_owner", "owns tables of the portal"),
        ("NOSUPERUSER", "postgres", "may become a role that passes the lock"),
        ("NOINHERIT", "postgres", "may become a role that passes the lock"),
    ],
)
def test_a_role_that_passes_the_lock_is_named(cluster, sentences_about, rights, member_of, reason):
    with role(cluster, rights, member_of) as name:
        found = sentences_about(name)
    assert len(found) == bool(reason), found
    assert not reason or f"The database role {name} {reason}." in found


def test_the_owner_does_not_serve(sentences_about):
    assert sentences_about("imap_owner") == ["The database role imap_owner owns tables of the portal."]


@pytest.mark.parametrize(
    ("door", "arguments"),
    [
        ("web server", ("-c", "import imap.wsgi")),
        ("worker", ("-m", "celery", "-A", "imap", "worker", "--concurrency", "1", "--pool", "solo")),
    ],
)
def test_no_process_serves_as_superuser(cluster, db, tmp_path, door, arguments):
    done = _run(tmp_path, *arguments, DATABASE_URL=url_as(cluster, "postgres"))
    assert done.returncode != 0, door
    assert "The i-Map refuses to start: The database role postgres is a superuser." in done.stderr


def _run(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    redis_url = devserver.addresses(settings.VAR_DIR).redis_url
    everything = {**complete_production(var), "REDIS_URL": redis_url, **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=CHECKOUT, env=everything, capture_output=True, text=True, check=False, timeout=60
    )


# Demo accounts


def test_production_refuses_the_demo_accounts(db, settings):
    settings.IS_PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="The demo accounts exist in this database"):
        refuse_unsafe_start()


def test_elsewhere_they_are_welcome(db, settings):
    settings.IS_PRODUCTION = False
    refuse_unsafe_start()


def test_production_makes_no_demo_accounts(db, tmp_path):
    done = _run(tmp_path, "manage.py", "make_cast", "--skip-checks")
    assert done.returncode == 1
    assert "Unknown command: 'make_cast'" in done.stderr
