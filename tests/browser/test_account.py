"""The account in a real browser: codes on paper, an app, keys and passkeys set up and used; nothing that keeps people out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from demo.portal import PASSWORD
from tests.browser.test_portal import LANGUAGES, serious

PAGES = [
    "accounts/",
    "accounts/second-factor/",
    "accounts/second-factor/codes/make/",
    "accounts/second-factor/app/activate/",
    "accounts/second-factor/keys/add/",
    "accounts/tokens/",
    "accounts/password/change/",
    "terms/",
]


def sign_in(page: Page, login: str, language: str = "en") -> None:
    page.goto(f"/{language}/accounts/login/")
    page.fill("input[name=login]", f"{login}@imap.example")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main .primary").click()
    page.wait_for_url(lambda address: "/login/" not in address)


def sign_out(page: Page) -> None:
    page.locator(".account summary").click()
    page.locator(".account form button").click()
    expect(page.locator(".signin")).to_be_visible()


def open_confirmed(page: Page, path: str) -> None:
    """Opens a page that asks for the password once more."""
    page.goto(path)
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.locator("main .primary").click()
        page.wait_for_url(lambda address: "/reauthenticate/" not in address)


@contextmanager
def removed_afterwards(page: Page) -> Iterator[None]:
    """Leaves the account as it was, for the tests that come after."""
    yield
    open_confirmed(page, "/en/accounts/second-factor/codes/make/")
    page.goto("/en/accounts/second-factor/")
    remove = page.locator('a[href$="/remove/"]')
    while remove.count():
        remove.first.click()
        page.locator("main .primary").click()
        page.wait_for_url("**/second-factor/")


def is_asked(page: Page) -> bool:
    return page.url.partition("?")[0].endswith("/accounts/second-factor/authenticate/")


def test_codes_on_paper_are_made_kept_and_used_in_arabic(page_as):
    page = page_as()
    sign_in(page, "observer.las", "ar")
    page.locator(".account summary").click()
    page.locator('.account a[href="/ar/accounts/"]').click()
    expect(page.locator("h1")).to_have_text("حسابكم")
    page.get_by_role("link", name="إعداد").click()
    page.get_by_role("link", name="إنشاء قائمة").click()
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="تأكيد").click()
    page.get_by_role("button", name="إنشاء القائمة").click()
    codes = page.locator(".papercodes code").all_inner_texts()
    assert len(set(codes)) == 20
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert serious(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="تنزيل في ملف نصي").click()
    assert codes[0] in download.value.path().read_text()
    with removed_afterwards(page):
        sign_out(page)
        sign_in(page, "observer.las", "ar")
        assert is_asked(page)
        assert serious(page) == []
        page.fill("input[name=code]", codes[0])
        page.locator("main .primary").click()
        expect(page.locator(".account")).to_be_visible()
        page.goto("/ar/accounts/")
        expect(page.get_by_text("بقي 19 رمزاً")).to_be_visible()
        sign_out(page)
        sign_in(page, "observer.las", "ar")
        page.fill("input[name=code]", codes[0])
        page.locator("main .primary").click()
        expect(page.locator(".errors")).to_contain_text("سبق استعماله")
        page.fill("input[name=code]", codes[1])
        page.locator("main .primary").click()
        expect(page.locator(".account")).to_be_visible()


def test_an_app_is_set_up_by_its_picture_or_key_and_asked_for(page_as):
    page = page_as()
    sign_in(page, "frontex", "fr")
    open_confirmed(page, "/fr/accounts/second-factor/app/activate/")
    picture = page.locator("img.qr")
    assert picture.evaluate("(image) => image.complete && image.naturalWidth > 0")
    key = page.locator(".secret").inner_text()

    def code(steps: int) -> str:
        return format_hotp_value(hotp_value(key, int(time()) // 30 + steps))

    page.fill("input[name=code]", code(0))
    page.locator("main .primary").click()
    expect(page.locator(".papercodes code")).to_have_count(20)
    with removed_afterwards(page):
        page.locator("main .primary").click()
        expect(page.locator("main")).to_contain_text("Une application qui affiche des codes")
        sign_out(page)
        sign_in(page, "frontex", "fr")
        assert is_asked(page)
        page.fill("input[name=code]", code(1))  # the next one: a step of tolerance, and not the code of the setting up
        page.locator("main .primary").click()
        expect(page.locator(".account")).to_be_visible()


@contextmanager
def virtual_key(page: Page, *, has_screen_lock: bool) -> Iterator[None]:
    """A key in Chromium: the lock of a computer (a passkey), or a plain security key."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal" if has_screen_lock else "usb",
        "hasResidentKey": has_screen_lock,
        "hasUserVerification": has_screen_lock,
        "isUserVerified": has_screen_lock,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.detach()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_passkey_signs_in_without_the_password(page_as, complaints, language):
    page = page_as()
    heard = complaints(page)
    with virtual_key(page, has_screen_lock=True):
        sign_in(page, "unhcr", language)
        open_confirmed(page, f"/{language}/accounts/second-factor/keys/add/")
        page.check("input[name=passwordless]")
        page.locator("#passkey-button").click()
        expect(page.locator(".papercodes code")).to_have_count(20)
        with removed_afterwards(page):
            sign_out(page)
            page.goto(f"/{language}/accounts/login/?next=/{language}/maps/mtm/")
            page.locator("#passkey-button").click()
            page.wait_for_url(f"**/{language}/maps/mtm/")
            expect(page.locator(".account")).to_be_visible()
    assert heard == []


