"""The parts of a backup: the folder and its manifest, the uploaded files, the programs of PostgreSQL and their arguments."""

import json
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connections

from imap.backups import BackupError, database, files, programs
from imap.backups.create import make_backup
from imap.backups.manifest import Manifest, copy_of
from imap.backups.programs import Program
from imap.backups.restore import restore_backup

LETTER = "nominations/2012/note verbale – مذكرة.pdf"


@pytest.fixture
def backup(tmp_path) -> Path:
    """The folder of one, whole by its manifest."""
    folder = tmp_path / "backup"
    for name in ("database.dump", f"files/{LETTER}", "files/cover.svg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    Manifest(
        made_at="2012-02-01T00:00:00+00:00", postgresql=15, pg_dump=15, migrations={}, roles={}, rows={},
        rows_left_out=[], locked=[], database=copy_of(folder / "database.dump"),
        files={name: copy_of(folder / "files" / name) for name in (LETTER, "cover.svg")},
    ).write(folder)  # fmt: skip
    return folder


def test_a_whole_backup_is_not_refused_and_reads_as_it_was_written(backup):
    manifest = Manifest.read(backup)
    manifest.refuse_damage(backup)
    assert manifest.files[LETTER].bytes == len(f"files/{LETTER}".encode())


def change_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda folder: change_a_byte(folder / "database.dump"), "database.dump is damaged"),
        (lambda folder: change_a_byte(folder / "files" / LETTER), "is damaged"),
        (lambda folder: (folder / "database.dump").unlink(), "database.dump is missing"),
        (lambda folder: (folder / "files" / "cover.svg").unlink(), "cover.svg is missing"),
        (lambda folder: (folder / "files" / "more.txt").write_text("x"), "more.txt is not of this backup"),
        (lambda folder: (folder / "manifest.json").unlink(), "no whole backup"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text('{"format": 2}'), "format 2"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_done(backup, harm, reason):
    harm(backup)
    with pytest.raises(BackupError, match=reason):
        restore_backup(backup, replacing=True, say=print)


@pytest.mark.parametrize("name", ["../outside", "a/../../outside", "/etc/imap"])
def test_a_manifest_cannot_name_a_file_outside_the_backup(backup, name):
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["files"][name] = manifest["files"][LETTER]
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match="is missing"):
        Manifest.read(backup).refuse_damage(backup)


def test_a_backup_is_never_written_over_another(tmp_path):
    with pytest.raises(BackupError, match="is there already"):
        make_backup(tmp_path)


def test_a_file_of_the_storage_that_differs_is_found_and_put_right(tmp_path):
    storage = FileSystemStorage(tmp_path / "storage")
    source = FileSystemStorage(tmp_path / "source")
    for name, content in (("same", b"x"), ("other", b"x" * 3), ("as-long", b"x"), ("new/deep", b"x")):
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "storage").mkdir()
    for name, content in (("same", b"x"), ("other", b"y"), ("as-long", b"z"), ("left", b"y")):
        (tmp_path / "storage" / name).write_bytes(content)
    copies = files.copy_out(source, tmp_path / "copy")
    assert sorted(files.differing(storage, tmp_path / "copy", copies)) == ["as-long", "other"]
    assert files.copy_back(storage, tmp_path / "copy", copies) == 3
    assert files.differing(storage, tmp_path / "copy", copies) == []
    assert sorted(files.names_in(storage)) == ["as-long", "left", "new/deep", "other", "same"]


# The programs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("majors", "server", "chosen"),
    [([18, 15], 15, 15), ([18, 15], 18, 18), ([18, 15], 17, 18), ([16], 15, 16), ([18, 17], 17, 17)],
)
def test_the_program_nearest_to_the_server_is_taken(monkeypatch, majors, server, chosen):
    found = [Program(Path(str(major)), major) for major in majors]
    monkeypatch.setattr(programs, "_candidates", lambda name, server: iter(found))
    assert programs.program("pg_dump", server).major == chosen


@pytest.mark.parametrize(
    ("majors", "server", "said"),
    [([], 17, "none was found"), ([15], 17, "15 is of 15"), ([18], 15, "18 is of 18"), ([17], 16, "17 is of 17")],
)
def test_a_program_that_is_missing_or_does_not_fit_is_named_with_what_to_install(monkeypatch, majors, server, said):
    found = [Program(Path(str(major)), major) for major in majors]
    monkeypatch.setattr(programs, "_candidates", lambda name, server: iter(found))
    with pytest.raises(BackupError, match=f"{said}.*postgresql-client-{server}"):
        programs.program("pg_dump", server)


def test_the_words_of_a_program_that_fails_are_passed_on():
    with pytest.raises(BackupError, match=r"pg_dump failed: .*nowhere"):
        programs.run(
            programs.program("pg_dump", 18), ["--no-password", "--dbname=nowhere"],
            {"PATH": "", "PGHOST": "/nowhere", "LC_ALL": "C"},
        )  # fmt: skip


def test_a_password_reaches_the_programs_by_their_environment_and_never_as_an_argument(monkeypatch):
    seen = []
    monkeypatch.setattr(database, "run", lambda program, arguments, environment: seen.append((arguments, environment)))
    monkeypatch.setattr(database, "server_version", lambda: 18)
    monkeypatch.setattr(database, "program", lambda name, server: Program(Path(name), server))
    monkeypatch.setitem(connections["owner"].settings_dict, "PASSWORD", "a-secret")
    database.dump(Path("x"), "moment")
    database.restore_dump(Path("x"))
    assert len(seen) == 2
    for arguments, environment in seen:
        assert "a-secret" not in " ".join(arguments)
        assert environment["PGPASSWORD"] == "a-secret"
        assert "imap.owner_access=on" in environment["PGOPTIONS"]
