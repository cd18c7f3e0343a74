"""`python -m imap.production_check`: Django's deployment check with complete production settings.

Every value is made for this run alone, so no secret is written down; no server is asked.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING")


def environment(var: Path) -> dict[str, str]:
    """What docker-compose.yml gives, with values that lead nowhere."""
    server = "127.0.0.1:1"
    return {
        **{name: os.environ[name] for name in ("PATH", "GDAL_LIBRARY_PATH", "GEOS_LIBRARY_PATH") if name in os.environ},
        "IMAP_MODE": "production",
        "IMAP_VAR": str(var),
        "IMAP_SITE_ADDRESS": "https://maps.example.org",
        "ALLOWED_HOSTS": "maps.example.org",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "TRUSTED_PROXY_COUNT": "1",
        "DATABASE_URL": f"postgresql://imap_app:{secrets.token_hex(16)}@{server}/imap",
        "DATABASE_OWNER_URL": f"postgresql://imap_owner:{secrets.token_hex(16)}@{server}/imap",
        "REDIS_URL": f"redis://:{secrets.token_hex(16)}@{server}/0",
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
    }


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="imap-check-") as folder:
        var = Path(folder)
        (var / "fonts").mkdir()  # prepare_static makes it
        return subprocess.run(COMMAND, cwd=CHECKOUT, env=environment(var), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
