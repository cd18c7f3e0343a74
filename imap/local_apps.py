"""The portal's own packages ("rooms"), in the order in which they may import from one another. All but the first two are
applications of Django; `demo` is installed outside production only."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "devserver",
    "untrusted",
    "access",
    "atlas",
    "accounts",
    "search",
    "indicators",
    "routes",
    "profiles",
    "newscentre",
    "api",
    "imap",
    "demo",
)


def modules_named(name: str) -> list[str]:
    """Dotted paths of all modules of the rooms that are called `name` or end in `_name`, such as those of the admin."""
    paths = (path.relative_to(ROOT) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return [".".join(path.with_suffix("").parts) for path in paths if f"_{path.stem}".endswith(f"_{name}")]
