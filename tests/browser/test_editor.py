"""The desk's editor in Chromium: it keeps every text, writes from right to left, and runs nothing that is pasted."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from profiles.editing.html import for_editor, from_editor
from profiles.texts import clean, sections_of

TEXTS = sorted((Path(__file__).resolve().parents[2] / "data" / "texts").rglob("*.html"))
AT_A_TIME = 50  # texts in one call of the browser
WITH_EDITOR = """document.addEventListener("prose-editor:ready", ({detail}) => {
    window.editor = detail.editor;
    document.documentElement.dataset.editor = "ready";
})"""
TABLE = (
    "<table><caption>Detections</caption><thead><tr><th scope='col'>Year</th><th scope='col'>Area</th></tr></thead>"
    "<tbody><tr><th scope='row'><bdi>2009</bdi></th><td class='num'><bdi>6,642</bdi></td></tr></tbody></table>"
)


def open_profile(page: Page, subject: str, theme: str) -> None:
    page.goto(f"/secretariat/profiles/profile/?q={subject.lower()}")
    row = page.locator("#result_list tbody tr", has_text="MTM").filter(has_text=theme)
    row.locator("th a").first.click()


def open_draft(page: Page, section: str, language: str) -> None:
    """A section of Niger's profile on migration and development, which no other test writes."""
    page.add_init_script(WITH_EDITOR)
    open_profile(page, "Niger", "Migration and Development")
    page.goto(re.sub(r"change/.*", f"draft/{section}/{language}/", page.url))
    wait_for_editor(page)


def wait_for_editor(page: Page) -> None:
    page.wait_for_selector("html[data-editor]")


def written(page: Page) -> str:
    """What would stand on a page if the draft were saved now."""
    return clean(from_editor(page.input_value("textarea[name=html]")))


def set_text(page: Page, html: str) -> None:
    page.evaluate("html => window.editor.commands.setContent(html)", for_editor(html))


def put_caret_after(page: Page, word: str) -> None:
    page.evaluate(
        """word => { editor.state.doc.descendants((node, at) => {
            const found = node.isText ? node.text.indexOf(word) : -1;
            if (found >= 0) editor.commands.focus(at + found + word.length);
        });
        return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))) }""",
        word,
    )


def select_to_the_beginning(page: Page) -> None:
    """Of the line. The editor learns of a selection made by keys a moment later; keys before it has the caret are lost."""
    for _ in range(20):
        page.keyboard.press("Shift+Home")
        page.wait_for_timeout(250)
        if page.evaluate("!editor.state.selection.empty"):
            return
    raise AssertionError("The editor was told of no selection.")


def button(page: Page, name: str):
    return page.locator(f".prose-menubar button[data-name='{name}']")


def test_every_demonstration_text_passes_the_editor_unchanged(page_as):
    page = page_as("editor")
    open_draft(page, "overview", "en")
    texts = [html for path in TEXTS for html in sections_of(path.read_text()).values()]
    given = [for_editor(html) for html in texts]
    returned: list[str] = []
    for first in range(0, len(given), AT_A_TIME):
        returned += page.evaluate(
            "texts => texts.map(text => { editor.commands.setContent(text); return editor.getHTML(); })",
            given[first : first + AT_A_TIME],
        )
    assert [clean(from_editor(html)) for html in returned] == [clean(html) for html in texts]


def test_saving_without_change_leaves_the_draft_as_published(page_as):
    page = page_as("editor")
    open_draft(page, "overview", "fr")
    before = written(page)
    page.click("input[type=submit].default")
    expect(page.locator(".messagelist li")).to_be_visible()
    assert written(page) == before
    open_profile(page, "Niger", "Migration and Development")
    cell = page.locator(".desk a[href$='/draft/overview/fr/']")
    expect(cell).to_have_text("as published")


def test_arabic_is_typed_from_right_to_left_and_saved(page_as):
    page = page_as("editor")
    open_draft(page, "data-availability", "ar")
    text = page.locator(".ProseMirror")
    assert text.evaluate("node => getComputedStyle(node).direction") == "rtl"
    set_text(page, "<p>بداية</p>")
    put_caret_after(page, "بداية")
    page.keyboard.type(" النص في 2012")
    page.click("input[type=submit].default")
    wait_for_editor(page)
    assert written(page) == "<p>بداية النص في 2012</p>"


def test_a_table_keeps_its_caption_heads_and_numbers_while_it_is_written_in(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, TABLE)
    put_caret_after(page, "Area")
    page.keyboard.type(" reported")
    button(page, "table:addRowAfter").click()
    put_caret_after(page, "6,642")
    expect(button(page, "table:number")).to_have_class(re.compile("active"))
    text = written(page)
    assert "<caption>Detections</caption>\n<thead>" in text
    assert '<th scope="col">Area reported</th>' in text
    assert '<th scope="row"><bdi>2009</bdi></th><td class="num"><bdi>6,642</bdi></td>' in text
    assert text.count("<tr>") == 3


