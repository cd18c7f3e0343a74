"""One JSON object a line; what it must never hold."""

import json
import logging
import sys

import pytest
from django.test import Client

from imap.logs import JsonFormatter


def line_of(record: logging.LogRecord) -> dict:
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


@pytest.fixture
def requests_logged(caplog):
    """The lines of the requests that a test made."""
    caplog.set_level(logging.INFO, "imap.requests")
    return lambda: [line_of(record) for record in caplog.records if record.name == "imap.requests"]


def test_a_line_says_when_who_and_what():
    record = logging.LogRecord("imap.trial", logging.WARNING, __file__, 1, "%s of %d", ("المغرب\nsecond line", 3), None)
    found = line_of(record)
    assert (found["level"], found["logger"], found["message"]) == ("warning", "imap.trial", "المغرب\nsecond line of 3")
    assert found["at"].endswith("+00:00")


def test_an_exception_is_kept_with_its_lines():
    try:
        raise ValueError("the reason")
    except ValueError:
        record = logging.LogRecord("imap.trial", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    found = line_of(record)
    assert found["message"] == "failed"
    assert "test_logs.py" in found["exception"]
    assert found["exception"].endswith("ValueError: the reason")


def test_of_what_others_add_to_a_record_only_known_fields_are_written():
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "failed", (), None)
    record.status, record.request, record.cookies = 500, object(), "sessionid=abc"
    assert set(line_of(record)) == {"at", "level", "logger", "message", "status"}


def test_a_request_is_a_line_with_method_path_and_status(db, requests_logged):
    Client().get("/en/terms/")
    Client().post("/en/nowhere/")
    first, second = requests_logged()
    assert (first["method"], first["path"], first["status"]) == ("GET", "/en/terms/", 200)
    assert (second["method"], second["path"], second["status"]) == ("POST", "/en/nowhere/", 404)
    assert first["milliseconds"] > 0
    assert first["request_id"] != second["request_id"]


def test_neither_query_nor_cookie_nor_body_is_written(db, requests_logged, caplog):
    caplog.set_level(logging.DEBUG)
    client = Client()
    client.cookies["sessionid"] = "the-session"
    client.get("/en/terms/?q=the-search", headers={"authorization": "Bearer the-token"})
    client.post("/en/accounts/login/", {"login": "the-person@imap.example", "password": "the-password"})
    written = "".join(
        JsonFormatter().format(record) for record in caplog.records if record.name != "django.db.backends"
    )
    for secret in ("the-session", "the-search", "the-token", "the-person", "the-password"):
        assert secret not in written
    assert [line["path"] for line in requests_logged()] == ["/en/terms/", "/en/accounts/login/"]


CANARY = "c0ffee-the-key-of-an-address"


NO_KEYS = {"ending", "uidb36"}  # words of any letters that let nobody in: a file's kind, who a key is for
BESIDE = {"uidb36": "1a", "zoom": 5}


def addresses_with_keys() -> list[str]:
    """Every address of the portal that has a key, or a word of any letters that may be one, with a canary in its place."""
    from django.urls import get_resolver, reverse
    from django.urls.converters import StringConverter

    found = set()
    for name, ways in get_resolver().reverse_dict.lists():
        for [(_pattern, parameters)], _regex, _defaults, converters in ways:
            may_be_keys = [one for one in parameters if one == "key" or type(converters.get(one)) is StringConverter]
            if isinstance(name, str) and set(may_be_keys) - NO_KEYS:
                found.add(reverse(name, kwargs={one: BESIDE.get(one, CANARY) for one in parameters}))
    return sorted(found)


def test_the_addresses_with_keys_are_those_that_are_known():
    assert [path.replace(CANARY, "KEY") for path in addresses_with_keys()] == [
        "/embed/KEY/",
        "/embed/KEY/layers-5.geojson",
        "/en/accounts/join/KEY/",
        "/en/accounts/password/reset/key/1a-KEY/",
        "/en/calendar/subscriptions/KEY.ics",
        "/en/news/digest/stop/KEY/",
    ]


@pytest.mark.parametrize("change", [str, str.upper, lambda path: path.rstrip("/"), lambda path: "/" + path[1:].replace("/", "//"),
                                    lambda path: f"{path}x", lambda path: f"/fr{path}"], ids=range(6))  # fmt: skip
def test_no_key_of_any_address_is_in_any_log(db, caplog, change):
    """Whatever it is asked by, rightly or mistyped: of the portal's own lines, Django's warnings, and its errors."""
    caplog.set_level(logging.DEBUG)
    for path in map(change, addresses_with_keys()):
        for ask in (Client().get, Client().post, Client().head, Client(enforce_csrf_checks=True).post):
            ask(path)
    logging.getLogger("django.server").warning('"GET /embed/%s/ HTTP/1.1" 404 -', CANARY)
    lines = [JsonFormatter().format(record) for record in caplog.records if record.name != "django.db.backends"]
    assert len(lines) > 20
    assert [line for line in lines if CANARY.casefold() in line.casefold()] == []


def test_everything_that_is_logged_goes_through_the_one_formatter(settings):
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"json"}


def test_the_web_server_writes_no_log_of_its_own_of_who_asked_for_what():
    from pathlib import Path

    root = Path(__file__).parents[2]
    for file in ("demo/portal.py", "docker-compose.yml", "Dockerfile", "tests/live.py"):
        assert "access-log" not in (root / file).read_text(), file


def test_the_key_that_resets_a_password_is_not_written(db, requests_logged):
    Client().get("/en/accounts/password/reset/key/1a-c0ffee-42/")
    assert "c0ffee" not in json.dumps(requests_logged())
    assert requests_logged()[0]["path"].startswith("/en/accounts/password/reset/key/")
