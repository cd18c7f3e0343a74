"""`make bench` takes minutes and no test runs it; what it stands on is looked at here."""

import os
import subprocess
import sys

from tests.conftest import ROOT


def test_the_bare_server_that_everything_is_compared_with_starts():
    """It has neither allauth nor the admin: no app may want them while it is made ready."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    command = [sys.executable, "-c", "from bench.wsgi import application"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
