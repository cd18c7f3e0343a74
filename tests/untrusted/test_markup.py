"""Markup is cleaned in a time that grows with its length, however it is nested, and never in a way that fails."""

import json
import re
import time

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.signing_in import terms
from newscentre.stages import json_feed
from newscentre.stages.clean import plain
from newscentre.stages.documents import LONGEST_TEXT, Wording
from profiles.editing.html import for_editor, from_editor
from profiles.texts import MOST_LEVELS, clean, is_too_deep
from tests.depth import examples
from untrusted.markup import FLAT, depth, shallow

SIZE = 300_000  # characters, as long as a text may be
NESTED = {
    "lists": "<ul><li>",
    "quotations": "<blockquote>",
    "quotations that are closed by another name": "<blockquote></div>",
    "lists that a cell keeps from being closed": "<ul><table><tr><td></ul>",
    "an attribute with half a quotation mark": '<p title=a"b><ul><li>',
    "cells within a picture": "<svg><td>",
    "words within words": "<em><p>",
    "links": '<a href="https://a.example/">',
    "tables": "<table><tr><td>",
    "templates": "<template><td>",
    "names that nobody knows": "<x-y>",
    "ends alone": "</p>",
    "brackets alone": "<",
    "quotation marks alone": '<p title="',
    "figures": '<data value="a/b/2004/c">1',
    "comments": "<!--",
    "spaces": "<p> ",
    "lists whose end stands in a comment": "<ul><li><!--</ul>-->",
    "lists whose end stands in an attribute": '<ul a="</ul>"><li>',
    "lists whose end stands in a title": "<ul><title></ul></title><li>",
    "a comment that ends at once": "<!--><ul><li>-->",
    "a comment within a title": "<title><!--</title><ul>-->",
    "a declaration": "<![CDATA[</ul>]]><ul>",
    "tags that are never closed": "<p a ",
    "values without an end": "<p a='",
    "ends of a title that do not end": "<title></titl",
}
WAYS = {
    "a text": clean,
    "a text to the editor": for_editor,
    "a text from the editor": from_editor,
    "terms of use": terms.clean,
    "an entry of a feed": lambda html: plain(Wording(html[:20_000], is_markup=True)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", NESTED)
def test_cleaning_takes_a_bounded_time_and_does_not_fail(kind, way):
    html = NESTED[kind] * (SIZE // len(NESTED[kind])) + "word"
    began = time.process_time()
    WAYS[way](html)
    assert time.process_time() - began < 8, "it took minutes, where it did not fail"


# What hides tags from whoever reads markup by eye: HTML's own parser says how deep each really is.
PARSER = nh3.Cleaner(tags={"ul", "li", "p", "em", "table", "tr", "td", "blockquote", "div", "a"}, attributes={})
WORDS = [
    "<ul>", "</ul>", "<li>", "<p>", "</p>", "<em>", "</em>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<blockquote>",
    "</blockquote >", "<DIV>", "</div/>", "<a href='>'>", "</a>", "<!--", "-->", "--!>", "<!-->", "<!--->", "<!", "<?", "</", "</>",
    "<![CDATA[", "]]>", "<title>", "</title>", "<style>", "</style\n>", "<textarea>", "</textarea>", "<noscript>", "</noscript>",
    "<svg>", "</svg>", "<svg/>", "<math>", "</math>", "<template>", "</template>", "<ul a=\"", "<ul a='", "<ul a=b", '"', "'", "=", ">",
    "<", "/", " ", "word", "<plaintext>", "<xmp>", "</xmp>", "<trac\u212a>", "\x0b", "\0", "<select>", "</select>", "<button>", "</button>",
]  # fmt: skip


def real_depth(html: str) -> int:
    level, deepest = 0, 0
    for end, name in re.findall(r"<(/?)([a-z]+)", PARSER.clean(html)):
        if name not in FLAT:
            level += -1 if end else 1
            deepest = max(deepest, level)
    return deepest


@pytest.mark.deep
@settings(max_examples=examples(400), deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
def test_no_markup_is_deeper_than_it_is_measured(html):
    if not re.search("<svg|<math", html):  # which are taken away before anything parses them
        assert real_depth(html) <= depth(html)
    shown = shallow(html * 3, 3)
    assert real_depth(shown) <= 3
    assert depth(shown) <= 3


@pytest.mark.parametrize("hidden", ["<ul><li><!--</ul>-->", '<ul a="</ul>"><li>', "<ul><title></ul></title><li>"])
def test_ends_that_are_none_close_nothing(hidden):
    assert is_too_deep(hidden * 1000), "it was measured as one level, and the page of the draft failed"
    assert from_editor(hidden * 1000).count("<ul>") <= MOST_LEVELS
    assert clean(clean(hidden * 40)) == clean(hidden * 40)


def test_the_texts_of_a_json_feed_are_cut_like_those_of_others():
    entry = {"id": "1", "url": "https://a.example/1", "title": "word " * 10_000, "content_html": "<ul><li>" * 50_000}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "word " * 10_000, "items": [entry]}
    document = json_feed.read(json.dumps(feed))
    texts = (document.title, document.entries[0].title, document.entries[0].summary)
    assert [len(wording.text) for wording in texts] == [LONGEST_TEXT] * 3


@pytest.mark.parametrize("levels", [300, 5000])
def test_nested_lists_lose_their_tags_and_no_word(levels):
    html = "".join(f"<ul><li>{number}" for number in range(levels)) + "</li></ul>" * levels
    for cleaned in (clean(html), from_editor(html), for_editor(html)):
        assert all(str(number) in cleaned for number in (0, levels // 2, levels - 1))
    assert clean(clean(html)) == clean(html)


def test_what_is_flat_enough_stays_as_it_is():
    flat = "<ul><li>a<li>b</ul><p>c<p>d<table><tr><td>1<td>2</table>" * 1000
    assert depth(flat) == 1
    assert shallow(flat, 3) == flat
    nested = "<ul><li>" * MOST_LEVELS + "</li></ul>" * MOST_LEVELS
    assert not is_too_deep(nested)
    assert shallow(nested, MOST_LEVELS) == nested
    assert is_too_deep(f"<ul><li>{nested}</li></ul>")
