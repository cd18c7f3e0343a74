"""Reads the environment, and says plainly when a value is missing or unsafe. Imports nothing of the portal."""

import hashlib
import os
import secrets
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

MODES = ("demo", "test", "production")
SHORTEST_SECRET, FEWEST_LETTERS = 50, 5  # characters, different ones; Django's deployment check asks for the same
REQUIRED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "IMAP_SITE_ADDRESS")  # by production
PLACEHOLDER_SECRETS = ("change", "secret", "django-insecure", "default", "example")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def days(name: str, default: int, at_least: int) -> int:
    value = number(name, default)
    if value < at_least:
        raise ImproperlyConfigured(f"{name} must be at least {at_least} days, not {value}.")
    return value


def boolean(name: str, *, default: bool) -> bool:
    value = text(name, "on" if default else "off").lower()
    if value in {"1", "on", "true", "yes"}:
        return True
    if value in {"0", "off", "false", "no"}:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")


def sockets(name: str) -> list[tuple[str, int]]:
    """Numeric addresses with their port, written 127.0.0.1:8123 or [::1]:8123 and set apart by commas."""
    found = []
    for word in words(name, ""):
        address, _, port = word.rpartition(":")
        address = address.removeprefix("[").removesuffix("]")
        try:
            found.append((str(ip_address(address)), int(port)))
        except ValueError:
            raise ImproperlyConfigured(f"{name} must name addresses with their port, not {word!r}.") from None
    return found


def choice(name: str, known: tuple[str, ...], default: str) -> str:
    value = text(name, default)
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(known)}, not {value!r}.")
    return value


def mode() -> str:
    return choice("IMAP_MODE", MODES, "demo")


def secret_key(mode: str, var: Path) -> str:
    """The configured secret; the demo and the tests make one for themselves and keep it under var/."""
    configured = text("SECRET_KEY")
    if configured or mode == "production":
        return configured
    kept = var / "secret_key"
    try:
        return kept.read_text()
    except FileNotFoundError:
        var.mkdir(parents=True, exist_ok=True)
        made = secrets.token_urlsafe(64)
        try:
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was first
            return kept.read_text() or made
        with os.fdopen(descriptor, "w") as file:
            file.write(made)
        return made


def generation(root: Path, *names: str) -> str:
    """Eight digits that differ when one of these files does, or one below these folders (by name, size, time of change).

    Of Python's code only the sources count, and of catalogues those that are translated: what is made of them is younger.
    """
    marks = []
    for name in names:
        found = (root / name).rglob("*") if (root / name).is_dir() else [root / name]
        for path in found:
            if path.is_file() and path.suffix not in {".mo", ".pyc"}:
                stat = path.stat()
                marks.append(f"{path.relative_to(root)}{stat.st_size}{stat.st_mtime_ns}")
    return hashlib.sha256("".join(sorted(marks)).encode()).hexdigest()[:8]


def geo_libraries() -> tuple[str | None, str | None]:
    """GDAL and GEOS: those the environment names, else the ones inside the pyogrio and shapely wheels."""
    return (
        text("GDAL_LIBRARY_PATH") or _bundled("pyogrio", "libgdal"),
        text("GEOS_LIBRARY_PATH") or _bundled("shapely", "libgeos_c"),
    )


def _bundled(package: str, library: str) -> str | None:
    import importlib.util

    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    inside = Path(spec.origin).parent
    folders = (inside.parent / f"{package}.libs", inside / ".dylibs")  # Linux, macOS
    return next((str(found) for folder in folders for found in sorted(folder.glob(f"{library}[-.]*"))), None)


def refuse_unsafe_production(settings: dict[str, object]) -> None:
    """Raises ImproperlyConfigured, naming every reason at once, when production would not be safe."""
    secret = str(settings["SECRET_KEY"])
    reasons = []
    if not secret:
        reasons.append("SECRET_KEY is missing.")
    elif _is_weak(secret):
        reasons.append(f"SECRET_KEY is a placeholder or shorter than {SHORTEST_SECRET} characters.")
    if settings["DEBUG"]:
        reasons.append("DEBUG is on.")
    if not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"]:  # type: ignore[operator]
        reasons.append("ALLOWED_HOSTS must name the portal's own hosts.")
    reasons += [f"{name} is missing." for name in REQUIRED if not text(name)]
    roles = [urlsplit(text(name)).username for name in ("DATABASE_URL", "DATABASE_OWNER_URL") if text(name)]
    if len(roles) == 2 and roles[0] == roles[1]:
        reasons.append("DATABASE_URL and DATABASE_OWNER_URL name the same role.")
    if settings["NEWS_ALSO_FROM"]:
        reasons.append("IMAP_NEWS_ALSO_FROM lets feeds come from inside.")
    if reasons:
        raise ImproperlyConfigured("Production refuses to start: " + " ".join(reasons))


def _is_weak(secret: str) -> bool:
    is_placeholder = any(word in secret.lower() for word in PLACEHOLDER_SECRETS)
    return is_placeholder or len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_LETTERS
