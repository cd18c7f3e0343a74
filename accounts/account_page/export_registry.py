"""Registry of functions by which other rooms add to the export of a person's data."""

from collections.abc import Callable
from typing import Any

from access.viewer import Viewer
from accounts.models import User

FURTHER: dict[str, Callable[[User, Viewer], Any]] = {}  # by the word under which it is told