def test_a_new_table_gets_a_head_and_a_caption(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, "<p>x</p>")
    put_caret_after(page, "x")
    button(page, "table").click()
    page.keyboard.type("Year")
    button(page, "table:caption").click()
    page.keyboard.type("Remittances")
    assert '<caption>Remittances</caption>\n<thead>\n<tr><th scope="col">Year</th>' in written(page)


def test_a_footnote_is_numbered_in_the_order_of_the_text(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    note = '<sup><a href="#note-1">1</a></sup>'
    set_text(page, f'<p>First. Second.{note}</p><ol class="notes"><li id="note-1">Old</li></ol>')
    put_caret_after(page, "First.")
    button(page, "note").click()
    page.keyboard.type("New")
    assert written(page) == clean(
        f'<p>First.{note} Second.<sup><a href="#note-2">2</a></sup></p>'
        '<ol class="notes"><li id="note-1">New</li><li id="note-2">Old</li></ol>'
    )


def test_the_first_footnote_makes_the_list_of_notes(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, "<p>First.</p>")
    put_caret_after(page, "First.")
    button(page, "note").click()
    page.keyboard.type("Source")
    assert '<ol class="notes">\n<li id="note-1">Source</li>' in written(page)


def test_a_paragraph_says_that_a_definition_differs_and_the_next_does_not(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, "<p>Here</p>")
    put_caret_after(page, "Here")
    button(page, "definition").click()
    page.keyboard.press("Enter")
    page.keyboard.type("after")
    assert written(page) == '<p class="definition">Here</p>\n<p>after</p>'


OF_NIGER = '<data value="population-total/2007/gapminder">12,894,865</data>'


def test_a_figure_is_chosen_from_the_list_with_the_keyboard_alone(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, "<p>There were persons.</p>")
    put_caret_after(page, "There were ")
    button(page, "figure").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Figure", exact=True)).to_be_focused()
    page.keyboard.type("Total population, 2007")
    expect(page.locator("dialog input[name=value]")).to_have_value("population-total/2007/gapminder")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".ProseMirror").first).to_be_focused()
    page.keyboard.type(" ")
    assert written(page) == f"<p>There were {OF_NIGER} persons.</p>"


def test_a_reference_is_typed_over_a_number_which_stays_where_the_subject_has_no_such_figure(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, "<table><tbody><tr><td><bdi>29,891,708</bdi></td></tr></tbody></table>")
    put_caret_after(page, "29,891,708")
    select_to_the_beginning(page)
    button(page, "figure").click()
    page.locator("dialog input[name=value]").fill("morocco/population-total/2004/hcp")
    page.locator("dialog button[type=submit]").click()
    cited = '<bdi><data value="morocco/population-total/2004/hcp">29,891,708</data></bdi>'
    assert f"<td>{cited}</td>" in written(page)


def test_what_is_no_reference_is_not_taken(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, "<p>x</p>")
    put_caret_after(page, "x")
    button(page, "figure").click()
    page.locator("dialog input[name=value]").fill("population of Niger")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert written(page) == "<p>x</p>"


def test_a_cited_figure_is_one_piece_and_can_be_changed(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, f"<p>There were {OF_NIGER} persons.</p>")
    page.locator(".ProseMirror data").click()
    button(page, "figure").click()
    expect(page.locator("dialog input[name=value]")).to_have_value("population-total/2007/gapminder")
    page.get_by_label("Figure", exact=True).select_option("population-total/2002/gapminder")
    page.locator("dialog button[type=submit]").click()
    assert written(page) == '<p>There were <data value="population-total/2002/gapminder">11,140,655</data> persons.</p>'
    put_caret_after(page, "There were ")
    page.keyboard.press("Delete")
    assert written(page) == "<p>There were persons.</p>"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://www.hcp.ma/", '<p><a href="https://www.hcp.ma/">source</a></p>'),
        ("/en/countries/morocco/", '<p><a href="/en/countries/morocco/">source</a></p>'),
        ("javascript:window.hurt=1", "<p>source</p>"),
        ("//evil.example/", "<p>source</p>"),
    ],
)
def test_links_lead_to_pages_only(page_as, address, kept):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, "<p>source</p>")
    page.evaluate("editor.chain().focus().selectAll().run()")
    button(page, "link").click()
    page.locator("dialog input[name=href]").fill(address)
    page.locator("dialog button[type=submit]").click()
    assert written(page) == kept


