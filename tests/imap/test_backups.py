"""`manage.py backup` and `manage.py restore`: what was there is there again, under the same lock, for the same readers."""

import contextlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from django.apps import apps

from access import catalogue
from access.models import RestrictedModel
from access.policies import APPEND_ONLY
from devserver.places import places_of
from devserver.supervisor import Supervisor
from imap.backups import database
from imap.backups.manifest import Manifest
from tests import conftest
from tests.access.planting import planted_database
from tests.access.test_catalogue import REGARDLESS
from tests.imap import compose, debian

__all__ = ["planted_database"]
pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("backups")]

LETTER = "nominations/2012/note verbale – مذكرة.pdf"
LOCKED = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, RestrictedModel))
APPEND_ONLY_TABLES = {model._meta.db_table for model in apps.get_models() if getattr(model, APPEND_ONLY, False)}
RIGHTS = """
    SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
    WHERE a.grantee = 'imap_app'::regrole ORDER BY 1, 2
"""
CACHE_OF_ITS_OWN = "?db=11"


@dataclass
class Place:
    """One installation: the two addresses of its database, and the folder of its files."""

    url: Callable[[str], str]
    var: Path

    def manage(self, *command: str | Path, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        addresses = {"DATABASE_URL": self.url("imap_app"), "DATABASE_OWNER_URL": self.url("imap_owner")}
        redis = os.environ["REDIS_URL"].partition("?")[0] + CACHE_OF_ITS_OWN
        own = {"IMAP_MODE": "test", "IMAP_VAR": str(self.var), "REDIS_URL": redis, **addresses, **environment}
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, command)], cwd=compose.ROOT, env={**os.environ, **own},
            input=typed, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def rows(self, query: str, role: str = "imap_owner", viewer: str = "", *, keeps: bool = False) -> list[tuple]:
        with contextlib.closing(psycopg2.connect(self.url(role))) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('imap.viewer', %s, true)", [viewer])
            cursor.execute("SELECT set_config('imap.owner_access', %s, true)", ["on" if keeps else ""])
            cursor.execute(query)
            return cursor.fetchall()

    def contents(self) -> dict[str, tuple]:
        """Table → how many rows, and a digest of them all."""
        tables = [table for (table,) in self.rows(database.TABLES)]
        return digests(self.rows(digest_of(tables), keeps=True))

    def seen_by(self, viewer: str) -> dict[str, tuple]:
        """What the application's role is shown for a reader with these tokens."""
        return digests(self.rows(digest_of(LOCKED), "imap_app", viewer))

    def viewers(self) -> dict[str, str]:
        """Login → the tokens it holds, as the database says."""
        held = self.rows("SELECT email, imap_tokens_of(id)::text FROM accounts_user ORDER BY email", "imap_app")
        return {"stranger": "", **dict(held)}

    def write(self, name: str, content: bytes) -> None:
        path = self.var / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def files(self) -> dict[str, bytes]:
        root = self.var / "files"
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def digest_of(tables: list[str]) -> str:
    one = "SELECT '{0}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {0} t"
    return " UNION ALL ".join(one.format(table) for table in tables)


def digests(rows: list[tuple]) -> dict[str, tuple]:
    return {table: (count, digest) for table, count, digest in rows}


@dataclass
class Drill:
    """What was, the backup of it, and what a fresh database holds after it was taken back."""

    before: Place
    after: Place
    folder: Path
    printed: str


def embedded_places(tmp_path: Path, world: str) -> Iterator[tuple[Place, Place]]:
    """On the portal's own PostgreSQL: the world that the tests copy, and a fresh database beside it."""
    made = f"imap_restored_{os.getpid()}"
    address = os.environ["DATABASE_OWNER_URL"].rpartition("/")[0].replace("imap_owner@", "{role}@")
    conftest._as_owner(f"DROP DATABASE IF EXISTS {made}", f"CREATE DATABASE {made}")
    try:
        yield tuple(
            Place(lambda role, name=name: f"{address.format(role=role)}/{name}", tmp_path / name)
            for name in (world, made)
        )
    finally:
        conftest._as_owner(f"DROP DATABASE {made} WITH (FORCE)")


