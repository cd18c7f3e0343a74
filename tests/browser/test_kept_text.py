"""What an editor typed and did not save is warned of, kept in the browser for its person, and wiped when they sign out."""

import uuid

import pytest
from playwright.sync_api import expect

from demo.portal import PASSWORD

FIELD = "input[name=name_en]"
LONG_ENOUGH_MS = 1500  # the script looks every second
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('imap:text:')).length"


@pytest.fixture
def typed(page_as):
    """The form of a source, into which an editor has typed."""
    page = page_as("stranger")  # a session of their own, which ends without ending anybody else's
    page.goto("/en/accounts/login/?next=/secretariat/indicators/source/")
    sign_in(page, "editor")
    page.locator("#result_list tbody th a").first.click()
    page.locator(FIELD).wait_for()
    page.typed = f"A name that nobody has saved {uuid.uuid4().hex[:6]}"
    page.locator(FIELD).fill(page.typed)
    page.wait_for_timeout(LONG_ENOUGH_MS)
    return page


def sign_in(page, login: str) -> None:
    page.fill("input[name=login]", f"{login}@imap.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def test_leaving_with_unsaved_text_is_warned_of(typed):
    asked = []
    typed.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    typed.goto("/secretariat/")
    assert asked == ["beforeunload"]


def test_saving_warns_of_nothing_and_keeps_nothing(page_as):
    page = page_as("editor")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/secretariat/indicators/source/")
    page.locator("#result_list tbody th a").nth(1).click()
    page.locator("input[name=acronym]").fill("ABC")
    page.wait_for_timeout(LONG_ENOUGH_MS)
    page.locator("input[name=_save]").click()
    page.locator(".messagelist .success").wait_for()
    assert asked == []
    assert page.evaluate(KEPT) == 0


def test_a_text_typed_while_the_session_ended_is_back_after_signing_in_again(typed):
    where = typed.url
    for cookie in typed.context.cookies():
        if "csrf" not in cookie["name"]:
            typed.context.clear_cookies(name=cookie["name"])
    typed.locator("input[name=_save]").click()
    typed.wait_for_url(lambda address: "/login/" in address)
    sign_in(typed, "editor")
    assert typed.url.split("?")[0] == where.split("?")[0]
    assert typed.locator(FIELD).input_value() != typed.typed
    typed.locator("[data-put-back]").click()
    expect(typed.locator(FIELD)).to_have_value(typed.typed)
    typed.locator("input[name=_save]").click()
    typed.locator(".messagelist .success").wait_for()
    typed.goto(where)
    assert typed.locator(FIELD).input_value() == typed.typed
    assert typed.locator("[data-put-back]").count() == 0


def test_another_person_finds_nothing_of_it(typed):
    typed.on("dialog", lambda dialog: dialog.accept())
    where = typed.url
    typed.context.clear_cookies()
    typed.goto("/en/accounts/login/?next=/secretariat/")
    sign_in(typed, "secretariat")
    typed.goto(where)
    assert typed.locator("[data-put-back]").count() == 0
    assert typed.evaluate(KEPT) == 0


def test_signing_out_wipes_what_the_browser_kept(typed):
    typed.on("dialog", lambda dialog: dialog.accept())
    assert typed.evaluate(KEPT) == 1
    typed.locator("#logout-form button").click()
    typed.wait_for_url(lambda address: "/indicators/" not in address)
    assert typed.evaluate(KEPT) == 0


def test_signing_out_on_a_readers_page_wipes_it_too(typed):
    typed.on("dialog", lambda dialog: dialog.accept())
    typed.goto("/en/")
    assert typed.evaluate(KEPT) == 1
    typed.goto("/en/accounts/logout/")
    typed.locator("main form button, main form input[type=submit]").first.click()
    typed.wait_for_url(lambda address: "/logout/" not in address)
    assert typed.evaluate(KEPT) == 0
