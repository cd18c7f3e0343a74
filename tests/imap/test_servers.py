"""The embedded servers and their supervisor, with the real programs and real kills. No Django, no TCP."""

import contextlib
import dataclasses
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psutil
import psycopg2
import pytest
import redis
from kombu.connection import Connection

import devserver
from devserver import cluster, postgres, processes, supervisor, valkey
from devserver.locks import holder, supervising
from devserver.places import (
    LONGEST_SOCKET,
    POSTGRES_SOCKET,
    Account,
    ServersError,
    make_home,
    make_state,
    places_of,
    private_folder,
)
from tests.imap.embedded import CHECKOUT, clean, pid_of, wait_for

IS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not IS_ROOT, reason="only root becomes other users")
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="children die with their parent on Linux only")

HOLD = "import sys, devserver as s\nwith s.running(sys.argv[1]):\n print('up', flush=True)\n sys.stdin.read()"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of one test; whatever still runs there afterwards is ended, and what lies outside it removed."""
    folder = tmp_path / "home"
    yield folder
    clean(folder)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Servers that run for all tests which only look at them."""
    folder = tmp_path_factory.mktemp("shared") / "home"
    with devserver.running(folder):
        yield folder
    clean(folder)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []


def refused(url: str, query: str = "SELECT 1") -> str:
    with pytest.raises(psycopg2.Error) as caught:
        rows(url, query)
    return str(caught.value)


@contextlib.contextmanager
def held_by_a_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another Python process that runs the servers of `folder` until its standard input is closed."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "up\n"
        yield process


