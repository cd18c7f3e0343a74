"""/healthz and /readyz, which must answer when everything else cannot."""

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_answered_whoever_asks(db, path):
    answer = Client().get(path, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer


def test_without_its_database_the_portal_is_alive_but_not_ready(monkeypatch):
    """No `db` here: pytest-django lets no query through, as when the server is gone."""
    assert Client().get("/healthz").status_code == 200
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["database"])


def test_without_its_cache_the_portal_is_not_ready(db, monkeypatch):
    monkeypatch.setattr(cache, "set", lambda *arguments: (_ for _ in ()).throw(ConnectionError))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["cache"])
