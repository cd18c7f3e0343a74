"""Markup is cleaned in a time that grows with its length, however it is nested, and never in a way that fails."""

import time

import pytest

from newscentre.stages.clean import plain
from newscentre.stages.documents import Wording
from profiles.editor import for_editor, from_editor
from profiles.texts import MOST_LEVELS, clean, is_too_deep
from untrusted.markup import depth, shallow

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
}
WAYS = {
    "a text": clean,
    "a text to the editor": for_editor,
    "a text from the editor": from_editor,
    "an entry of a feed": lambda html: plain(Wording(html[:20_000], is_markup=True)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", NESTED)
def test_cleaning_takes_a_bounded_time_and_does_not_fail(kind, way):
    html = NESTED[kind] * (SIZE // len(NESTED[kind])) + "word"
    began = time.process_time()
    WAYS[way](html)
    assert time.process_time() - began < 8, "it took minutes, where it did not fail"


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
