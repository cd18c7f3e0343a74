"""Where the embedded servers keep their files. Pure, except that `private_folder` makes a folder."""

import contextlib
import hashlib
import os
import pwd
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# sockaddr_un.sun_path without its closing zero, in bytes.
LONGEST_SOCKET = 103 if sys.platform == "darwin" else 107
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
UNPRIVILEGED = ("nobody", "_postgres", "daemon")  # the first that the system knows runs PostgreSQL for root
PRIVATE, ENTERED = 0o700, 0o711


class ServersError(Exception):
    """Something that a person has to put right; the message says what."""


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Places:
    """The folders of one `home`, and the user that runs its PostgreSQL.

    A normal user has everything below `home`. For root, PostgreSQL refuses to run as root and an unprivileged user may
    not be able to enter `home`, so the cluster and the sockets are in a folder of their own that root owns.
    """

    home: Path
    key: str  # 12 hexadecimal digits of the hash of `home`; also names the cluster's processes
    portal: Account  # who runs the portal
    server: Account  # who runs PostgreSQL; the same unless that is root
    state: Path  # the cluster: data, configuration, the superuser's secret
    sockets: Path  # PostgreSQL's
    valkey_sockets: Path  # apart for root: what the unprivileged user may replace, root must not trust
    is_disposable: bool = False  # a crash of the machine may cost the data: the servers do not wait for the disk

    @property
    def is_apart(self) -> bool:
        return self.portal.uid != self.server.uid

    @property
    def data(self) -> Path:
        return self.state / "data"

    @property
    def configuration(self) -> Path:
        return self.state / "conf"

    @property
    def secret(self) -> Path:
        return self.state / "superuser"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def valkey_socket(self) -> Path:
        return self.valkey_sockets / VALKEY_SOCKET


def places_of(home: Path | str) -> Places:
    """The places of `home` for the present user. Touches nothing, and fails for nobody: settings ask it too."""
    home = Path(home).resolve()
    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    portal = present_account()
    if portal.uid == 0:
        apart = _folder_for_root() / f"imap-{key}"
        server = _unprivileged_account() or portal
        return Places(home, key, portal, server, apart, apart / "run", apart / "valkey")
    sockets = home / "run"
    if len(os.fsencode(sockets / POSTGRES_SOCKET)) > LONGEST_SOCKET:
        sockets = _temporary() / f"imap-{portal.uid}-{key}"
    return Places(home, key, portal, portal, home / "postgres", sockets, sockets)


def folder_of_binaries() -> Path:
    """Where root keeps the copies of PostgreSQL's programs that the unprivileged user may run."""
    return _folder_for_root()


def private_folder(path: Path, owner: Account) -> Path:
    """Makes `path` as a folder that only `owner` may enter, or checks that it is one.

    A mode is changed only on a folder that `owner` has already. Raises ServersError when it belongs to somebody else or
    is a link: in a shared folder such as /tmp somebody may have made it first.
    """
    try:
        path.mkdir(mode=PRIVATE)
        made = True
    except FileExistsError:
        made = False
    except PermissionError as error:
        raise ServersError(f"{path.parent} cannot be written by {present_account().name}: {error.strerror}.") from error
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise ServersError(f"{path} should be a folder of {owner.name}'s own: {error.strerror}.") from error
    try:
        if made and os.geteuid() == 0:
            os.fchown(folder, owner.uid, owner.gid)
        found = os.fstat(folder)
        if found.st_uid != owner.uid:
            raise ServersError(f"{path} should belong to {owner.name}, but does not. Remove it and start again.")
        if stat.S_IMODE(found.st_mode) != PRIVATE:
            os.fchmod(folder, PRIVATE)
    finally:
        os.close(folder)
    return path


def refuse_unfit_user(places: Places) -> None:
    """Raises ServersError for a user that PostgreSQL would refuse, with what to do instead."""
    instead = "set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL to servers of your own."
    if not places.portal.name:
        raise ServersError(f"PostgreSQL needs a name for user {places.portal.uid}: add it to /etc/passwd, or {instead}")
    if places.server.uid == 0:
        raise ServersError(f"PostgreSQL refuses root, and none of {', '.join(UNPRIVILEGED)} exists here: {instead}")


def make_state(places: Places) -> None:
    """Makes the cluster's folder. For root it is open to enter, so that the unprivileged user reaches its own in it."""
    if not places.is_apart:
        private_folder(places.state, places.portal)
        return
    places.state.mkdir(mode=ENTERED, exist_ok=True)
    refuse_foreign(places.state, places.portal)
    places.state.chmod(ENTERED)


def refuse_foreign(path: Path, owner: Account) -> None:
    """Raises ServersError unless `path` is a folder of `owner`'s that nobody else may write."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or found.st_mode & 0o022:
        raise ServersError(f"{path} should be {owner.name}'s own folder, but is not. Remove it and start again.")


def make_home(places: Places) -> None:
    """Makes `home` and the folders in it for logs and records. Raises ServersError when it is not ours to write."""
    try:
        places.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServersError(f"{places.home} cannot be made: {error.strerror}.") from error
    for folder in (places.logs, places.run):
        private_folder(folder, places.portal)


def present_account() -> Account:
    uid = os.geteuid()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:  # a container may run any number; PostgreSQL refuses it, servers elsewhere do not care
        return Account("", uid, os.getegid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _unprivileged_account() -> Account | None:
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            if entry.pw_uid != 0:
                return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    return None


def _folder_for_root() -> Path:
    # /var/lib (Linux) and /var/db (macOS) outlive a restart and only root writes there.
    return next((path for path in (Path("/var/lib"), Path("/var/db")) if os.access(path, os.W_OK)), Path("/var/tmp"))


def _temporary() -> Path:
    # Not $TMPDIR, which may differ between a terminal and a service: both must find the same sockets.
    shared = Path("/tmp")
    return shared if shared.is_dir() else Path(tempfile.gettempdir())
