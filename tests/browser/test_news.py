"""The news in a real browser: filters that change the page in place, and the inbox by keyboard, in Arabic too."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_portal import serious
from tests.live import Live, live_portal

CACHE = 14  # Valkey's database for this portal's cache
PLANT = """
from access.viewer import Viewer
from access.viewing import viewing
from newscentre.models import Article
from tests.newscentre.feeds_of_tests import article, feed
with viewing(Viewer.secretariat_of("mtm")):
    of = feed()
    for number in range(4):
        article(of, title=f"Open {number}", categories=["diaspora"] if number else ["remittances"])
    for number in range(6):
        row = article(of, title=f"وصول {number}", title_language="ar")
        Article.objects.filter(pk=row.pk).update(status="inbox", audience=[])
"""
STATES = """
from access.viewer import Viewer
from access.viewing import viewing
from newscentre.models import Article
with viewing(Viewer.secretariat_of("mtm")):
    rows = Article.objects.filter(title__startswith="وصول").order_by("title")
    print(";".join(f"{row.status},{row.story}" for row in rows))
"""


@pytest.fixture(scope="module")
def newsroom(chromium, world_template) -> Iterator[Live]:
    """A portal of its own with articles: the other tests of the browser want none."""
    with live_portal("newsroom", world_template, CACHE) as live:
        live.run(PLANT)
        yield live


@pytest.fixture
def page(chromium, newsroom) -> Iterator[Page]:
    context = chromium.new_context(base_url=newsroom.address, viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def sign_in(page: Page, login: str) -> None:
    page.goto("/en/accounts/login/")
    page.fill("input[name=login]", f"{login}@imap.example")
    page.fill("input[name=password]", "demo-only-2012")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_a_filter_changes_the_list_in_place_and_says_so(page, complaints, language):
    heard = complaints(page)
    page.goto(f"/{language}/news/")
    page.evaluate("window.stayed = true")
    expect(page.locator(".stories > li")).to_have_count(4)
    page.focus("#news-category")
    page.select_option("#news-category", "remittances")
    expect(page.locator(".stories > li")).to_have_count(1)
    assert page.evaluate("window.stayed"), "the page was loaded anew"
    assert page.evaluate("document.activeElement.id") == "news-category"
    assert page.url.endswith(f"/{language}/news/?category=remittances")
    told = page.locator("#news-told")
    assert told.get_attribute("role") == "status"
    expect(told).to_have_text({"ar": "يُعرض موضوع واحد.", "en": "1 story is shown.", "fr": "1 sujet affiché."}[language])
    assert page.locator('.asfeed a[type="application/rss+xml"]').get_attribute("href").endswith("?category=remittances")
    assert serious(page) == []
    assert heard == []


def test_going_back_shows_the_list_before_and_nothing_is_kept_in_the_browser(page):
    page.goto("/en/news/")
    page.select_option("#news-category", "remittances")
    expect(page.locator(".stories > li")).to_have_count(1)
    page.go_back()
    expect(page.locator(".stories > li")).to_have_count(4)
    assert page.url.endswith("/en/news/")
    kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert "Open" not in kept  # a title of any of them: a page would outlive signing out


def test_filters_work_without_any_script(chromium, newsroom):
    context = chromium.new_context(base_url=newsroom.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/en/news/")
    page.select_option("#news-category", "remittances")
    page.click(".newsfilter button")
    expect(page.locator(".stories > li")).to_have_count(1)
    context.close()


def titles(page: Page) -> list[str]:
    return page.locator("#result_list tbody th").all_inner_texts()


def acts(page: Page, key: str) -> None:
    """Press a key that sends the list off, and wait for the list that answers: the one before looks alike."""
    with page.expect_navigation():
        page.keyboard.press(key)
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_an_editor_works_through_the_arabic_inbox_by_keyboard(page, complaints, newsroom):
    sign_in(page, "editor")
    page.goto("/secretariat/newscentre/article/")
    with page.expect_navigation():
        page.click('.language-switch button[value="ar"]')
    heard = complaints(page)
    with page.expect_navigation():  # the page before is in Arabic too, and lists the same articles
        page.click('.inboxes a[href*="title_language__exact=ar"]')
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    waiting = titles(page)
    assert len(waiting) == 6
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == waiting[0]
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == waiting[2]
    page.keyboard.press("k")
    assert page.evaluate(focused) == waiting[1]
    acts(page, "p")  # nothing is chosen: this one
    assert titles(page) == [title for title in waiting if title != waiting[1]]
    assert page.evaluate(focused) == waiting[0]
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    acts(page, "m")
    acts(page, "h")
    expect(page.locator("#result_list tbody th")).to_have_count(4)
    assert heard == []
    page.keyboard.press("Enter")
    expect(page.locator("#id_summary_ar")).to_have_attribute("dir", "rtl")
    assert serious(page) == []
    states = [row.split(",") for row in newsroom.run(STATES).split(";")]
    by_title = dict(zip(sorted(waiting), states, strict=True))
    assert by_title[waiting[1]][0] == "published"
    assert by_title[waiting[0]][0] == "hidden"
    assert by_title[waiting[0]][1] == by_title[waiting[2]][1]


def test_letters_typed_elsewhere_do_nothing_to_the_list(page, newsroom):
    sign_in(page, "editor")
    page.goto("/secretariat/newscentre/article/?status__exact=published")
    before = newsroom.run(STATES)
    page.focus("#searchbar")
    page.keyboard.type("phms x")
    assert re.search(r"status__exact=published$", page.url)
    assert newsroom.run(STATES) == before