def servers_command(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    command = [sys.executable, "-m", "devserver", *map(str, arguments)]
    return subprocess.run(
        command, cwd=CHECKOUT, env=inherited | environment, capture_output=True, text=True, check=False
    )


# Addresses


def test_addresses_need_no_server_and_make_no_folder(home: Path) -> None:
    assert devserver.addresses(home) == devserver.addresses(str(home))
    assert not home.exists()


def test_other_libraries_understand_the_addresses(tmp_path: Path) -> None:
    folder = tmp_path / "a b%c"
    places, found = places_of(folder), devserver.addresses(folder)
    database = dj_database_url.parse(found.database_url)
    assert (database["HOST"], database["USER"], database["NAME"]) == (str(places.sockets), "imap_app", "imap")
    path = redis.from_url(found.redis_url).connection_pool.connection_kwargs["path"]
    assert path == str(places.valkey_socket)


def test_sockets_fit_in_a_very_long_path(tmp_path: Path) -> None:
    for length in range(1, 200, 7):
        places = places_of(tmp_path / ("x" * length))
        assert len(os.fsencode(places.sockets / POSTGRES_SOCKET)) <= LONGEST_SOCKET


def test_a_user_without_a_name_gets_addresses_and_a_reason(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert devserver.addresses(home).database_url
    with pytest.raises(ServersError, match="/etc/passwd"):
        cluster.prepare(places_of(home))


def test_a_folder_that_somebody_else_made_first_is_refused(tmp_path: Path) -> None:
    own = Account("me", os.geteuid(), os.getegid())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ServersError):
        private_folder(tmp_path / "link", own)
    stranger = Account("stranger", own.uid + 1, own.gid)
    (tmp_path / "foreign").mkdir(mode=0o755)
    with pytest.raises(ServersError, match="stranger"):
        private_folder(tmp_path / "foreign", stranger)
    assert stat.S_IMODE((tmp_path / "foreign").stat().st_mode) == 0o755


# PostgreSQL


def test_the_application_role_is_neither_owner_nor_superuser_nor_bypasses(shared: Path) -> None:
    found = rows(
        devserver.addresses(shared).database_url,
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolname = pg_get_userbyid(datdba)"
        " FROM pg_roles, pg_database WHERE datname = current_database() AND rolname LIKE 'imap%' ORDER BY 1",
    )
    assert found == [
        ("imap_app", False, False, False, False, False, False),
        ("imap_owner", False, True, False, False, False, True),
    ]


def test_only_the_owner_makes_tables_also_in_test_databases(shared: Path) -> None:
    found = devserver.addresses(shared)
    rows(found.database_owner_url, "CREATE DATABASE trial")
    for database in ("imap", "trial"):
        owner, application = (url.removesuffix("imap") + database for url in dataclasses.astuple(found)[1::-1])
        rows(owner, "CREATE TABLE public.mine (id int)")
        assert "permission denied for schema public" in refused(application, "CREATE TABLE public.other (id int)")
        assert rows(owner, "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'") == [
            ("imap_owner",)
        ]


def test_nobody_is_trusted(shared: Path) -> None:
    url = devserver.addresses(shared).database_url
    assert "no password supplied" in refused(url.replace("imap_app@", "postgres@"))
    assert "password authentication failed" in refused(url.replace("imap_app@", "postgres:guess@"))
    assert "no pg_hba.conf entry" in refused(url.replace("imap_app@", "somebody@"))
    rules = (places_of(shared).configuration / "pg_hba.conf").read_text()
    assert "trust" not in rules
    assert stat.S_IMODE(places_of(shared).secret.stat().st_mode) == 0o600


@only_root
def test_the_user_that_runs_the_server_is_no_role_of_it(shared: Path) -> None:
    places = places_of(shared)
    done = subprocess.run(
        [cluster.program(places, "psql"), "-h", places.sockets, "-U", "imap_app", "imap"],
        user=places.server.uid, cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Peer authentication failed" in done.stderr


def test_no_tcp_port_is_opened(shared: Path) -> None:
    running = [*processes.postgres_processes(places_of(shared)), psutil.Process(pid_of(shared, "valkey"))]
    assert len(running) > 3
    assert [process.net_connections("inet") for process in running] == [[]] * len(running)


def test_texts_are_unicode_and_sort_alike_everywhere(shared: Path) -> None:
    url = devserver.addresses(shared).database_url
    assert rows(url, "SELECT lower('ÉÄ'), length('المغرب'), 'É' > 'z'") == [("éä", 6, True)]
    assert rows(url, "SHOW server_encoding") == [("UTF8",)]


def test_settings_are_those_asked_for(shared: Path) -> None:
    url = devserver.addresses(shared).database_url
    for name, value in {"fsync": "on", "jit": "off", "max_connections": "60", "listen_addresses": ""}.items():
        assert rows(url, f"SHOW {name}") == [(value,)]


@pytest.mark.servers
def test_servers_with_disposable_data_do_not_wait_for_the_disk(home: Path) -> None:
    with devserver.running(home, disposable=True) as found:
        for name in ("fsync", "full_page_writes"):
            assert rows(found.database_url, f"SHOW {name}") == [("off",)]
    with devserver.running(home) as found:
        assert rows(found.database_url, "SHOW fsync") == [("on",)]


def test_folders_are_private_and_those_above_are_left_alone(tmp_path: Path) -> None:
    above = tmp_path / "closed"
    above.mkdir(mode=0o700)
    home = above / "home"
    with devserver.running(home):
        places = places_of(home)
        for folder in (places.logs, places.run, places.data, places.sockets, places.valkey_sockets):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(above.stat().st_mode) == 0o700
        assert places.data.stat().st_uid == places.server.uid != 0
    clean(home)


@pytest.mark.servers
@pytest.mark.parametrize("name", ["with spaces, commas and 'quotes'", "x" * 150, "خريطة"])
def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    with devserver.running(home) as found:
        assert rows(found.database_url, "SELECT current_user") == [("imap_app",)]
        assert redis.from_url(found.redis_url).ping()
        with Connection(devserver.broker_url(found.redis_url)) as connection:
            queue = connection.SimpleQueue("trial")
            queue.put("letter")
            assert queue.get(timeout=5).payload == "letter"
            queue.close()
    clean(home)


@pytest.mark.servers
def test_data_outlives_a_stop(home: Path) -> None:
    with devserver.running(home) as found:
        rows(found.database_owner_url, "CREATE TABLE kept AS SELECT 7 AS number")
    with devserver.running(home) as found:
        assert rows(found.database_owner_url, "SELECT number FROM kept") == [(7,)]


@pytest.mark.servers
def test_postgres_survives_kill_9_of_the_postmaster(home: Path) -> None:
    with devserver.running(home) as found:
        rows(found.database_owner_url, "CREATE TABLE kept AS SELECT 7 AS number")
        killed = pid_of(home, "postgres")
        # A backend that computes does not notice that its postmaster is gone.
        busy = psycopg2.connect(found.database_owner_url, async_=True)
        wait_for(lambda: busy.poll() == psycopg2.extensions.POLL_OK)
        busy.cursor().execute("SELECT count(*) FROM generate_series(1, 1e11)")
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: not psutil.pid_exists(killed))
        wait_for(lambda: postgres.answers(places_of(home)))
        assert rows(found.database_owner_url, "SELECT number FROM kept") == [(7,)]
        assert pid_of(home, "postgres") != killed
        busy.close()


@pytest.mark.servers
def test_a_stale_pid_file_that_names_a_foreign_process_does_not_matter(home: Path) -> None:
    with devserver.running(home):
        pass
    places = places_of(home)
    alive = subprocess.Popen(["sleep", "60"], user=places.server.uid if IS_ROOT else None, cwd="/")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(places.sockets / POSTGRES_SOCKET))
    for path in (places.data / "postmaster.pid", places.sockets / f"{POSTGRES_SOCKET}.lock"):
        path.write_text(f"{alive.pid}\n{places.data}\n1700000000\n5432\n{places.sockets}\n\n\nready\n")
    with devserver.running(home) as found:
        assert rows(found.database_url, "SELECT 1") == [(1,)]
    assert alive.poll() is None
    alive.kill()
    alive.wait()


