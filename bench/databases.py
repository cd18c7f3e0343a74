"""The databases of the measurement: the loaded world, a crowd of profiles, each without the lock, and large maps.

They are made once and again when code or data change; older ones are dropped.
"""

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from bench.crowd import gather
from bench.maps import draw
from bench.news import SIZES, fill
from imap.demo import CHECKOUT

PREFIX = "imap_bench_"
LOCKED_TABLES = "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relrowsecurity"


@dataclass(frozen=True)
class Databases:
    """Names. `open` and `crowd_open` are copies without row-level security, `maps` is the world with large maps, `news` with articles."""

    world: str
    open: str
    crowd: str
    crowd_open: str
    maps: str
    news: dict[int, str]  # by the number of articles

    @property
    def names(self) -> tuple[str, str, str, str]:
        """Those in which sections and lists are measured."""
        return self.world, self.open, self.crowd, self.crowd_open


def prepare() -> Databases:
    """Makes what is missing."""
    world = PREFIX + _fingerprint()
    made = Databases(
        world,
        f"{world}_open",
        f"{world}_crowd",
        f"{world}_crowd_open",
        f"{world}_maps",
        {size: f"{world}_news_{size}" for size in SIZES},
    )
    home = connections["owner"].settings_dict["NAME"]
    existing = {row[0] for row in _as_owner(home, f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'")}
    for name in existing - {*made.names, made.maps, *made.news.values()}:
        _as_owner(home, f"DROP DATABASE {name}")
    for name, template in ((made.world, None), (made.crowd, made.world), (made.open, made.world),
                           (made.crowd_open, made.crowd), (made.maps, made.world), *((name, made.world) for name in made.news.values())):  # fmt: skip
        if name not in existing:
            _make(home, name, template, made)
    use(made.world)
    return made


def _make(home: str, name: str, template: str | None, made: Databases) -> None:
    """Under another name first, so that a database that bears its name is whole."""
    half = f"{name}_half"
    copied = f" TEMPLATE {template}" if template else ""
    _as_owner(home, f"DROP DATABASE IF EXISTS {half}", f"CREATE DATABASE {half}{copied}")
    if name in (made.open, made.crowd_open):
        tables = [row[0] for row in _as_owner(half, LOCKED_TABLES)]
        _as_owner(half, *(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY" for table in tables))
    else:
        use(half)
        if template is None:
            call_command("migrate", database="owner", verbosity=0)
            call_command("load_world", with_demo_accounts=True, stdout=io.StringIO())
        elif name == made.maps:
            draw()
        elif name in made.news.values():
            fill(next(size for size, named in made.news.items() if named == name))
        else:
            gather()
        use(home)
        _as_owner(half, "ANALYZE")
    _as_owner(home, f"ALTER DATABASE {half} RENAME TO {name}")


def profiles_in(unlocked: str) -> int:
    """How many there are in a database without the lock, which would show its owner the public's only."""
    return _as_owner(unlocked, "SELECT count(*) FROM profiles_profile")[0][0]


def use(name: str) -> None:
    """Lets Django speak to this database from now on."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@contextlib.contextmanager
def kept_open(name: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to put in the place of Django's: `connections["default"] = …`."""
    wrapper = connections.create_connection("default")
    wrapper.settings_dict = connections["default"].settings_dict | {"NAME": name}
    try:
        yield wrapper
    finally:
        wrapper.close()


def environment_for(name: str) -> dict[str, str]:
    """The variables by which a server takes this database."""
    return {
        variable: urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{name}"))
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }


def _as_owner(database: str, *statements: str) -> list[tuple]:
    """Runs statements outside any transaction; returns the rows of the last one, if it gives any."""
    params = connections["owner"].get_connection_params() | {"dbname": database}
    params.pop("cursor_factory", None)
    connection = psycopg2.connect(**params)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _fingerprint() -> str:
    """Changes when what the loaded databases depend on does."""
    rooms = ("access", "atlas", "accounts", "search", "indicators", "routes", "profiles", "newscentre", "data", "bench")
    folders = [CHECKOUT / name for name in rooms]
    digest = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.suffix in {".csv", ".toml", ".json", ".topojson", ".html"} or _is_of_the_database(path):
            digest.update(f"{path}{path.stat().st_size}{path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:10]


def _is_of_the_database(path: Path) -> bool:
    if path.suffix != ".py":
        return False
    return path.stem in {
        "models",
        "crowd",
        "maps",
        "news",
        "demo",
        "lock",
        "mark",
        "tokens_sql",
    } or path.parent.name in {
        "migrations",
        "models",
    }