def test_what_is_pasted_is_not_run(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    set_text(page, "<p>before </p>")
    page.locator(".ProseMirror").evaluate(
        """node => {
            const data = new DataTransfer();
            data.setData("text/html", `<p>pasted <b>text</b></p><script>window.hurt = 1</script>
                <img src="/nothing" onerror="window.hurt = 2"><a href="javascript:window.hurt=3">here</a>
                <table><caption>Title</caption><tr><td>1</td></tr></table>`);
            editor.commands.focus("end");
            node.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.hurt") is None
    text = written(page)
    assert "pasted <strong>text</strong>" in text
    assert "<caption>Title</caption>" in text
    assert not re.search("script|hurt|img", text)


def test_the_source_can_be_written_too(page_as):
    page = page_as("editor")
    open_draft(page, "actors", "en")
    button(page, "html").click()
    page.locator("dialog textarea").fill(TABLE + "<p onclick='x()'>after<script>window.hurt=1</script></p>")
    page.locator("dialog button[type=submit]").click()
    assert written(page) == clean(TABLE + "<p>after</p>")
    assert page.evaluate("window.hurt") is None


@pytest.mark.parametrize(("language", "bold"), [("en", "Bold"), ("fr", "Gras"), ("ar", "خط غامق")])
def test_buttons_speak_the_language_of_the_desk(page_as, language, bold):
    page = page_as("editor")
    page.goto("/secretariat/")
    page.click(f".language-switch button[value={language}]")
    page.add_init_script(WITH_EDITOR)
    page.goto("/secretariat/profiles/profile/?q=niger")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".desk a[href*='/draft/']").first.click()
    wait_for_editor(page)
    assert button(page, "bold").get_attribute("aria-label") == bold
    titles = page.eval_on_selector_all(".prose-menubar button", "buttons => buttons.map(({title}) => title)")
    assert len(set(titles)) == len(titles)


def test_without_javascript_the_source_is_written_in_a_plain_field(page_as):
    page = page_as("editor", java_script_enabled=False)
    open_profile(page, "Niger", "Migration and Development")
    page.goto(re.sub(r"change/.*", "draft/remittances/en/", page.url))
    before = written(page)
    page.fill("textarea[name=html]", TABLE)
    expect(page.locator("select[name=partners]")).to_be_visible()
    page.click("input[type=submit].default")
    assert written(page) == clean(TABLE)
    page.fill("textarea[name=html]", before)
    page.click("input[type=submit].default")
    assert written(page) == before


def test_the_sentence_follows_the_choice_of_who_can_read(page_as):
    page = page_as("editor")
    open_draft(page, "migration", "en")
    sentence, partners = page.locator(".audience-sentence"), page.locator("select[name=partners]")
    expect(sentence).to_contain_text("Open access")
    expect(partners).to_be_hidden()
    page.check("input[name=preset][value=secretariat]")
    expect(sentence).to_have_text("Restricted access: the Secretariat alone can read this.")
    page.check("input[name=preset][value=partners]")
    expect(sentence).to_be_empty()
    partners.select_option(label="Morocco")
    expect(sentence).to_have_text("Restricted access: the nominated users of Morocco can read this.")
    partners.select_option(label=["Morocco", "Italy"])
    expect(sentence).to_have_text(
        "Restricted access: the nominated users of these partners can read this: Italy, Morocco."
    )
    expect(page.locator("select[name=reading_group]")).to_be_hidden()


def test_the_console_has_nothing_to_complain_of_in_the_admin(page_as, complaints):
    page = page_as("secretariat")
    heard = complaints(page)
    page.goto("/secretariat/")
    open_draft(page, "migration", "en")
    page.goto("/secretariat/profiles/profile/add/")
    open_profile(page, "Morocco", "Irregular and Mixed Migration")
    page.goto("/secretariat/atlas/subject/?kind__exact=hub")
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator(".geometry-map .world-land")).not_to_have_count(0)
    marker = page.locator(".geometry-map .leaflet-marker-icon")
    expect(marker).to_have_js_property("naturalWidth", 25)
    assert heard == []


def test_inline_pieces_are_allowed_in_the_admin_only(page_as):
    page = page_as("secretariat")

    def scripts_of(address: str) -> str:
        policy = page.goto(address).headers["content-security-policy"]
        return next(part.strip() for part in policy.split(";") if part.strip().startswith("script-src"))

    assert scripts_of("/en/") == scripts_of("/en/maps/mtm/migration-development/morocco/") == "script-src 'self'"
    assert scripts_of("/secretariat/") == "script-src 'self'"
    open_draft(page, "migration", "en")
    assert re.fullmatch(r"script-src 'self' 'nonce-[\w+/=]+'", scripts_of(page.url))