@pytest.mark.servers
def test_a_half_made_cluster_is_made_anew(home: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(home)]
    first = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    places = places_of(home)
    wait_for(lambda: list(places.state.glob("data.new-*/PG_VERSION")))
    first.kill()
    first.communicate()
    assert not places.data.exists()
    places.data.mkdir()  # as an initdb without a rename would leave it
    (places.data / "PG_VERSION").write_text("18\n")
    with devserver.running(home) as found:
        assert rows(found.database_url, "SELECT 1") == [(1,)]
    assert not list(places.state.glob("data.new-*"))


@pytest.mark.servers
def test_a_lost_secret_is_replaced(home: Path) -> None:
    with devserver.running(home):
        places_of(home).secret.unlink()
    with devserver.running(home) as found:
        assert rows(found.database_url, "SELECT 1") == [(1,)]


def test_data_of_another_version_is_refused_and_left(home: Path) -> None:
    places = places_of(home)
    make_home(places)
    make_state(places)
    if places.is_apart:
        (home / "postgres").mkdir(mode=0o700)
        (home / "postgres" / "elsewhere").touch()
    (places.data / "global").mkdir(parents=True)
    (places.data / "global" / "pg_control").touch()
    (places.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServersError, match="PostgreSQL 17"):
        cluster.prepare(places)
    assert (places.data / "PG_VERSION").exists()


# Valkey


def test_valkey_keeps_nothing_on_disk_and_throws_away_only_what_expires(shared: Path) -> None:
    client = redis.from_url(devserver.addresses(shared).redis_url)
    settings = client.config_get("*")
    asked = {"save": "", "appendonly": "no", "maxmemory-policy": "volatile-lru", "maxmemory": str(256 * 2**20)}
    assert {name: settings[name] for name in asked} == asked
    assert settings["port"] == "0"
    assert stat.S_IMODE(places_of(shared).valkey_socket.stat().st_mode) == 0o700


@pytest.mark.servers
def test_valkey_survives_kill_9(home: Path) -> None:
    with devserver.running(home) as found:
        killed = pid_of(home, "valkey")
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: not psutil.pid_exists(killed))
        wait_for(lambda: valkey.answers(places_of(home)))
        assert redis.from_url(found.redis_url).ping()


# Several processes, one home


@pytest.mark.servers
def test_others_use_running_servers_and_the_first_waits_for_them(home: Path) -> None:
    with held_by_a_process(home) as first:
        with devserver.running(home) as found:
            assert holder(places_of(home)).pid == first.pid  # type: ignore[union-attr]
            assert first.stdin
            first.stdin.close()  # it would stop now
            time.sleep(0.5)
            assert rows(found.database_url, "SELECT 1") == [(1,)]
        assert first.wait(20) == 0
    assert not postgres.answers(places_of(home))


