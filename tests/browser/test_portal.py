"""The portal in a real browser: sign in, read, switch language, publish; nothing that keeps people out."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

LANGUAGES = ("ar", "en", "fr")
KINDS_OF_PAGE = {
    "home": "/{}/",
    "maps": "/{}/maps/",
    "i-Map": "/{}/maps/mtm/",
    "theme": "/{}/maps/mtm/migration-development/",
    "area": "/{}/maps/mtm/migration-development/?by=area",
    "across": "/{}/maps/mtm/migration-development/across/remittances/",
    "section": "/{}/maps/mtm/migration-development/morocco/overview/",
    "print": "/{}/maps/mtm/migration-development/morocco/print/",
    "edition": "/{}/maps/mtm/migration-development/morocco/editions/1/",
    "countries": "/{}/countries/",
    "country": "/{}/countries/morocco/",
    "about": "/{}/maps/mtm/about/",
    "partners": "/{}/maps/mtm/partners/",
    "supporters": "/{}/maps/mtm/supporters/",
    "routes": "/{}/maps/mtm/routes/",
    "route": "/{}/maps/mtm/routes/of/route/central-mediterranean/",
    "story": "/{}/maps/mtm/routes/stories/central-mediterranean-2009-2014/",
    "by year": "/{}/maps/mtm/by-year/",
    "contact": "/{}/maps/mtm/contact/",
    "news": "/{}/news/",
    "press reviews": "/{}/news/reviews/",
    "search": "/{}/search/?q=rabat",
    "terms": "/{}/terms/",
    "sign in": "/{}/accounts/login/",
    "not found": "/{}/nowhere/",
}


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, with where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{row['id']}: {row['nodes'][0]['target']} {row['nodes'][0]['html'][:120]}"
        for row in found
        if row["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("kind", KINDS_OF_PAGE)
def test_axe_finds_nothing_serious_and_nothing_overflows(page_as, complaints, kind):
    page = page_as(viewport={"width": 1440, "height": 900})
    heard = complaints(page)
    for language in LANGUAGES:
        page.goto(KINDS_OF_PAGE[kind].format(language), wait_until="networkidle")
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert serious(page) == []
    assert [line for line in heard if "404" not in line] == []


@pytest.mark.parametrize(
    ("language", "sign_out"), [("ar", "تسجيل الخروج"), ("en", "Sign out"), ("fr", "Se déconnecter")]
)
def test_an_official_signs_in_reads_switches_language_and_signs_out(page_as, language, sign_out):
    page = page_as()
    address = f"/{language}/maps/mtm/irregular-mixed-migration/morocco/"
    assert page.goto(address).status == 404
    page.locator(".signin").click()
    page.fill("input[name=login]", "official.mar@imap.example")
    page.fill("input[name=password]", "demo-only-2012")
    page.locator("main .primary").click()
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    expect(page.locator("h1")).to_have_text({"ar": "المغرب", "en": "Morocco", "fr": "Maroc"}[language])
    page.locator(".outline ol a").nth(1).click()
    for other in LANGUAGES:
        page.locator(f'.langs a[lang="{other}"]').click()
        expect(page).to_have_url(re.compile(f"/{other}/maps/mtm/irregular-mixed-migration/morocco/detection/$"))
        assert page.evaluate("document.documentElement.dir") == ("rtl" if other == "ar" else "ltr")
    page.locator(f'.langs a[lang="{language}"]').click()
    page.locator(".account summary").click()
    page.get_by_role("button", name=sign_out).click()
    expect(page.locator(".signin")).to_be_visible()
    assert page.goto(address).status == 404


def test_a_stranger_is_not_told_whether_an_address_has_an_account(page_as):
    answers = []
    for address in ("official.ukr@imap.example", "nobody@imap.example"):
        page = page_as()
        page.goto("/en/accounts/login/")
        page.fill("input[name=login]", address)
        page.fill("input[name=password]", "wrong-password")
        page.locator("main .primary").click()
        answers.append(page.locator(".errors").first.inner_text())
    assert answers[0] == answers[1] != ""


def test_the_editor_publishes_and_a_reader_sees_it_at_once(page_as):
    editor, reader = page_as("editor"), page_as()
    address = "/en/maps/mtm/migration-development/ghana/overview/"
    editor.goto("/secretariat/profiles/profile/?theme__slug__exact=migration-development&q=Ghana")
    editor.locator("#result_list tbody th a").first.click()
    editor.locator('.desk a[href*="/draft/overview/en/"]').click()
    html = editor.locator("textarea[name=html]")
    expect(html).to_have_count(1)
    html.evaluate("(field) => { field.value = '<p>Published in front of a reader.</p>'; }")
    with editor.expect_navigation():
        editor.evaluate("document.querySelector('form.draft').submit()")
    reader.goto(address)
    expect(reader.locator("article")).not_to_contain_text("Published in front of a reader.")
    editor.goto(re.sub(r"draft/.*", "publish/", editor.url))
    editor.locator("main input[type=submit], #content input[type=submit]").click()
    reader.goto(address)
    expect(reader.locator("article")).to_contain_text("Published in front of a reader.")


def test_the_map_is_worked_with_the_keyboard_alone(page_as):
    page = page_as(viewport={"width": 1440, "height": 900})
    page.goto("/en/maps/mtm/", wait_until="networkidle")
    morocco = page.locator('.imap-map path[aria-label^="Morocco"]')
    morocco.focus()
    expect(page.locator(".imap-caption")).to_contain_text("Morocco")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/en/countries/morocco/$"))


def test_the_map_never_draws_western_sahara_as_part_of_a_partner(page_as):
    page = page_as(viewport={"width": 1440, "height": 900})
    page.goto("/fr/maps/mtm/", wait_until="networkidle")
    names = page.locator(".imap-map").inner_text()
    assert "Maroc" in names
    drawn = page.evaluate("document.querySelectorAll('.imap-map path').length")
    assert drawn > 100


@pytest.mark.parametrize("width", [390, 1024, 1440, 1920])
@pytest.mark.parametrize("path", ["/ar/", "/en/", "/en/maps/budapest-process/", "/ar/maps/mtm/"])
def test_the_sea_fills_the_map_and_no_name_is_cut_at_its_edge(page_as, path, width):
    page = page_as(viewport={"width": width, "height": 900})
    page.goto(path, wait_until="networkidle")
    canvas, sea = (page.locator(f".imap-{part}").bounding_box() for part in ("canvas", "sea"))
    assert canvas["height"] > 260
    for start, length in (("x", "width"), ("y", "height")):
        assert sea[start] <= canvas[start]
        assert sea[start] + sea[length] >= canvas[start] + canvas[length]
    names = [name.bounding_box() for name in page.locator(".imap-name.is-shown").all()]
    assert len(names) > 15
    for name in names:
        assert canvas["x"] <= name["x"]
        assert name["x"] + name["width"] <= canvas["x"] + canvas["width"]
        assert canvas["y"] <= name["y"]
        assert name["y"] + name["height"] <= canvas["y"] + canvas["height"]


@pytest.mark.parametrize("width", [390, 1440])
def test_every_country_beside_the_map_is_reached_without_a_box_that_scrolls(page_as, width):
    page = page_as(viewport={"width": width, "height": 900})
    page.goto("/fr/maps/rabat-process/", wait_until="networkidle")
    assert page.locator(".covered li a").count() == 58
    fits = "box => box.scrollHeight <= box.clientHeight + 1 && box.scrollWidth <= box.clientWidth + 1"
    for box in page.locator(".mapframe, .covered, .covered ul").all():
        assert box.evaluate(fits)
    last = page.locator(".covered li a").last
    last.focus()
    expect(last).to_be_in_viewport()


def test_a_map_on_paper_shows_what_it_shows_on_the_screen(page_as):
    page = page_as(viewport={"width": 1440, "height": 900})
    page.goto("/en/maps/mtm/", wait_until="networkidle")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    canvas = page.locator(".imap-canvas").bounding_box()
    assert canvas["width"] == 670
    for name in ("Algeria", "Kenya", "Poland"):
        expect(page.locator(f'.imap-name.is-shown:text-is("{name}")')).to_have_count(1)
    assert page.locator(".imap-sea").bounding_box()["width"] >= canvas["width"]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".imap-canvas").bounding_box()["width"] > 800


def test_without_script_a_list_says_what_the_map_says(page_as):
    page = page_as(java_script_enabled=False)
    page.goto("/en/")
    expect(page.locator(".dialogues a")).to_have_count(4)
    page.goto("/ar/maps/mtm/")
    assert page.locator(".covered li").count() > 40
