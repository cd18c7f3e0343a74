"""Migrations make tables alone, and stay true when the code changes."""

import ast
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from imap.backups import BackupError
from imap.backups.manifest import Copy, Manifest
from imap.backups.restore import refuse_unfit
from imap.local_apps import ROOMS

MIGRATIONS = sorted(path for room in ROOMS for path in (settings.BASE_DIR / room / "migrations").glob("0*.py"))


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {module.split(".")[0] for module in modules} | {
        node.value.id for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_no_migration_uses_the_projects_code(path):
    assert not imported(path) & {*ROOMS, "import_module"}


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_models_have_no_table_that_the_migrations_do_not_make():
    told = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=told)
    assert "No changes detected" in told.getvalue()


def test_a_backup_of_another_version_is_refused_before_anything_is_done(tmp_path):
    manifest = Manifest(
        made_at="2012-02-01T00:00:00+00:00", postgresql=15, pg_dump=15, migrations={"atlas": "0007_audience_of_dialogues"},
        roles={}, rows={}, rows_left_out=[], locked=[], database=Copy(bytes=0, sha256=""), files={},
    )  # fmt: skip
    with pytest.raises(
        BackupError, match=r"This backup was made by another version.*atlas\.0007_audience_of_dialogues"
    ):
        refuse_unfit(manifest, tmp_path, replacing=True)