@pytest.mark.servers
def test_many_starts_at_once_share_one_server(home: Path) -> None:
    def start(results: list[object]) -> None:
        command = [sys.executable, "-m", "devserver", "run", "--home", str(home), "--"]
        code = "import os, psycopg2; psycopg2.connect(os.environ['DATABASE_URL'])"
        results.append(subprocess.run([*command, sys.executable, "-c", code], cwd=CHECKOUT, check=False).returncode)

    results: list[object] = []
    threads = [threading.Thread(target=start, args=[results]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0] * 4
    assert not list(processes.postgres_processes(places_of(home)))


@only_linux
@pytest.mark.servers
def test_servers_end_when_their_process_is_killed(home: Path) -> None:
    with held_by_a_process(home) as process:
        places = places_of(home)
        alive = processes.recorded(places).values()
        process.kill()
        wait_for(lambda: not any(child.is_running() for child in alive))
        assert not list(processes.postgres_processes(places))
    with devserver.running(home) as found:
        assert rows(found.database_url, "SELECT 1") == [(1,)]


@pytest.mark.servers
def test_servers_that_outlive_a_killed_process_are_stopped_at_the_next_start(home: Path, tmp_path: Path) -> None:
    """As on macOS, where children do not die with their parent."""
    places, launcher = places_of(home), tmp_path / "launcher.py"
    text = supervisor.LAUNCHER.read_text().replace('sys.platform == "linux"', "False")
    launcher.write_text(text)
    code = f"import devserver.supervisor as s, pathlib; s.LAUNCHER = pathlib.Path({str(launcher)!r})\n" + HOLD
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(home)], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"up\n"
    process.kill()
    process.communicate()
    left = list(processes.recorded(places).values())
    assert len(left) == 2
    with devserver.running(home) as found:
        assert rows(found.database_url, "SELECT 1") == [(1,)]
        assert not any(processes.runs(child) for child in left)


def test_a_home_held_without_servers_is_no_endless_wait(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devserver, "PATIENCE", 0.3)
    with supervising(places_of(home)), pytest.raises(ServersError, match="no servers answer"), devserver.running(home):
        pass


# The command


@pytest.mark.servers
def test_run_gives_the_addresses_and_returns_the_commands_code(home: Path) -> None:
    code = "import os, sys; print(os.environ['REDIS_URL'], os.environ['DATABASE_URL']); sys.exit(7)"
    done = servers_command("run", "--home", home, "--", sys.executable, "-c", code, DATABASE_URL="postgresql://other/x")
    assert (done.returncode, done.stdout.split()) == (7, [devserver.addresses(home).redis_url, "postgresql://other/x"])
    killed = servers_command("run", "--home", home, "--", "sh", "-c", "kill -9 $$")
    assert killed.returncode == 137


def test_run_starts_nothing_when_all_is_configured(home: Path) -> None:
    configured = dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"), "x://y")
    configured["PATH"] = os.defpath  # another user's may name folders that this one cannot enter
    assert servers_command("run", "--home", home, "--", "true", **configured).returncode == 0
    assert not home.exists()
    assert servers_command("run", "--home", home, "--", "no-such-program", **configured).returncode == 127


def test_status_says_what_runs(shared: Path, home: Path) -> None:
    answered = servers_command("status", "--home", shared)
    assert answered.returncode == 0
    assert "PostgreSQL answers" in answered.stdout
    assert servers_command("status", "--home", home).returncode == 1


# The supervisor


def quick_child(name: str, code: str, **more: object) -> supervisor.Child:
    return supervisor.Child(name, [sys.executable, "-c", code], lambda: True, **more)  # type: ignore[arg-type]


def test_a_crashed_child_starts_again_after_growing_pauses(home: Path) -> None:
    keeper = supervisor.Supervisor(places_of(home))
    keeper.start(quick_child("crasher", "print('began', flush=True)"))
    began = time.monotonic()
    while time.monotonic() - began < 2.4:
        keeper.look()
        time.sleep(0.02)
    keeper.stop()
    starts = keeper.log_of("crasher").read_text().count("began")
    assert 2 <= starts <= 3  # at 0, 0.5 and 1.5 seconds; the next pause is 2 seconds


