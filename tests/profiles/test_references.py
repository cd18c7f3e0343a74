"""How a text names the figure that it cites: what passes the cleaning and the editor, and what becomes plain text."""

import pytest

from profiles.editing.html import for_editor, from_editor
from profiles.references import Reference, references_in
from profiles.texts import clean

TOTAL = "population-total/2004/hcp"
OF_NIGER = "niger/population-total/2007/gapminder"


@pytest.mark.parametrize("text", [TOTAL, OF_NIGER, "a_b/2016-Q1/c-d", "x/2016-01-18/y"])
def test_a_reference_is_kept_by_the_cleaning_and_by_the_editor(text):
    for number in ("29,891,708", "29\u202f891\u202f708", "29&nbsp;891", "-1.38", ""):
        html = f'<p>x <data value="{text}">{number}</data></p>'
        assert clean(html) == html
        assert clean(from_editor(for_editor(html))) == html
        assert references_in(html) == [text]
    assert str(Reference.of(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "29891708", "population-total", "population-total/2004", "population-total/soon/hcp", "population-total/0000/hcp",
     "a/b/c/2004/hcp", "/population-total/2004/hcp", "population total/2004/hcp", "population-total/2004/hcp ",
     "population-total/٢٠٠٤/hcp", "javascript:alert(1)", "مجموع/2004/hcp"],
)  # fmt: skip
def test_what_is_no_reference_is_left_as_plain_text(text):
    assert clean(f'<p>x <data value="{text}">1</data> y</p>') == "<p>x 1 y</p>"
    with pytest.raises(ValueError, match="not a reference"):
        Reference.of(text)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<data>1</data>", "1"),
        (f"<data value='{TOTAL}' onclick='x()' id='note-1' class='num'>1</data>", f'<data value="{TOTAL}">1</data>'),
        (f"<data value='{TOTAL}'>one <em>million</em></data>", "one <em>million</em>"),
        (f"<data value='{TOTAL}'>1<sup>2</sup></data>", "1<sup>2</sup>"),
        (f"<data value='{TOTAL}'>50.7 %</data>", "50.7 %"),
        (f"<data value='{TOTAL}'>1<data value='{OF_NIGER}'>2</data>3</data>", f'1<data value="{OF_NIGER}">2</data>3'),
        (f"<data value='{TOTAL}'>1 is not closed", "1 is not closed"),
        ("<data value='\"><script>x()</script>'>1</data>", "1"),
    ],
)
def test_only_a_number_stands_between_the_tags(written, kept):
    """Else publishing, which writes its own, would lose what stands there."""
    assert clean(f"<p>{written}</p>") == f"<p>{kept}</p>"
    assert clean(clean(f"<p>{written}</p>")) == f"<p>{kept}</p>"