def test_a_security_key_is_asked_for_beside_the_password_and_to_confirm(page_as):
    page = page_as()
    with virtual_key(page, has_screen_lock=False):
        sign_in(page, "unhcr")
        open_confirmed(page, "/en/accounts/second-factor/keys/add/")
        page.locator("#passkey-button").click()
        expect(page.locator(".papercodes code")).to_have_count(20)
        with removed_afterwards(page):
            sign_out(page)
            sign_in(page, "unhcr")
            assert is_asked(page)
            page.locator("#passkey-button").click()
            expect(page.locator(".account")).to_be_visible()
            page.goto("/en/accounts/data/")
            page.get_by_role("link", name="with a key").click()
            with page.expect_download() as download:
                page.locator("#passkey-button").click()
            assert '"unhcr@imap.example"' in download.value.path().read_text()


def test_a_key_that_does_not_answer_is_said_in_words(page_as):
    page = page_as()
    with virtual_key(page, has_screen_lock=True):  # one that holds nothing for this portal
        page.goto("/fr/accounts/login/")
        page.locator("#passkey-button").click()
        expect(page.locator("[data-passkey-failure]")).to_have_text(re.compile("La clé n’a pas répondu"))


def test_without_script_the_password_still_signs_in(page_as):
    page = page_as(java_script_enabled=False)
    sign_in(page, "official.ukr")
    expect(page.locator(".account")).to_be_visible()


def test_sessions_are_ended_from_the_page_of_the_account(page_as):
    here, there = page_as(), page_as()
    for page in (here, there):
        sign_in(page, "translator.ar")  # whose session no other test keeps
    here.goto("/en/accounts/")
    here.get_by_role("button", name="Sign out everywhere else").click()
    there.goto("/en/accounts/")
    expect(there).to_have_url(re.compile("/login/"))
    here.reload()
    expect(here.locator("h1")).to_have_text("Your account")


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_serious_on_pages_of_the_account(page_as, complaints, address):
    page = page_as("official.mar.dev", viewport={"width": 1440, "height": 900})
    open_confirmed(page, "/en/accounts/tokens/")
    heard = complaints(page)
    for language in LANGUAGES:
        page.goto(f"/{language}/{address}", wait_until="networkidle")
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert serious(page) == []
    assert heard == []