def debian_places(tmp_path: Path, version: Path) -> Iterator[tuple[Place, Place]]:
    """On Debian's: the world loaded anew, and the database of a second installation."""
    tmp_path.chmod(0o711)
    keeper = Supervisor(places_of(tmp_path / "home"))
    before, after = (debian.Postgres(version, tmp_path / name) for name in ("before", "after"))
    try:
        for server in (before, after):
            server.folder.mkdir(mode=0o711)
            server.start(keeper)
        places = Place(before.url, tmp_path / "before-var"), Place(after.url, tmp_path / "after-var")
        for command in (["migrate", "--database", "owner"], ["load_world"], ["make_cast"]):
            done = places[0].manage(*command)
            assert done.returncode == 0, done.stderr
        yield places
    finally:
        keeper.stop()


SERVERS = ["embedded", *(f"Debian's {version.parent.name}" for version in debian.VERSIONS)]
if not debian.VERSIONS:
    SERVERS.append(pytest.param("Debian's", marks=pytest.mark.skip(reason=debian.WHY_SKIPPED)))


@pytest.fixture(scope="module", params=SERVERS)
def drill(request, planted_database, django_db_blocker) -> Iterator[Drill]:
    folder = Path(tempfile.mkdtemp(prefix="imap-backups-", dir="/tmp"))
    with django_db_blocker.unblock():
        if request.param == "embedded":
            places = embedded_places(folder, planted_database[0])
        else:
            [version] = [found for found in debian.VERSIONS if f"Debian's {found.parent.name}" == request.param]
            places = debian_places(folder, version)
        try:
            for before, after in places:
                before.write(LETTER, b"\x00confidential")
                before.write("cover.svg", b"<svg/>")
                backup = before.manage("backup", folder / "backups" / "monday")
                assert backup.returncode == 0, backup.stderr
                restore = after.manage("restore", folder / "backups" / "monday")
                assert restore.returncode == 0, restore.stderr
                yield Drill(before, after, folder / "backups" / "monday", backup.stdout + restore.stdout)
        finally:
            shutil.rmtree(folder)


def test_every_table_has_the_rows_that_it_had(drill):
    before, after = drill.before.contents(), drill.after.contents()
    assert {table for table in before if before[table] != after[table]} <= set(database.ROWS_LEFT_OUT)
    assert before.keys() == after.keys()
    assert all(before[table][0] for table in ("profiles_draft", "profiles_edition", "indicators_observation"))


def test_the_lock_is_on_and_whole_where_it_was_taken_back(drill):
    with contextlib.closing(psycopg2.connect(drill.after.url("imap_owner"))) as owner, owner.cursor() as cursor:
        assert catalogue.faults(cursor, APPEND_ONLY_TABLES, REGARDLESS) == []
    locked = drill.after.rows("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relrowsecurity")
    assert set(LOCKED) <= {name for (name,) in locked}


def test_each_reader_is_shown_exactly_what_they_were_shown(drill):
    viewers = drill.before.viewers()
    assert viewers == drill.after.viewers()
    shown = {login: drill.before.seen_by(viewer) for login, viewer in viewers.items()}
    assert shown["stranger"] != shown["editor@imap.example"]
    assert shown == {login: drill.after.seen_by(viewer) for login, viewer in viewers.items()}


def test_the_application_has_the_rights_that_it_had_and_no_more(drill):
    rights = drill.before.rows(RIGHTS)
    assert rights == drill.after.rows(RIGHTS)
    assert ("profiles_edition", "DELETE") not in rights
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        drill.after.rows("CREATE TABLE public.mine ()", "imap_app")


def test_the_uploaded_files_are_there_again(drill):
    assert drill.after.files() == drill.before.files()
    assert drill.after.files()[LETTER] == b"\x00confidential"


