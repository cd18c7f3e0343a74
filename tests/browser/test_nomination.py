"""The whole way of an official, in Arabic: nominated, accepted, invited by mail, in, reading, ended, out."""

import re
from email import message_from_bytes, policy
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.accounts.conftest import PDF
from tests.browser.test_portal import LANGUAGES, serious

RESTRICTED = "/ar/maps/mtm/irregular-mixed-migration/morocco/"
NAME, PASSWORD = "سلمى بناني", "a-long-password-of-2026"
EMAIL = f"salma.{uuid4().hex[:8]}@imap.example"  # mails of former runs stay in their folder
BETWEEN_MAILS = re.compile(rb"^-{79}$", re.MULTILINE)


def mails_to(address: str) -> list[str]:
    """The texts of the mails that the portal has written for an address, newest last."""
    files = sorted((Path(settings.VAR_DIR) / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
    found = []
    for written in (part for path in files for part in BETWEEN_MAILS.split(path.read_bytes()) if part.strip()):
        message = message_from_bytes(written.lstrip(), policy=policy.default)
        if message["To"] == address:
            found.append(message.get_body(("plain",)).get_content())
    return found


def nominate(page: Page) -> None:
    page.goto("/ar/nominations/")
    page.get_by_role("link", name="تسمية شخص").click()
    page.get_by_label("الاسم").fill(NAME)
    page.get_by_label("المنصب").fill("مديرية الهجرة")
    page.get_by_label("البريد الإلكتروني").fill(EMAIL)
    page.get_by_role("group", name="الحوار حول هجرة العبور").get_by_label("الهجرة غير النظامية والمختلطة").check()
    page.get_by_label("السبب").fill("مسؤولة عن أرقام الكشف.")
    letter = {"name": "رسالة.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.get_by_label("رسالة أو مذكرة شفوية").set_input_files(letter)
    page.locator("main form button.primary").click()
    expect(page.locator(".messages")).to_contain_text("التسمية لدى الأمانة.")
    expect(page.locator("h1")).to_have_text(NAME)


def accept(page: Page) -> None:
    page.goto("/secretariat/accounts/submission/")
    page.get_by_role("link", name=NAME).click()
    with page.expect_download() as download:
        page.locator("a[href*='/letter/']").click()
    assert re.fullmatch(r"letter-\d+\.pdf", download.value.suggested_filename)
    page.locator("input[name=_accept]").click()
    expect(page.locator(".messagelist")).to_contain_text(NAME)


def join(page: Page) -> None:
    link = re.search(r"https?://[^/\s]+(/ar/accounts/join/\S+)", mails_to(EMAIL)[-1])[1]
    page.goto(link)
    expect(page).to_have_url(re.compile(r"/ar/accounts/join/$"))
    assert page.evaluate("document.documentElement.dir") == "rtl"
    expect(page.locator("main")).to_contain_text(EMAIL)
    page.fill("input[name=new_password1]", PASSWORD)
    page.fill("input[name=new_password2]", PASSWORD)
    page.locator("main form button").click()
    expect(page.locator("h1")).to_have_text("شروط الاستخدام")
    page.get_by_label("قرأت شروط الاستخدام وأقبلها.").check()
    page.get_by_role("button", name="قبول").click()
    expect(page.locator("main")).not_to_contain_text("شروط الاستخدام")
    expect(page.locator(".account summary")).to_have_text(NAME)


def set_a_factor(page: Page) -> list[str]:
    """The codes of a list on paper, asked for after the password once more."""
    page.goto("/ar/accounts/second-factor/")
    page.get_by_role("link", name="إنشاء قائمة").click()
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="تأكيد").click()
    page.get_by_role("button", name="إنشاء القائمة").click()
    return page.locator(".papercodes code").all_inner_texts()


def come_back(page: Page, code: str) -> None:
    """Out, and in again by the password and a code."""
    page.locator(".account summary").click()
    page.get_by_role("button", name="تسجيل الخروج").click()
    page.goto(f"/ar/accounts/login/?next={RESTRICTED}")
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main .primary").click()
    page.fill("input[name=code]", code)
    page.locator("main .primary").click()
    page.wait_for_url(f"**{RESTRICTED}")


def end(page: Page) -> None:
    page.goto("/ar/nominations/people/")
    page.locator(".records > li", has_text=NAME).get_by_role("link", name=re.compile("إنهاء")).click()
    page.locator("main form button.primary").click()
    expect(page.locator(".messages")).to_contain_text(NAME)


def test_from_the_nomination_to_the_end_in_arabic(page_as, complaints):
    focal_point, editor, official = page_as("focalpoint.mar", locale="ar"), page_as("editor"), page_as()
    heard = complaints(focal_point)
    assert official.goto(RESTRICTED).status == 404
    nominate(focal_point)
    assert mails_to(EMAIL) == [], "nobody is written to before the secretariat has decided"
    accept(editor)
    join(official)
    come_back(official, set_a_factor(official)[0])
    assert official.goto(RESTRICTED).status == 200
    expect(official.locator("h1")).to_have_text("المغرب")
    end(focal_point)
    official.locator(".outline ol a").nth(1).click()
    expect(official.locator("h1")).to_have_text("الصفحة غير موجودة")
    assert official.goto(RESTRICTED).status == 404
    assert "لم تعودوا" in mails_to(EMAIL)[-1]
    assert heard == []


PAGES = (
    "nominations/",
    "nominations/new/",
    "nominations/people/",
    "nominations/{waiting}/",
    "nominations/{waiting}/address/",
)


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_serious_on_the_pages_of_those_who_nominate(page_as, complaints, address):
    page = page_as("focalpoint.mar", viewport={"width": 1440, "height": 900})
    heard = complaints(page)
    page.goto("/en/nominations/")
    waiting = (
        page.locator('.records a[href*="/nominations/"]').first.get_attribute("href").rstrip("/").rpartition("/")[2]
    )
    assert waiting.isdigit()
    for language in LANGUAGES:
        page.goto(f"/{language}/{address.format(waiting=waiting)}", wait_until="networkidle")
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert serious(page) == []
    assert heard == []


def test_axe_finds_nothing_serious_on_the_page_of_a_closed_link(page_as):
    page = page_as()
    for language in LANGUAGES:
        page.goto(f"/{language}/accounts/join/", wait_until="networkidle")
        assert serious(page) == []
