"""In a real browser: viewing as someone else, and the pages of the log."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_portal import serious

LANGUAGES = ("ar", "en", "fr")
RESTRICTED = "maps/mtm/irregular-mixed-migration/morocco/"
TELEPHONE = {"width": 390, "height": 780}


def test_the_bar_stays_in_sight_hides_no_end_of_a_page_and_leads_out_again(page_as, complaints):
    page = page_as("editor", viewport=TELEPHONE)
    heard = complaints(page)
    page.goto(f"/en/{RESTRICTED}")
    page.locator(".account summary").click()
    page.get_by_role("link", name="View as").click()
    page.select_option("select[name=whom]", "partner:morocco")
    page.get_by_role("button", name="Start viewing").click()
    expect(page).to_have_url(re.compile(f"/en/{RESTRICTED}$"))
    bar = page.locator(".viewing-as")
    for language in LANGUAGES:
        page.goto(f"/{language}/{RESTRICTED}", wait_until="networkidle")
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 780})
            page.evaluate("scrollTo(0, 0)")
            expect(bar).to_be_in_viewport(ratio=1)
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            expect(bar).to_be_in_viewport(ratio=1)
            last = page.locator("footer a").last.bounding_box()
            assert last["y"] + last["height"] <= bar.bounding_box()["y"], "the bar stands on the footer"
        assert serious(page) == []
    page.set_viewport_size(TELEPHONE)
    bar.locator("button").click()
    expect(page).to_have_url(re.compile(f"/fr/{RESTRICTED}$"))
    expect(bar).to_have_count(0)
    assert heard == []


@pytest.mark.parametrize("path", ["accounts/logentry/", "accounts/useofquarter/", "accounts/widening/"])
def test_axe_finds_nothing_serious_on_the_pages_of_the_log_and_nothing_overflows(page_as, complaints, path):
    page = page_as("editor", viewport={"width": 1440, "height": 900})
    heard = complaints(page)
    page.goto(f"/en/{RESTRICTED}")
    page.goto(f"/secretariat/{path}", wait_until="networkidle")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert heard == []  # before axe, whose own styles the admin's policy does not let in
    assert serious(page) == []