def test_the_manifest_says_what_the_backup_holds(drill):
    manifest = Manifest.read(drill.folder)
    contents = drill.before.contents()
    assert manifest.rows == {
        table: 0 if table in database.ROWS_LEFT_OUT else count for table, (count, _) in contents.items()
    }
    assert set(manifest.files) == {LETTER, "cover.svg"}
    assert manifest.roles == {"owner": "imap_owner", "application": "imap_app"}
    assert set(LOCKED) <= set(manifest.locked)
    assert manifest.migrations["atlas"] == "0001_schema"


def test_nobody_else_may_open_a_backup_and_nothing_half_made_is_left(drill):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in drill.folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
    folders = [drill.folder, *(path for path in drill.folder.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert list(drill.folder.parent.iterdir()) == [drill.folder]


def test_both_commands_say_what_they_did(drill):
    rows = sum(Manifest.read(drill.folder).rows.values())
    for line in (f"tables, {rows} rows, counted and equal", "lock: on and forced on", "files: 2 written"):
        assert line in drill.printed


def test_a_backup_as_the_applications_role_is_refused(drill, tmp_path):
    """It would hold public rows only, and nobody would notice."""
    done = drill.before.manage("backup", tmp_path / "tuesday", DATABASE_OWNER_URL=drill.before.url("imap_app"))
    assert done.returncode == 1
    assert "There is no backup. The role imap_app does not own" in done.stderr
    assert "DATABASE_OWNER_URL" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_not_empty_is_not_restored_into(drill):
    before = drill.after.contents()
    done = drill.after.manage("restore", drill.folder)
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert drill.after.contents() == before


def test_it_is_replaced_when_its_name_was_typed_and_not_else(drill):
    name = drill.after.url("imap_app").rpartition("/")[2]
    with contextlib.closing(psycopg2.connect(drill.after.url("imap_owner"))) as owner, owner, owner.cursor() as cursor:
        cursor.execute("SET imap.owner_access = 'on'")
        cursor.execute("DELETE FROM profiles_draft")
        cursor.execute("CREATE TABLE later (id int)")
    drill.after.write(LETTER, b"changed since")
    done = drill.after.manage("restore", drill.folder, "--replace", typed="another\n")
    assert "Nothing was changed" in done.stderr
    assert drill.after.contents()["profiles_draft"][0] == 0
    done = drill.after.manage("restore", drill.folder, "--replace", typed=f"{name}\n")
    assert done.returncode == 0, done.stderr
    assert drill.after.contents() == {**drill.before.contents(), "django_session": (0, None)}
    assert drill.after.files() == drill.before.files()


def test_what_was_there_is_put_back_when_the_new_is_not_what_it_should_be(drill, tmp_path):
    """A manifest that promises one more row stands for whatever may go wrong after pg_restore."""
    name = drill.after.url("imap_app").rpartition("/")[2]
    shutil.copytree(drill.folder, tmp_path / "backup")
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    manifest["rows"]["profiles_draft"] += 1
    (tmp_path / "backup" / "manifest.json").write_text(json.dumps(manifest))
    before = drill.after.contents()
    done = drill.after.manage("restore", tmp_path / "backup", "--replace", typed=f"{name}\n")
    assert done.returncode == 1
    assert "The restored rows are not those of the backup (profiles_draft:" in done.stderr
    assert drill.after.contents() == before
    assert drill.after.rows("SELECT nspname FROM pg_namespace WHERE nspname = 'before_restore'") == []


def test_a_portal_that_is_still_running_is_not_replaced(drill):
    name = drill.after.url("imap_app").rpartition("/")[2]
    with contextlib.closing(psycopg2.connect(drill.after.url("imap_app"))):
        done = drill.after.manage("restore", drill.folder, "--replace", typed=f"{name}\n")
    assert "1 other connections" in done.stderr


def test_no_password_is_printed_or_written(drill):
    for place in (drill.before, drill.after):
        for role in ("imap_owner", "imap_app"):
            password = place.url(role).split("@")[0].partition("://")[2].partition(":")[2]
            if password:
                assert password not in drill.printed
                assert not [
                    path
                    for path in drill.folder.rglob("*")
                    if path.is_file() and password.encode() in path.read_bytes()
                ]


def test_a_damaged_backup_is_refused_before_anything_is_done(drill, tmp_path):
    shutil.copytree(drill.folder, tmp_path / "backup")
    (tmp_path / "backup" / "files" / LETTER).write_bytes(b"changed")
    name = drill.after.url("imap_app").rpartition("/")[2]
    before = drill.after.contents()
    done = drill.after.manage("restore", tmp_path / "backup", "--replace", typed=f"{name}\n")
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert drill.after.contents() == before


END_A_MANDATE = """
from access.viewing import viewing
from accounts.nominations import mandates
from imap.journal.writer import ship
by = User.objects.get(email="focalpoint.mar@imap.example")
with viewing(by.viewer):
    mandates.end(Affiliation.objects.get(user__email="official.mar@imap.example"), by)
print("shipped", ship())
"""
# A partner without a policy gets one, a profile is narrowed and given to more readers again, a country covered no more.
END_MORE = """
from access.viewer import Viewer
from access.viewing import viewing
from accounts.nominations import policies
by = User.objects.get(email="editor@imap.example")
with viewing(Viewer.secretariat_of("mtm")):
    policies.change(Partner.objects.get(pk="morocco"), by, policies.Policy(frozenset(), 6, True))
    profiles = Profile.objects.filter(dialogue="mtm", theme="irregular-mixed-migration", slug="morocco")
    for audience in (["secretariat:mtm"], ["partner:morocco"], ["nominated"]):
        profiles.update(audience=audience)
    Coverage.objects.filter(dialogue="mtm", subject__slug="niger").delete()
print("done")
"""
WHAT_ENDED = """
SELECT (SELECT audience::text FROM profiles_profile
        WHERE (dialogue_id, theme_id, slug) = ('mtm', 'irregular-mixed-migration', 'morocco')),
       (SELECT months FROM accounts_partnerpolicy WHERE partner_id = 'morocco'),
       (SELECT count(*) FROM atlas_coverage WHERE dialogue_id = 'mtm')
"""
START = "from imap.startup_checks import refuse_unsafe_start; refuse_unsafe_start()"


def test_who_left_after_the_backup_is_out_when_it_was_taken_back(drill, tmp_path):
    """By `restore`; and by other means: then nothing serves before the journal was replayed."""
    journal, who = {"IMAP_JOURNAL": str(tmp_path / "journal")}, "official.mar@imap.example"
    again = {"typed": f"{drill.after.url('imap_app').rpartition('/')[2]}\n"}
    held, were = drill.after.viewers()[who], drill.after.rows(WHAT_ENDED, keeps=True)
    try:
        done = drill.after.manage("shell", "--command", END_A_MANDATE, **journal)
        assert "shipped" in done.stdout, done.stderr
        done = drill.after.manage("shell", "--command", END_MORE, **journal)
        assert "done" in done.stdout, done.stderr
        ended = drill.after.rows(WHAT_ENDED, keeps=True)
        assert ended != were
        assert "partner:morocco" not in drill.after.viewers()[who]
        done = drill.after.manage("restore", drill.folder, "--replace", **again, **journal)
        assert "done again" in done.stdout, done.stderr
        assert drill.after.rows(WHAT_ENDED, keeps=True) == ended
        assert "partner:morocco" not in drill.after.viewers()[who]
        assert drill.after.manage("shell", "--command", START, **journal).returncode == 0
        drill.after.manage("restore", drill.folder, "--replace", **again)
        assert drill.after.viewers()[who] == held
        assert drill.after.rows(WHAT_ENDED, keeps=True) == were
        refused = drill.after.manage("shell", "--command", START, **journal)
        assert "entries that the database does not know of" in refused.stderr
        done = drill.after.manage("replay_journal", **journal)
        assert done.returncode == 0, done.stderr
        assert drill.after.rows(WHAT_ENDED, keeps=True) == ended
        assert "partner:morocco" not in drill.after.viewers()[who]
        assert drill.after.manage("shell", "--command", START, **journal).returncode == 0
    finally:
        drill.after.manage("restore", drill.folder, "--replace", **again)
