"""Debian's PostgreSQL, started as the image of docker-compose.yml starts its own: initdb, server, script of the roles."""

import os
import pwd
import secrets
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devserver.places import Account, present_account
from devserver.supervisor import Child, Supervisor, mortal
from tests.imap import compose

# The programs of each version, the oldest first.
VERSIONS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
WHY_SKIPPED = "Debian's PostgreSQL is not installed: apt-get install postgresql"
TEMPORARY = ("-c", "jit=off", "-c", "fsync=off")  # nothing in it has to outlive the test
ROLES = compose.ROOT / "deploy" / "postgres" / "10-roles.sh"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def account() -> Account:
    """PostgreSQL and PgBouncer refuse root."""
    if os.geteuid() != 0:
        return present_account()
    entry = pwd.getpwnam("postgres")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Postgres:
    """A server of its own below `folder`, which PostgreSQL's user must be able to pass through."""

    programs: Path
    folder: Path
    port: int = field(default_factory=free_port)
    passwords: Mapping[str, str] = field(
        default_factory=lambda: {role: secrets.token_hex(16) for role in ("postgres", "imap_owner", "imap_app")}
    )

    def url(self, role: str, database: str = "imap", port: int = 0) -> str:
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{port or self.port}/{database}"

    @property
    def environment(self) -> dict[str, str]:
        """What the service of the file has, with passwords of this server."""
        values = {**dict.fromkeys(compose.names_in_env_example(), "x")}
        values |= {"POSTGRES_PASSWORD": self.passwords["postgres"]}
        values |= {"IMAP_OWNER_PASSWORD": self.passwords["imap_owner"], "IMAP_APP_PASSWORD": self.passwords["imap_app"]}
        own = compose.read(values)["services"]["postgres"]["environment"]
        return {"PATH": f"{self.programs}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **own}

    def start(self, supervisor: Supervisor) -> None:
        initialise(self.programs, self.folder, self.environment)
        supervisor.start(child(self.programs, self.folder, self.port, TEMPORARY, self.environment))
        make_roles(self.port, self.environment)


def initialise(programs: Path, folder: Path, environment: Mapping[str, str]) -> None:
    """Makes `folder`/data with the arguments and the password that the image takes from its environment."""
    data, sockets, password = folder / "data", folder / "run", folder / "password"
    password.write_text(environment["POSTGRES_PASSWORD"])
    for path in (data, sockets, password):
        if path != password:
            path.mkdir(mode=0o700)
        os.chown(path, account().uid, account().gid)
    arguments = environment["POSTGRES_INITDB_ARGS"].split()
    if int(programs.parent.name) < 17:  # the builtin provider of orders came with 17
        arguments = [word for word in arguments if "locale" not in word] + ["--locale=C.UTF-8"]
    command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={password}", *arguments]
    subprocess.run(
        mortal(command, signal.SIGTERM, account()), cwd="/", env=environment, check=True, capture_output=True
    )
    password.unlink()


def child(programs: Path, folder: Path, port: int, options: Sequence[str], environment: Mapping[str, str]) -> Child:
    where = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder / 'run'}")
    command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
    command += [word for at in where for word in ("-c", at)]
    is_ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return Child(
        f"postgres-{port}", command, lambda: subprocess.call(is_ready) == 0, environment,
        stop=((signal.SIGINT, 30.0),), account=account(),
    )  # fmt: skip


def make_roles(port: int, environment: Mapping[str, str]) -> None:
    superuser = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGPASSWORD": environment["POSTGRES_PASSWORD"]}
    done = subprocess.run([ROLES], env={**environment, **superuser}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
