"""What rooms that this one does not know hold about a person."""

from collections.abc import Callable
from typing import Any

from access.viewer import Viewer
from accounts.models import User

FURTHER: dict[str, Callable[[User, Viewer], Any]] = {}  # by the word under which it is told