def test_children_stop_in_reverse_order(home: Path) -> None:
    note = home / "order"
    code = "import signal, sys, time\ndef bye(*a): open(sys.argv[1], 'a').write(sys.argv[2]); sys.exit()\n"
    code += "signal.signal(signal.SIGTERM, bye); open(sys.argv[1] + sys.argv[2], 'w'); time.sleep(60)"
    keeper = supervisor.Supervisor(places_of(home))
    for name in ("a", "b", "c"):
        ready = Path(f"{note}{name}").exists
        keeper.start(supervisor.Child(name, [sys.executable, "-c", code, str(note), name], ready))
    keeper.stop()
    assert note.read_text() == "cba"


def test_a_child_that_fails_shows_the_end_of_its_log(home: Path) -> None:
    keeper = supervisor.Supervisor(places_of(home))
    child = supervisor.Child("broken", [sys.executable, "-c", "raise SystemExit('the reason')"], lambda: False)
    with pytest.raises(ServersError, match=r"broken ended with code 1 while starting\.\n  the reason"):
        keeper.start(child)
    keeper.stop()


def test_what_a_killed_child_started_is_ended_too(home: Path) -> None:
    note = home / "grandchild"
    code = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60'])\n"
    code += "open(sys.argv[1], 'w').write(str(p.pid) + ' '); time.sleep(60)"
    keeper = supervisor.Supervisor(places_of(home))
    keeper.start(
        supervisor.Child(
            "parent", [sys.executable, "-c", code, str(note)], lambda: note.exists() and " " in note.read_text()
        )
    )
    grandchild = psutil.Process(int(note.read_text()))
    os.kill(pid_of(home, "parent"), signal.SIGKILL)
    wait_for(lambda: processes.recorded(places_of(home)) == {})
    keeper.look()
    wait_for(lambda: not processes.runs(grandchild))
    keeper.stop()


def test_a_reused_process_number_is_not_ended(home: Path) -> None:
    places = places_of(home)
    make_home(places)
    with subprocess.Popen(["sleep", "60"]) as other:
        processes.record(places, "web", other.pid)
        path = places.run / "web.process.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "started": time.time() - 9000}))
        assert processes.end_left_over(places) == []
        assert other.poll() is None
        other.kill()


def test_large_logs_are_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LARGEST_LOG", 3)
    path = tmp_path / "web.log"
    for text in ("first", "second", "third", "fourth", "fifth"):
        path.write_text(text)
        supervisor.rotate(path)
    assert [tmp_path.joinpath(f"web.log.{number}").read_text() for number in (1, 2, 3)] == ["fifth", "fourth", "third"]
    assert len(list(tmp_path.iterdir())) == 3


# Users of the operating system


@only_root
@pytest.mark.servers
def test_root_and_nobody(tmp_path: Path) -> None:
    """Root in a folder that only root may enter, and beside it a normal user with everything in its own folder."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with devserver.running(closed / "home") as found:
        assert rows(found.database_owner_url, "SELECT current_user") == [("imap_owner",)]
        assert psutil.Process(pid_of(closed / "home", "postgres")).uids().effective != 0
    clean(closed / "home")

    nobody, folder = pwd.getpwnam("nobody"), Path("/tmp", f"imap-test-{os.getpid()}")
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path])}
    code = f"import devserver as s, psycopg2\nwith s.running({str(folder / 'home')!r}) as a:\n"
    code += " c = psycopg2.connect(a.database_url).cursor(); c.execute('SELECT current_user'); print(c.fetchone()[0])"
    python = next((path for path in (sys.executable, "/usr/bin/python3") if runs_for(path, nobody.pw_uid)), None)
    if python is None:
        pytest.skip("no Python of this version that a normal user can run")
    folder.mkdir(mode=0o755)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    try:
        done = subprocess.run(
            [python, "-c", code], user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[],
            cwd="/", env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.stdout, done.stderr) == ("imap_app\n", "")
        assert (folder / "home" / "postgres" / "data" / "PG_VERSION").exists()
    finally:
        shutil.rmtree(folder)


def runs_for(python: str, uid: int) -> bool:
    """Whether user `uid` can run `python`, of our version, with the packages of this one."""
    code = f"import sys, psycopg2, psutil, celery, imap; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    environment = {"PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path])}
    with contextlib.suppress(OSError):
        return subprocess.run([python, "-c", code], user=uid, cwd="/", env=environment, check=False).returncode == 0
    return False
