"""docker-compose.yml as Compose reads it, with the values of an environment filled in."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
# `${NAME}`, `${NAME:?why}`, `${NAME:-default}`; `$$` is a dollar sign for the shell in the container.
VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\})")


class Missing(Exception):
    """Compose would stop here, as a value that has no default is not set."""


def read(values: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The whole file; without `values` as it is written."""
    found = yaml.safe_load(FILE.read_text())
    return found if values is None else _filled(found, values)


def names_in_env_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def names_that_must_be_set() -> set[str]:
    return {found["name"] for found in VARIABLE.finditer(FILE.read_text()) if found["kind"] == "?"}


def _filled(node: Any, values: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, values) for value in node]
    if not isinstance(node, str):
        return node

    def value_of(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        found = values.get(match["name"], "")
        if not found and match["kind"] == "?":
            raise Missing(match["name"])
        return found or (match["rest"] if match["kind"] == "-" else "") or ""

    return VARIABLE.sub(value_of, node)
