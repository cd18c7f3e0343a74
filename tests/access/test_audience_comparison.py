"""Whether a change of audience lets more people read: pure, token by token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.audience_comparison import is_covered
from access.viewer import Viewer

TOKENS = [
    "public",
    "nominated",
    "dialogue:mtm:a",
    "dialogue:mtm:b",
    "partner:morocco",
    "partner:unhcr",
    "group:experts",
    "person:mtm:1",
]
AUDIENCES = st.lists(st.sampled_from([*TOKENS, "secretariat:mtm"]), unique=True)


@pytest.mark.parametrize(
    ("audience", "by"),
    [
        (["nominated"], ["public"]),
        (["group:experts", "person:mtm:1"], ["public"]),
        (["dialogue:mtm:a", "partner:morocco"], ["nominated"]),
        (["partner:morocco"], ["partner:unhcr", "partner:morocco"]),
        (["dialogue:mtm:a"], ["dialogue:mtm:a"]),
        (["secretariat:mtm"], []),
        (["secretariat:rabat-process"], ["secretariat:mtm"]),
        ([], ["secretariat:mtm"]),
    ],
)
def test_what_lets_no_one_else_read_is_covered(audience, by):
    assert is_covered(audience, by)


@pytest.mark.parametrize(
    ("audience", "by"),
    [
        (["public"], ["nominated"]),
        (["nominated"], TOKENS[2:]),
        (["partner:morocco"], ["dialogue:mtm:a"]),
        (["dialogue:mtm:a"], ["dialogue:mtm:b", "partner:morocco"]),
        (["group:experts"], ["nominated"]),
        (["person:mtm:1"], ["nominated"]),
        (["group:experts"], ["group:meeting"]),
        (["partner:morocco", "partner:unhcr"], ["partner:morocco"]),
        (["partner:morocco"], []),
    ],
)
def test_what_lets_anyone_else_read_is_not_covered(audience, by):
    assert not is_covered(audience, by)


@given(AUDIENCES, AUDIENCES)
def test_whoever_reads_a_covered_audience_read_the_other_before(audience, by):
    """For every kind of reader; a nominated user holds `nominated` beside their theme and partner."""
    readers = [["public"], ["nominated", "partner:morocco", "dialogue:mtm:a"], ["nominated", "partner:unhcr"],
               ["group:experts"], ["nominated", "dialogue:mtm:b", "group:experts"], ["person:mtm:1"]]  # fmt: skip
    if is_covered(audience, by):
        for held in readers:
            viewer = Viewer.of(held)
            assert not viewer.may_read(audience) or viewer.may_read(by)


@given(AUDIENCES, AUDIENCES)
def test_an_audience_covers_itself_and_more_of_it_covers_no_less(audience, more):
    assert is_covered(audience, audience)
    assert is_covered(audience, [*audience, *more])
