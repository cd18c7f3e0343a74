"""`python deploy/probe.py /readyz [ADDRESS]`: ends with 0 when the web server answers 200. Compose's health check.

It asks as the proxy does: by one of the portal's own names, as others are refused. Imports nothing of the portal.
"""

import http.client
import os
import sys


def answers(path: str, address: str = "127.0.0.1:8000") -> bool:
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host or "localhost", "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if answers(*sys.argv[1:]) else 1)
