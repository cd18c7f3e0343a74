"""The page of the feeds' health moves by itself under the admin's content policy, and says the same without a script."""

from playwright.sync_api import Page, expect

HEALTH = "/secretariat/newscentre/feed/health/"
LIST = b'<opml version="2.0"><body><outline text="Harbour notes" xmlUrl="https://harbour.example/feed"/></body></opml>'


def test_the_page_follows_a_feed_by_itself(page_as, complaints):
    looking, working = page_as("editor"), page_as("editor")
    heard = complaints(looking)
    take_a_feed(working)
    looking.goto(HEALTH)
    row = looking.get_by_role("row", name="Harbour notes")
    expect(row).to_contain_text("due")
    pause(working)
    expect(row).to_contain_text("paused")
    assert heard == []


def take_a_feed(page: Page) -> None:
    page.goto("/secretariat/newscentre/feed/opml/take/")
    page.set_input_files("input[name=file]", {"name": "feeds.opml", "mimeType": "text/x-opml", "buffer": LIST})
    page.click(".submit-row input")
    expect(page.get_by_text("1 feed was added.")).to_be_visible()


def pause(page: Page) -> None:
    page.get_by_role("link", name="Harbour notes").click()
    page.check("input[name=fetching-0-is_paused]")
    page.check("input[name=preset][value=secretariat]")
    page.click("input[name=_save]")
    expect(page.locator(".messagelist .success")).to_be_visible()
