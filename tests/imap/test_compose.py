"""What matters in docker-compose.yml, Dockerfile and .env.example. test_compose_running.py runs what it says."""

import os
import re
from pathlib import Path

import pytest
import yaml

from demo import portal
from devserver.places import places_of
from tests.imap import compose

PORTAL = ("migrate", "web", "worker", "worker-now", "worker-slow", "beat")
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "IMAP_OWNER_PASSWORD", "IMAP_APP_PASSWORD", "VALKEY_PASSWORD")
FILLED_IN = {name: f"the-{name.lower()}" for name in compose.names_in_env_example()}


@pytest.fixture
def services() -> dict:
    return compose.read()["services"]


@pytest.fixture
def filled_in() -> dict:
    return compose.read(FILLED_IN)["services"]


def test_the_services_are_those_of_the_design(services):
    assert set(services) == {"postgres", "valkey", *PORTAL}
    assert services["postgres"]["image"].startswith("postgres:17")
    assert services["valkey"]["image"].startswith("valkey/valkey:8")
    assert len({services[name]["image"] for name in PORTAL}) == 1


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_has_a_default_and_its_absence_stops_compose(name):
    assert compose.names_in_env_example()[name] == ""
    with pytest.raises(compose.Missing, match=name):
        compose.read({**FILLED_IN, name: ""})


def test_the_example_of_the_environment_names_every_variable_and_chooses_none():
    used = {match["name"] for match in compose.VARIABLE.finditer(compose.FILE.read_text()) if match["name"]}
    example = compose.names_in_env_example()
    assert used - {"IMAP_IMAGE"} == set(example)
    assert set(example.values()) == {""}


def test_no_password_is_written_down():
    text = yaml.safe_dump(compose.read())
    assert re.findall(r"\w+://[^@\s]*:(?!\$\{)[^@\s/]*@", text) == []
    assert "env_file" not in text  # each service gets what it needs, not everything


def test_the_roles_differ_and_only_migrate_can_become_the_owner(filled_in):
    for name in PORTAL:
        environment = filled_in[name]["environment"]
        assert environment["DATABASE_URL"].startswith("postgresql://imap_app:the-imap_app_password@postgres:")
        assert environment["DATABASE_OWNER_URL"].startswith("postgresql://imap_owner")
        knows_owner = "the-imap_owner_password" in yaml.safe_dump(environment)
        assert knows_owner == (name == "migrate")
        assert "the-postgres_password" not in yaml.safe_dump(filled_in[name])


def test_every_process_of_the_portal_runs_in_production(filled_in):
    for name in PORTAL:
        environment = filled_in[name]["environment"]
        assert environment["IMAP_MODE"] == "production"
        assert environment["ALLOWED_HOSTS"] == "the-allowed_hosts"
        assert environment["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
        assert "DEBUG" not in environment


def test_web_worker_and_beat_are_what_the_demo_runs(filled_in, tmp_path):
    children = {child.name: child for _, child in portal.portal_children(portal.Demo(tmp_path), places_of(tmp_path))}
    for name in ("web", "worker", "worker-now", "worker-slow", "beat"):
        assert _words(filled_in[name]["command"]) == _words(children[name].command), name


def _words(command: list[str]) -> list[str]:
    """A command without its program, address and files, which differ between a container and the demo."""
    words = [part for word in command[1:] for part in (word.split("=", 1) if word.startswith("--") else [word])]
    own = {"--host", "--port", "--schedule"}
    return [word for before, word in zip(["", *words], words, strict=False) if before not in own]


def test_migrate_makes_no_demo_account_and_everything_waits_for_it(filled_in):
    command = " ".join(filled_in["migrate"]["command"])
    assert "migrate --database owner" in command
    assert "load_world" in command
    assert "demo" not in command
    assert filled_in["migrate"]["restart"] == "no"
    for name in ("web", "worker", "worker-now", "worker-slow", "beat"):
        assert filled_in[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert filled_in[name]["restart"] == "unless-stopped"
    assert filled_in["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_what_answers_has_a_health_check(filled_in):
    web = " ".join(filled_in["web"]["healthcheck"]["test"])
    assert "/healthz" in web
    assert "/readyz" in web
    for name in ("worker", "worker-now", "worker-slow"):
        assert "inspect ping" in " ".join(filled_in[name]["healthcheck"]["test"])
    for name in ("postgres", "valkey"):
        assert filled_in[name]["healthcheck"]["test"]


def test_only_the_web_service_is_reached_from_outside_and_only_by_this_machines_proxy(filled_in):
    published = {name: service["ports"] for name, service in filled_in.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:the-imap_port:8000"]}
    networks = compose.read()["networks"]
    assert networks["servers"]["internal"] is True
    for name in ("postgres", "valkey", "migrate", "beat"):
        assert filled_in[name]["networks"] == ["servers"]


def test_containers_write_only_to_their_volumes(filled_in):
    for name, service in filled_in.items():
        assert service["read_only"] is True, name
        assert "privileged" not in service
    for name in PORTAL:
        assert filled_in[name]["cap_drop"] == ["ALL"]
    assert {volume for name in PORTAL for volume in filled_in[name].get("volumes", [])} == {
        "files:/srv/imap/var/files", "journal:/srv/imap/var/journal",
    }  # fmt: skip


def test_the_image_runs_as_nobody_special_and_holds_no_secret():
    lines = (compose.ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in lines
    assert lines.rindex("USER imap") > lines.rindex("RUN ")
    assert not re.search(r"^(ENV|ARG)\b.*(SECRET|PASSWORD)", lines, re.MULTILINE)
    assert "var/secret_key" in lines


def test_the_image_is_built_without_history_state_and_tests():
    ignored = (compose.ROOT / ".dockerignore").read_text().split("\n")
    assert {".*", "var/", "tests/"} <= set(ignored)  # .* is .git, .env and .venv
    needed = ("imap", "data", "deploy", "locale", "static", "templates", "manage.py", "requirements.txt")
    assert not {f"{name}/" for name in needed} & set(ignored)
    assert not set(needed) & set(ignored)


def test_the_script_of_the_roles_can_be_run_and_gives_neither_role_rights_that_pass_the_lock():
    script = compose.ROOT / "deploy" / "postgres" / "10-roles.sh"
    assert os.access(script, os.X_OK)
    mounted = [Path(volume.split(":")[0]) for volume in compose.read()["services"]["postgres"]["volumes"]]
    assert script.relative_to(compose.ROOT) in mounted
    roles = re.findall(r"CREATE ROLE (\w+) (.+) PASSWORD :'(\w+)'", script.read_text())
    assert [name for name, _, _ in roles] == ["imap_owner", "imap_app"]
    for _, rights, _ in roles:
        assert {"NOSUPERUSER", "NOBYPASSRLS", "NOCREATEROLE"} <= set(rights.split())
