"""A text on its way into the desk's editor and back: nothing is lost, and only what the editor cannot keep is rewritten."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.editing.html import for_editor, from_editor
from profiles.texts import clean, sections_of

TEXTS = sorted((Path(__file__).resolve().parents[2] / "data" / "texts").rglob("*.html"))
TABLE = (
    "<table><caption>By <em>area</em></caption><thead><tr><th scope='col'>Year</th><th scope='col'>Area</th></tr></thead>"
    "<tbody><tr><th scope='row'><bdi>2009</bdi></th><td class='num'><bdi>6,642</bdi></td></tr></tbody></table>"
)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_demonstration_text_comes_back_as_it_was(path):
    for html in sections_of(path.read_text()).values():
        assert clean(from_editor(for_editor(html))) == clean(html)
        assert clean(from_editor(html)) == clean(html)


def test_the_editor_gets_the_caption_before_the_table_and_all_rows_in_one_group():
    assert for_editor(TABLE).replace("\n", "") == (
        '<p class="caption">By <em>area</em></p>'
        '<table><tbody><tr><th scope="col">Year</th><th scope="col">Area</th></tr>'
        '<tr><th scope="row"><bdi>2009</bdi></th><td class="num"><bdi>6,642</bdi></td></tr></tbody></table>'
    )


def test_what_the_editor_writes_becomes_the_text_of_a_page():
    written = (
        '<p class="caption">By <em>area</em></p><table><colgroup><col style="width: 25px"></colgroup><tbody>'
        '<tr><th colspan="1" rowspan="1"><p>Year</p></th><th colspan="1" rowspan="1"><p>Area</p></th></tr>'
        '<tr><th scope="row" colspan="1"><p><bdi>2009</bdi></p></th><td class="num"><p><bdi>6,642</bdi></p></td></tr>'
        "</tbody></table>"
    )
    assert clean(from_editor(written)) == clean(TABLE)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<ul><li><p>one</p><ul><li><p>two</p></li></ul></li></ul>", "<ul><li>one<ul><li>two</li></ul></li></ul>"),
        ("<ul><li><p>one</p><p>two</p></li></ul>", "<ul><li><p>one</p><p>two</p></li></ul>"),
        ('<ol class="notes"><li id="note-1"><p>S</p></li></ol>', '<ol class="notes"><li id="note-1">S</li></ol>'),
        ('<ul><li><p class="definition">D</p></li></ul>', '<ul><li><p class="definition">D</p></li></ul>'),
        ("<table><tbody><tr><td><p></p></td></tr></tbody></table>", "<table><tbody><tr><td></td></tr></tbody></table>"),
        ('<p class="caption">Of no table</p><p>text</p>', "<p>Of no table</p><p>text</p>"),
        (
            '<p class="caption"></p><table><tr><td>1</td></tr></table>',
            "<table><tbody><tr><td>1</td></tr></tbody></table>",
        ),
        ("<p>a &amp; b&nbsp;: 5 &lt; 6</p>", "<p>a &amp; b&nbsp;: 5 &lt; 6</p>"),
    ],
)
def test_paragraphs_and_captions_stay_where_they_say_something(written, kept):
    assert clean(from_editor(written)) == clean(kept)


def test_a_column_of_row_heads_is_no_head_of_the_table():
    one_column = '<table><tbody><tr><th scope="row">Gao</th></tr><tr><th scope="row">Kidal</th></tr></tbody></table>'
    assert clean(from_editor(for_editor(one_column))) == clean(one_column)


def test_heads_made_in_the_editor_say_what_they_head():
    made = "<table><tbody><tr><th></th><th>A</th></tr><tr><th>2009</th><td>1</td></tr></tbody></table>"
    text = clean(from_editor(made))
    assert '<thead>\n<tr><th scope="col"></th><th scope="col">A</th></tr>\n</thead>' in text
    assert '<th scope="row">2009</th>' in text


@pytest.mark.parametrize(
    "broken", ["<table><tr><td>1", "</p></td>", "<p class=caption>x", "<", "&", "<li>", "<table><p>x</table>"]
)
def test_broken_html_is_closed_not_refused(broken):
    text = clean(from_editor(broken))
    assert clean(from_editor(for_editor(text))) == text


def test_scripts_vanish_on_both_ways():
    evil = '<p onclick="x()">a</p><script>x()</script><p class="caption"><img src=x onerror=x()></p><table><tr><td>1</td></tr></table>'
    assert "x()" not in for_editor(evil) + from_editor(evil)


INLINE = st.recursive(
    st.sampled_from(["text", "6,642", "نص", "a&nbsp;:", "5 &lt; 6"]),
    lambda inside: st.tuples(st.sampled_from(["em", "strong", "bdi", "sup"]), inside).map(
        lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
    ),
    max_leaves=2,
)
ITEMS = st.lists(INLINE.map(lambda inside: f"<li>{inside}</li>"), min_size=1, max_size=3).map("".join)
ROWS = st.lists(
    INLINE.map(lambda inside: f'<tr><th scope="row">{inside}</th><td class="num">{inside}</td></tr>'), max_size=3
).map("".join)
BLOCKS = st.one_of(
    INLINE.map(lambda inside: f"<p>{inside}</p>"),
    INLINE.map(lambda inside: f'<p class="definition" id="note-2">{inside}</p>'),
    INLINE.map(lambda inside: f"<h3>{inside}</h3>"),
    ITEMS.map(lambda items: f'<ol class="notes">{items}</ol>'),
    st.tuples(INLINE, ROWS).map(
        lambda pair: (
            f"<table><caption>{pair[0]}</caption><thead><tr><th scope='col'>{pair[0]}</th></tr></thead>"
            + (f"<tbody>{pair[1]}</tbody>" if pair[1] else "")
            + "</table>"
        )
    ),
)


@given(st.lists(BLOCKS, max_size=5).map("\n ".join))
def test_any_text_of_allowed_blocks_comes_back(html):
    assert clean(from_editor(for_editor(html))) == clean(html)
    assert clean(from_editor(from_editor(for_editor(html)))) == clean(html)
