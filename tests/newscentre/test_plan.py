"""What one fetch after another changes: nothing is doubled, nothing is lost, nothing is written without need."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newscentre.stages.clean import Item, TextLine
from newscentre.stages.identify import identities
from newscentre.stages.plan import StoredArticle, digest_of, plan

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def article(number: int, **changes) -> Item:
    item = Item(
        guid=f"guid-{number}",
        link=f"https://desk.example/{number}",
        title=TextLine(f"Headline {number}", "en"),
        excerpt=TextLine(f"Words {number}", "en"),
        published_at=NOON,
        is_date_known=True,
        dated="Tue, 24 Nov 2026 12:00:00 GMT",
        words=(),
    )
    return replace(item, **changes)


def stored_after(*fetches: list[Item]) -> dict[str, Item]:
    """What a feed holds after these fetches, by key; as the store does it."""
    known: dict[str, StoredArticle] = {}
    stored: dict[str, Item] = {}
    for items in fetches:
        for row in plan(items, list(known.values())).rows:
            known[row.key] = StoredArticle(row.key, row.page, row.digest)
            stored[row.key] = row.item
    return stored


def counts(items: list[Item], *before: list[Item]) -> tuple[int, int, int, int]:
    known = [StoredArticle(row.key, row.page, row.digest) for fetch in before for row in plan(fetch, []).rows]
    planned = plan(items, known)
    return len(planned.added), len(planned.changed), planned.unchanged, planned.repeated


def test_the_first_fetch_adds_and_the_second_passes_over():
    items = [article(1), article(2)]
    assert counts(items) == (2, 0, 0, 0)
    assert counts(items, items) == (0, 0, 2, 0)
    assert counts([article(3), *items], items) == (1, 0, 2, 0)


def test_a_corrected_headline_changes_the_article_it_belongs_to():
    corrected = article(1, title=TextLine("Headline, corrected", "en"))
    assert counts([corrected], [article(1)]) == (0, 1, 0, 0)
    assert [item.title.text for item in stored_after([article(1)], [corrected]).values()] == ["Headline, corrected"]


def test_an_article_that_moves_keeps_its_identity_by_its_guid():
    assert counts([article(1, link="https://desk.example/2026/1")], [article(1)]) == (0, 1, 0, 0)


def test_a_guid_that_changes_doubles_nothing():
    assert counts([article(1, guid="new-1"), article(2)], [article(1), article(2)]) == (0, 1, 1, 0)
    assert len(stored_after([article(1)], [article(1, guid="a")], [article(1, guid="b")], [article(1, guid="a")])) == 1


def test_a_link_with_other_counters_doubles_nothing():
    with_counters = article(1, guid="", link="http://www.desk.example/1/?utm_source=rss#more")
    assert len(stored_after([article(1, guid="")], [with_counters])) == 1


def test_one_guid_for_all_entries_loses_none():
    items = [article(number, guid="feed") for number in range(5)]
    assert counts(items) == (5, 0, 0, 0)
    assert counts(items, items) == (0, 0, 5, 0)


def test_one_page_for_all_entries_loses_none():
    items = [article(number, link="https://desk.example/") for number in range(5)]
    assert counts(items) == (5, 0, 0, 0)
    assert counts(items[1:], items) == (0, 0, 4, 0)


def test_the_front_page_for_every_entry_loses_none():
    """Of a feed that shows only its newest entry, too."""
    alone = [[article(number, link="https://desk.example/")] for number in range(3)]
    assert len(stored_after([article(9, link="https://desk.example/"), *alone[0]], *alone[1:])) == 4


def test_an_entry_that_stands_twice_is_taken_once():
    assert counts([article(1), article(1), article(2)]) == (2, 0, 0, 1)


def test_two_articles_that_exchange_their_pages_stay_two():
    exchanged = [article(1, link="https://desk.example/2"), article(2, link="https://desk.example/1")]
    assert counts(exchanged, [article(1), article(2)]) == (0, 2, 0, 0)


def test_a_new_article_on_the_page_of_one_that_moved_is_added():
    fetch = [article(1, link="https://desk.example/archive/1"), article(7, link="https://desk.example/1")]
    assert counts(fetch, [article(1)]) == (1, 1, 0, 0)


def test_without_guid_and_link_title_and_day_decide():
    bare = article(1, guid="", link="")
    assert len(stored_after([bare], [replace(bare, title=TextLine("HEADLINE 1", "en"))])) == 1
    assert len(stored_after([bare], [replace(bare, published_at=NOON + timedelta(days=7))])) == 2


def test_an_article_without_a_date_is_not_new_at_each_fetch():
    undated = article(1, guid="", link="", is_date_known=False, dated="")
    later = replace(undated, published_at=NOON + timedelta(hours=5))
    assert digest_of(undated) == digest_of(later)
    assert counts([later], [undated]) == (0, 0, 1, 0)


def test_identities_are_short_and_say_what_they_are_made_of():
    with_guid, without = identities([article(1), article(2, guid="")])
    assert (with_guid.key[:5], without.key[:5]) == ("guid:", "page:")
    assert len(with_guid.key) == len(without.key) == 37


def known_as(item: Item, **values) -> list[StoredArticle]:
    [row] = plan([item], []).rows
    return [
        StoredArticle(row.key, row.page, row.digest, item.title.text, item.excerpt.text, item.published_at, **values)
    ]


def test_a_published_article_is_told_anew_in_a_second_one_and_an_unpublished_one_in_itself():
    """Under one guid, on one page, at one moment; at another moment neither."""
    other = article(1, title=TextLine("Remittances to Senegal rise", "en"), excerpt=TextLine())
    [row] = plan([other], known_as(article(1), is_published=True)).added
    assert row.follows
    assert plan([other], known_as(article(1), is_published=False)).added == []
    later = replace(other, published_at=NOON + timedelta(hours=2))
    assert plan([later], known_as(article(1), is_published=False)).added[0].follows


def test_what_is_no_more_than_a_correction_stays_the_article():
    for before, after in (
        ("Boat sinks off Zuwarah, 20 missing", "Boat sinks off Zuwarah: 25 missing"),
        ("Talks in Rabat", "Talks in Rabat on visas and work"),
        ("الهجرة: محادثات في الرباط", "محادثات الرباط حول الهجرة"),
        ("Réfugiés à Zarzis", "REFUGIES A ZARZIS : le point"),
    ):
        was, now = (article(1, title=TextLine(title), excerpt=TextLine()) for title in (before, after))
        assert plan([now], known_as(was)).added == [], after


def test_a_story_of_another_number_or_other_words_is_another_article():
    for before, after in (
        ("Bulletin 12", "Bulletin 13"),
        ("Note 1", "Note 2"),
        ("Alert: boat in distress off Tobruk", "Alert: mother and child missing near Agadez"),
        ("Communiqué : accord de réadmission", "Communiqué : visite officielle"),
    ):
        was, now = (article(1, title=TextLine(title), excerpt=TextLine()) for title in (before, after))
        assert len(plan([now], known_as(was)).added) == 1, after


def test_a_word_that_an_excerpt_keeps_shows_that_a_headline_was_rewritten():
    text = "Coast guards brought forty people ashore in Zarzis after two days at sea"
    was, now = (
        article(1, title=TextLine(title), excerpt=TextLine(text))
        for title in ("Rescue at sea", "Forty safe in Tunisia")
    )
    assert plan([now], known_as(was)).added == []
