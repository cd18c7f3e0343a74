"""The databases of the measurement: the loaded world, a crowd of profiles, each without the lock, large maps, many articles.

They are made once and again when code or data change; older ones are dropped.
"""

import contextlib
import hashlib
import io
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from bench.crowd import gather
from bench.maps import draw
from bench.news import HALF_RESTRICTED, RESTRICTED_SIZES, SIZES, fill, pause_feeds
from demo.portal import CHECKOUT

PREFIX = "imap_bench_"
LOCKED_TABLES = "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relrowsecurity"


@dataclass(frozen=True)
class Databases:
    """Names. `open` and `crowd_open` are copies without row-level security, `maps` is the world with large maps, `news` with
    articles, `restricted` with as many restricted ones as open ones, `feeds` for feeds to come in.
    """

    world: str
    open: str
    crowd: str
    crowd_open: str
    maps: str
    feeds: str
    news: dict[int, str]  # by the number of articles
    restricted: dict[int, str]  # by the number of those that are restricted

    @property
    def names(self) -> tuple[str, str, str, str]:
        """Those in which sections and lists are measured."""
        return self.world, self.open, self.crowd, self.crowd_open

    @property
    def templates(self) -> dict[str, tuple[str, str | None]]:
        """Of each database which it is, and of what it is a copy."""
        return {
            self.world: ("world", None),
            self.crowd: ("crowd", self.world),
            self.open: ("open", self.world),
            self.crowd_open: ("crowd", self.crowd),
            self.maps: ("maps", self.world),
            self.feeds: ("feeds", self.world),
            **dict.fromkeys(self.news.values(), ("news", self.world)),
            **dict.fromkeys(self.restricted.values(), ("restricted", self.world)),
        }


def prepare(needed: Collection[str]) -> Databases:
    """Makes what is missing of the loaded world and of what is needed, and drops what is of other code or data."""
    world = PREFIX + _fingerprint()
    made = Databases(
        world,
        f"{world}_open",
        f"{world}_crowd",
        f"{world}_crowd_open",
        f"{world}_maps",
        f"{world}_feeds",
        {size: f"{world}_news_{size}" for size in SIZES},
        {size: f"{world}_restricted_{size}" for size in RESTRICTED_SIZES},
    )
    home = connections["owner"].settings_dict["NAME"]
    existing = {row[0] for row in _as_owner(home, f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'")}
    for name in existing - set(made.templates):
        _as_owner(home, f"DROP DATABASE {name}")
    for name, (which, template) in made.templates.items():
        if name not in existing and which in {"world", *needed}:
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
            call_command("load_world", stdout=io.StringIO())
            call_command("make_cast", stdout=io.StringIO())
        elif name == made.maps:
            draw()
        elif name in made.news.values():
            fill(next(size for size, named in made.news.items() if named == name))
        elif name in made.restricted.values():
            fill(2 * next(size for size, named in made.restricted.items() if named == name), HALF_RESTRICTED)
        elif name == made.feeds:
            pause_feeds()
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
    if path.suffix == ".sql":
        return True
    if path.suffix != ".py":
        return False
    return path.stem in {
        "models",
        "crowd",
        "maps",
        "news",
        "letters",
        "letters_in_sql",
        "demo",
        "database_rules",
        "installation",
        "policies",
        "row_level_security",
        "tokens_sql",
        "triggers",
    } or path.parent.name in {
        "migrations",
        "models",
    }
