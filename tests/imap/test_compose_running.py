"""Runs what docker-compose.yml says, as processes, against Debian's PostgreSQL and Redis or Valkey, in production mode.

No container: addresses, ports and folders are this machine's; commands, environment and the script of the roles are those
of the file.
"""

import contextlib
import http.client
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings

from devserver import processes
from devserver.places import places_of, present_account
from devserver.supervisor import Child, Supervisor, mortal
from tests.imap import compose, debian

OPERATIONS = compose.ROOT / "docs" / "operations.md"
HOST = "maps.example.org"
OPEN = "/en/maps/mtm/migration-development/morocco/"
RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/morocco/"
POSTGRES = debian.VERSIONS[-1] if debian.VERSIONS else None
VALKEY = shutil.which("valkey-server") or shutil.which("redis-server")

pytestmark = [
    pytest.mark.servers,
    pytest.mark.xdist_group("compose"),
    pytest.mark.skipif(POSTGRES is None, reason=debian.WHY_SKIPPED),
    pytest.mark.skipif(VALKEY is None, reason="neither Redis nor Valkey is installed: apt-get install redis-server"),
]


@dataclass
class Installation:
    """The services of the file with this machine's addresses in place of the containers'."""

    folder: Path
    services: Mapping[str, dict]
    replaced: Mapping[str, str]
    web_port: int
    supervisor: Supervisor

    def here(self, text: str) -> str:
        for name, own in self.replaced.items():
            text = text.replace(name, own)
        return text

    def environment(self, name: str) -> dict[str, str]:
        """What the container would have, and nothing else but this machine's PATH."""
        path = os.pathsep.join([str(Path(sys.executable).parent), str(POSTGRES), "/usr/bin", "/bin"])
        own = {key: self.here(str(value)) for key, value in self.services[name]["environment"].items()}
        return {"PATH": path, "PYTHONUNBUFFERED": "1", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **own}

    def command(self, name: str) -> list[str]:
        first, *others = self.services[name]["command"]
        return [shutil.which(first, path=self.environment(name)["PATH"]) or first, *map(self.here, others)]

    def start(self, name: str, is_ready: Callable[[], bool]) -> None:
        child = Child(
            name, self.command(name), is_ready, self.environment(name), folder=compose.ROOT, ready_within=90,
            stop=((signal.SIGTERM, 30.0),),
        )  # fmt: skip
        self.supervisor.start(child)

    def run(self, name: str, *command: str, **environment: str) -> str:
        """Runs a command to its end as the service `name` would; returns what it printed."""
        lasting = mortal(command, signal.SIGTERM, present_account())
        done = subprocess.run(
            lasting, cwd=compose.ROOT, env={**self.environment(name), **environment}, capture_output=True, text=True,
            check=False, timeout=180,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def is_healthy(self, name: str) -> bool:
        """Asks as the file's health check does."""
        kind, *words = self.services[name]["healthcheck"]["test"]
        command = ["/bin/sh", "-c", self.here(words[0])] if kind == "CMD-SHELL" else list(map(self.here, words))
        done = subprocess.run(
            command, cwd=compose.ROOT, env=self.environment(name), capture_output=True, check=False, timeout=60
        )
        return done.returncode == 0

    def get(self, path: str, proto: str = "https", host: str = HOST) -> tuple[int, http.client.HTTPMessage, str]:
        """As the proxy in front asks, after it has ended TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=30)
        with contextlib.closing(connection):
            headers = {"Host": host, "X-Forwarded-Proto": proto, "X-Forwarded-For": "192.0.2.7"}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode(errors="replace")

    def log(self, name: str) -> str:
        return self.supervisor.log_of(name).read_text()

    def rows(self, query: str) -> list[tuple]:
        url = self.environment("web")["DATABASE_URL"]
        with contextlib.closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def portal() -> Iterator[Installation]:
    """Everything up, in the order of `depends_on`; each test only looks."""
    folder = Path(tempfile.mkdtemp(prefix="imap-compose-", dir="/tmp"))
    folder.chmod(0o711)  # PostgreSQL's user passes through it
    keeper = Supervisor(places_of(folder / "home"))
    try:
        found = prepared(folder, keeper)
        start_postgres(found)
        start_valkey(found)
        prepare_static(found)
        first, *words = found.command("migrate")
        found.run("migrate", first, *words)
        for name in ("worker", "worker-now", "worker-slow", "beat"):
            found.start(name, lambda: True)
        found.start("web", lambda: found.is_healthy("web"))
        keeper.refuse_crashed()
        yield found
    finally:
        keeper.stop()
        shutil.rmtree(folder)


def prepared(folder: Path, keeper: Supervisor) -> Installation:
    database, queue, web = debian.free_port(), debian.free_port(), debian.free_port()
    chosen = {name: secrets.token_hex(32) for name in compose.names_that_must_be_set()}
    named = {"ALLOWED_HOSTS": HOST, "IMAP_SITE_ADDRESS": f"https://{HOST}", "EMAIL_HOST": "127.0.0.1"}
    services = compose.read({**chosen, **named})["services"]
    replaced = {
        "postgres:5432": f"127.0.0.1:{database}",
        "valkey:6379": f"127.0.0.1:{queue}",
        "--port 6379": f"--port {queue} --bind 127.0.0.1 --dir {folder}",
        "valkey-server": str(VALKEY),
        "valkey-cli ping": f"{'valkey' if 'valkey' in str(VALKEY) else 'redis'}-cli -p {queue} ping",
        "--host=0.0.0.0": "--host=127.0.0.1",
        "--port=8000": f"--port={web}",
        "/healthz": f"/healthz 127.0.0.1:{web}",
        "/readyz": f"/readyz 127.0.0.1:{web}",
        "/srv/imap/var": str(folder / "var"),
        "/tmp/celery-schedule": str(folder / "celery-schedule"),
    }
    return Installation(folder, services, replaced, web, keeper)


def start_postgres(portal: Installation) -> None:
    """As the image does: initdb with the file's arguments, the server, then the script of the roles as superuser."""
    assert POSTGRES
    port, environment = int(portal.replaced["postgres:5432"].split(":")[1]), portal.environment("postgres")
    _, *options = portal.command("postgres")
    assert str(debian.ROLES.relative_to(compose.ROOT)) in portal.services["postgres"]["volumes"][1]
    debian.initialise(POSTGRES, portal.folder, environment)
    portal.supervisor.start(debian.child(POSTGRES, portal.folder, port, options, environment))
    debian.make_roles(port, environment)


def start_valkey(portal: Installation) -> None:
    portal.start("valkey", lambda: portal.is_healthy("valkey"))


def prepare_static(portal: Installation) -> None:
    """As the image's build does. Fonts that are cut already are taken over: that is the slow part."""
    if settings.FONTS_DIR.is_dir():
        shutil.copytree(settings.FONTS_DIR, portal.folder / "var" / "fonts")
    passing = {"IMAP_MODE": "test", "SECRET_KEY": secrets.token_urlsafe(64)}
    portal.run("web", sys.executable, "manage.py", "prepare_static", **passing)
    assert not (portal.folder / "var" / "secret_key").exists()


def test_the_portal_is_healthy_and_ready(portal):
    status, _, text = portal.get("/readyz")
    assert (status, text) == (200, '{"ready": true, "failing": []}')
    assert portal.get("/healthz")[0] == 200
    assert portal.is_healthy("web")


def test_a_visitor_reads_the_open_profile_with_its_static_files(portal):
    status, headers, text = portal.get(OPEN)
    assert status == 200
    assert "Morocco" in text
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    style = re.search(r'href="(/static/[^"]+\.css)"', text)
    assert style
    status, headers, _ = portal.get(style[1])
    assert status == 200
    assert "immutable" in headers["Cache-Control"]


def test_the_restricted_profile_is_not_there_for_a_visitor(portal):
    hidden, missing = portal.get(RESTRICTED), portal.get(RESTRICTED.replace("morocco", "nowhere"))
    assert hidden[0] == missing[0] == 404


def test_readers_are_sent_to_tls_and_other_names_are_refused(portal):
    status, headers, _ = portal.get(OPEN, proto="http")
    assert (status, headers["Location"]) == (301, f"https://{HOST}{OPEN}")
    assert portal.get(OPEN, host="elsewhere.example.org")[0] == 400


def test_there_is_no_demo_account(portal):
    assert portal.rows("SELECT count(*) FROM accounts_user") == [(0,)]


def test_the_serving_role_is_the_application_and_owns_nothing(portal):
    assert portal.rows("SELECT current_user, count(*) FILTER (WHERE tableowner = 'imap_app') FROM pg_tables") == [
        ("imap_app", 0)
    ]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        portal.rows("CREATE TABLE public.mine (id int)")


def test_a_statement_of_the_application_does_not_run_without_end(portal):
    assert portal.rows("SHOW statement_timeout") == [("1min",)]


def test_without_its_password_nobody_gets_in(portal):
    environment = portal.environment("web")
    with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
        psycopg2.connect(environment["DATABASE_OWNER_URL"])
    with pytest.raises(redis.exceptions.AuthenticationError):
        redis.from_url(re.sub(r":\w+@", "", environment["REDIS_URL"])).ping()


def test_the_worker_answers_and_does_what_it_is_asked(portal):
    for name in ("worker", "worker-now", "worker-slow"):
        assert processes.wait_until(lambda name=name: portal.is_healthy(name), 60, every=1)
    portal.rows("INSERT INTO django_session VALUES ('ended', '', now() - interval '1 day')")
    call = ("-m", "celery", "-A", "imap", "call", "accounts.tasks.forget_ended_sessions")
    portal.run("worker", sys.executable, *call)
    ended = "SELECT count(*) FROM django_session WHERE session_key = 'ended'"
    assert processes.wait_until(lambda: portal.rows(ended) == [(0,)], 30, every=0.2), portal.log("worker")


def test_the_owners_commands_run_where_it_migrates_and_nowhere_else(portal):
    manage = (sys.executable, "manage.py")
    assert "0 removed" in portal.run("migrate", *manage, "purge")
    assert "backup: " in portal.run("migrate", *manage, "backup", str(portal.folder / "sunday"))
    with pytest.raises(AssertionError, match=r"There is no backup\. .*no password supplied"):
        portal.run("web", *manage, "backup", str(portal.folder / "another"))


def test_the_drill_of_the_manual_restores_beside_the_running_portal(portal):
    [making] = re.findall(r'--command "(CREATE DATABASE imap_drill [^"]+)"', OPERATIONS.read_text())
    [restoring] = re.findall(r"migrate sh -c '([^']+ restore /backups/monday)'", OPERATIONS.read_text())
    portal.run("migrate", sys.executable, "manage.py", "backup", str(portal.folder / "monday"))
    environment = portal.environment("postgres")
    url = f"postgresql://postgres:{environment['POSTGRES_PASSWORD']}@{portal.here('postgres:5432')}/postgres"
    with contextlib.closing(psycopg2.connect(url)) as superuser:
        superuser.autocommit = True
        superuser.cursor().execute(making)
    here = restoring.replace("/backups", str(portal.folder)).replace("/tmp/drill", str(portal.folder / "drill"))
    said = portal.run("migrate", "/bin/sh", "-c", here)
    assert "counted and equal" in said
    assert "lock: on and forced on" in said
    assert portal.get("/readyz")[0] == 200


def test_the_scheduler_waits_for_its_hour(portal):
    assert processes.wait_until(lambda: "beat: Starting" in portal.log("beat"), 60, every=0.2)
    assert "ERROR" not in portal.log("beat")


def test_the_logs_hold_no_secret(portal):
    text = "".join(portal.log(name) for name in ("web", "worker", "beat"))
    passwords = [
        portal.services["postgres"]["environment"][name] for name in ("IMAP_OWNER_PASSWORD", "IMAP_APP_PASSWORD")
    ]
    secret = portal.environment("web")["SECRET_KEY"]
    assert not [
        found for found in (*passwords, secret, portal.environment("valkey")["VALKEY_PASSWORD"]) if found in text
    ]
