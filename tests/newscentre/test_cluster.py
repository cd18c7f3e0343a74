"""The same story across publishers and languages, measured on stories that were written and labelled by hand."""

import csv
from datetime import UTC, datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from uuid import uuid4

import pytest

from newscentre.stages import cluster
from newscentre.stages.cluster import Story, StoryIndex, clusters, names_of_concepts
from newscentre.stages.tag import NameFinder
from tests.newscentre.gazetteer import DATA, tagger

STORIES = Path(__file__).parent / "stories.csv"


@cache
def concepts() -> NameFinder:
    return NameFinder(names_of_concepts(DATA / "world" / "news_concepts.csv"))


def story_of(row: dict[str, str]) -> Story:
    lines = row["title"], row["excerpt"]
    subjects = tagger().subjects.keys_in(" . ".join(lines))
    return Story.of(lines, row["language"], datetime(2026, 11, int(row["day"]), 12, tzinfo=UTC), subjects, concepts())


def labelled(half: str) -> list[dict[str, str]]:
    with STORIES.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["half"] == half]


def measured(half: str) -> tuple[float, float, list[tuple[str, str]]]:
    """Precision and recall over pairs of articles, and the pairs that were joined wrongly."""
    rows = labelled(half)
    heads = clusters([story_of(row) for row in rows])
    pairs = list(combinations(range(len(rows)), 2))
    joined = {(one, other) for one, other in pairs if heads[one] == heads[other]}
    true = {(one, other) for one, other in pairs if rows[one]["story"] == rows[other]["story"]}
    wrong = [(rows[one]["title"], rows[other]["title"]) for one, other in joined - true]
    return len(joined & true) / len(joined), len(joined & true) / len(true), wrong


@pytest.mark.parametrize("half", ["tuned", "held"])
def test_what_is_joined_is_one_story_and_most_of_a_story_is_joined(half):
    """Of `held` nothing was looked at while the weights were chosen."""
    precision, recall, wrong = measured(half)
    assert precision >= 0.95, wrong
    assert recall >= 0.6


def test_a_story_is_joined_across_all_three_languages():
    rows = [row for row in labelled("tuned") if row["story"] == "morocco-spain"]
    assert {row["language"] for row in rows} == {"en", "fr", "ar"}
    assert set(clusters([story_of(row) for row in rows])) == {0}


def test_the_same_headline_in_another_week_is_another_story():
    rows = [row for row in labelled("tuned") if row["title"] == "Nigeria receives 162 returnees from Libya"]
    assert clusters([story_of(row) for row in rows]) == [0, 1]


def test_the_order_of_arrival_puts_no_two_stories_together():
    for rows in (labelled("held")[::-1], sorted(labelled("held"), key=lambda row: row["title"])):
        heads = clusters([story_of(row) for row in rows])
        for at, head in enumerate(heads):
            assert rows[at]["story"] == rows[head]["story"]


@pytest.mark.parametrize("rows", [labelled("tuned"), labelled("held")], ids=["tuned", "held"])
def test_stories_are_told_apart_among_their_neighbours_as_among_all(rows):
    told, names = StoryIndex(), []
    for row in rows:
        story = story_of(row)
        names.append(told.same_as(story) or uuid4())
        told.add(story, names[-1])
    for one, other in combinations(range(len(rows)), 2):
        if names[one] == names[other]:
            assert rows[one]["story"] == rows[other]["story"]
    assert len(set(names)) < len(rows)


def test_four_times_the_articles_of_one_subject_and_day_cost_four_times_the_work(monkeypatch):
    """However many there are, each is held against its neighbours alone."""

    def comparisons(number: int) -> int:
        counted = []
        monkeypatch.setattr(cluster, "are_one", lambda one, other: counted.append(1))
        story = story_of(labelled("held")[0])
        told = StoryIndex()
        for _ in range(number):
            told.same_as(story)
            told.add(story, uuid4())
        return len(counted)

    assert comparisons(4000) <= 4.3 * comparisons(1000)
