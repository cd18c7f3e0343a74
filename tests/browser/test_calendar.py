"""The calendar in Arabic, by keyboard alone, and its files without a script."""

from playwright.sync_api import Page, expect


def press_until(page: Page, key: str, name: str) -> None:
    """Presses a key until the link of that name has the focus."""
    for _ in range(80):
        page.keyboard.press(key)
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if focused == name:
            return
    raise AssertionError(f"no way by {key} to “{name}”")


def test_a_meeting_is_reached_in_arabic_by_keyboard_alone(page_as, portal):
    page = page_as("stranger")
    page.goto(f"{portal}/ar/calendar/2012-04/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_text("لا يوجد اجتماع في هذا الشهر.")).to_be_visible()
    press_until(page, "Tab", "أيار/مايو 2012")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ar/calendar/2012-05/")
    press_until(page, "Tab", "فعالية الذكرى العاشرة لحوار MTM")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("فعالية الذكرى العاشرة لحوار MTM")
    press_until(page, "Tab", "34 وفدًا")
    page.keyboard.press("Enter")
    expect(page.get_by_text("الجزائر", exact=True)).to_be_visible()


def test_the_first_day_of_the_week_stands_at_the_right_in_arabic_and_at_the_left_in_english(page_as, portal):
    for language, is_rightmost in (("ar", True), ("en", False)):
        page = page_as("stranger")
        page.goto(f"{portal}/{language}/calendar/2012-05/")
        boxes = [head.bounding_box() for head in page.locator(".month th").all()]
        first, last = boxes[0]["x"], boxes[-1]["x"]
        assert (first > last) is is_rightmost


def test_on_a_telephone_only_the_days_with_a_meeting_are_left_and_nothing_overflows(page_as, portal):
    page = page_as("stranger")
    page.set_viewport_size({"width": 390, "height": 800})
    for language in ("ar", "en", "fr"):
        for path in ("calendar/", "calendar/2012-03/", "library/", "links/"):
            page.goto(f"{portal}/{language}/{path}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(f"{portal}/en/calendar/2012-03/")
    assert [day.inner_text().split("\n")[0] for day in page.locator(".month td:visible").all()] == ["29", "30"]
