"""The inbox: in bulk, by language, stories made and parted, summaries in three languages, and first-hand news."""

import re
import uuid

import pytest
from django.db import IntegrityError, transaction

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from atlas.models import Subject
from demo.cast import ALL_FOUR
from newscentre.feeds.storage import store
from newscentre.models import Article, Feed, Publisher, Status
from tests.newscentre.feeds_of_tests import NOON, article, feed
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
INBOX = "/secretariat/newscentre/article/"
PARTNER = ["partner:morocco"]


def waiting(**values) -> Article:
    with viewing(DESK):
        row = article(values.pop("of", None) or feed(), **values)
        Article.objects.filter(pk=row.pk).update(status=Status.INBOX, audience=[])
        return row


def now(row: Article) -> Article:
    with viewing(DESK):
        return Article.objects.select_related("feed").get(pk=row.pk)


def act(client, action: str, *rows, **further) -> str:
    told = {"action": action, "_selected_action": [row.pk for row in rows], **further}
    return body_of(client.post(INBOX, told, follow=True)).decode()


def correct(client, row: Article, **changes):
    """Saves the article's page with these changes."""
    held = now(row)
    told = {
        "status": held.status, "title": held.title, "title_language": held.title_language, "excerpt": held.excerpt,
        "excerpt_language": held.excerpt_language, "link": held.link, "published_at_0": f"{held.published_at:%Y-%m-%d}",
        "published_at_1": f"{held.published_at:%H:%M:%S}", "categories": held.categories, "subjects": held.subjects,
        "preset": "", **changes,
    }  # fmt: skip
    return client.post(f"{INBOX}{row.pk}/change/", told)


# In bulk --------------------------------------------------------------------------------------------------------------


def test_there_is_an_inbox_for_each_language_with_what_waits_in_it(reader):
    for language in ("ar", "ar", "fr"):
        waiting(title_language=language)
    page = body_of(reader("editor").get(INBOX)).decode()
    assert '<a href="?status__exact=inbox&amp;title_language__exact=ar">Arabic <b>2</b></a>' in page
    assert "French <b>1</b>" in page
    assert "English <b>0</b>" in page
    inbox = body_of(reader("editor").get(f"{INBOX}?status__exact=inbox&title_language__exact=fr")).decode()
    assert inbox.count('<tr><td class="action-checkbox">') == 1


def test_two_stories_become_one_with_all_who_tell_them(reader):
    """The article that nobody chose comes along with its story; the editors' word is kept."""
    first_story, second_story = uuid.uuid4(), uuid.uuid4()
    first, along = waiting(story=first_story, published_at=NOON.replace(hour=1)), waiting(story=first_story)
    second = waiting(story=second_story)
    assert "3 articles tell one story now." in act(reader("editor"), "merge", first, second)
    assert {now(row).story for row in (first, along, second)} == {first_story}
    assert all("story" in now(row).edited for row in (first, along, second))


def test_one_story_is_none_to_merge(reader):
    story = uuid.uuid4()
    page = act(reader("editor"), "merge", waiting(story=story), waiting(story=story))
    assert "Choose articles of two stories or more." in page


def test_a_story_is_parted(reader):
    story = uuid.uuid4()
    first, second = waiting(story=story), waiting(story=story)
    assert "1 article tells a story of its own now." in act(reader("editor"), "split", second)
    assert now(first).story == story != now(second).story
    assert now(second).edited == ["story"]


def test_a_category_and_a_subject_are_added_and_taken_away_in_bulk(reader):
    libya = Subject.objects.get(kind="country", slug="libya").pk
    first, second = waiting(categories=["diaspora"]), waiting()
    chosen = {"category": "remittances", "subject": str(libya)}
    assert "2 articles are corrected." in act(reader("editor"), "put_into", first, second, **chosen)
    assert (now(first).categories, now(first).subjects) == (["diaspora", "remittances"], [libya])
    assert now(first).edited == ["categories", "subjects"]
    assert "0 articles are corrected." in act(reader("editor"), "put_into", first, second, **chosen)
    act(reader("editor"), "take_out_of", first, **chosen)
    assert (now(first).categories, now(second).categories) == (["diaspora"], ["remittances"])
    assert now(first).subjects == []


@pytest.mark.parametrize("chosen", [{}, {"category": "nothing"}, {"subject": "x"}, {"subject": "99999999"}])
def test_what_is_no_category_corrects_nothing(reader, chosen):
    row = waiting()
    page = act(reader("editor"), "put_into", row, **chosen)
    assert "Choose a category or a subject beside the action." in page or "No action selected." in page
    assert now(row).edited == []


def test_a_story_of_another_secretariat_is_not_merged(reader):
    of_another = waiting(of=_feed_of("rabat-process"))
    own = waiting()
    before = now(of_another).story
    act(reader("editor"), "merge", own, of_another)
    assert now(of_another).story == before


def _feed_of(dialogue: str):
    with viewing(DESK):
        return feed(dialogue_id=dialogue, audience=[])


# Summaries ------------------------------------------------------------------------------------------------------------


def test_each_reader_reads_the_desks_summary_in_their_language(reader):
    row = waiting(excerpt="What the publisher says.")
    written = {"summary_en": "In short.", "summary_fr": "En bref.", "summary_ar": "باختصار."}
    answer = correct(reader("editor"), row, status="published", **written)
    assert answer.status_code == 302, answer.content.decode()
    for language, text in (("en", "In short."), ("fr", "En bref."), ("ar", "باختصار.")):
        for address in (f"/{language}/news/", f"/{language}/news/{row.address_number}/"):
            page = body_of(reader("stranger").get(address)).decode()
            assert (
                f'<p class="summary" lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">{text}</p>' in page
            )
    assert set(now(row).edited) == {"summary_ar", "summary_en", "summary_fr"}


def test_a_summary_in_another_language_stands_in_its_own_direction(reader):
    row = waiting()
    correct(reader("editor"), row, status="published", summary_fr="En bref.")
    page = body_of(reader("stranger").get(f"/ar/news/{row.address_number}/")).decode()
    assert '<p class="summary" lang="fr" dir="ltr">En bref.</p>' in page


def test_markup_in_a_summary_is_text(reader):
    row = waiting()
    correct(reader("editor"), row, status="published", summary_en="<script>alert(1)</script>")
    for address in ("/en/news/", f"/en/news/{row.address_number}/"):
        assert "<script>alert" not in body_of(reader("stranger").get(address)).decode()


# First-hand -----------------------------------------------------------------------------------------------------------

FIRST_HAND = {"status": "published", "is_first_hand": "on", "names_nobody": "on"}
FOR_MOROCCO = {"preset": "partners", "partners": ["morocco"]}


def test_first_hand_news_are_read_by_those_who_are_named(reader):
    row = waiting(title="Told by those who saw it")
    answer = correct(reader("editor"), row, **FIRST_HAND, **FOR_MOROCCO)
    assert answer.status_code == 302, answer.content.decode()
    assert set(now(row).audience) == {"partner:morocco", "secretariat:mtm"}
    seen = {
        login: reader(login).get(f"/en/news/{row.address_number}/").status_code
        for login in ("official.mar", "stranger", "unhcr")
    }
    assert seen == {"official.mar": 200, "stranger": 404, "unhcr": 404}
    assert "First-hand" in body_of(reader("official.mar").get(f"/en/news/{row.address_number}/")).decode()
    with viewing(DESK):
        assert LogEntry.objects.filter(
            action="audience-changed", object__startswith=f"news/{row.address_number}"
        ).exists()


def test_an_article_that_waits_is_published_for_its_feeds_readers_unless_others_are_chosen(reader):
    page = body_of(reader("editor").get(f"{INBOX}{waiting().pk}/change/")).decode()
    [chosen] = [tag for tag in re.findall(r"<input[^>]*>", page) if 'name="preset"' in tag and "checked" in tag]
    assert 'value=""' in chosen


@pytest.mark.parametrize("preset", ["", "public"])
def test_first_hand_news_are_never_for_everyone(reader, preset):
    row = waiting()
    page = body_of(correct(reader("editor"), row, **{**FIRST_HAND, "preset": preset})).decode()
    assert "First-hand news are not for everyone: say who may read them." in page
    assert now(row).status == Status.INBOX
    with viewing(DESK), pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=row.pk).update(is_first_hand=True, status="published", audience=None)
    with viewing(DESK), pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=row.pk).update(is_first_hand=True, audience=["public"])


def test_an_editor_says_that_first_hand_news_name_no_person(reader):
    row = waiting()
    page = body_of(correct(reader("editor"), row, **{**FIRST_HAND, **FOR_MOROCCO, "names_nobody": ""})).decode()
    assert "First-hand news name no person: say that you have read it." in page
    assert not now(row).is_first_hand


def test_publishing_in_bulk_opens_no_first_hand_news(reader):
    row, other = waiting(), waiting()
    correct(reader("editor"), row, is_first_hand="on", names_nobody="on")
    page = act(reader("editor"), "publish", row, other)
    assert "1 article is published." in page
    assert "1 article is first-hand: say on its page who may read it." in page
    assert (now(row).status, now(other).status) == (Status.INBOX, Status.PUBLISHED)


def test_what_goes_back_to_the_inbox_is_the_desks_alone_again(reader):
    row = waiting()
    correct(reader("editor"), row, status="published", preset="partners", partners=["morocco"])
    assert reader("official.mar").get(f"/en/news/{row.address_number}/").status_code == 200
    correct(reader("editor"), row, status="inbox", preset="partners", partners=["morocco"])
    assert now(row).audience == ["secretariat:mtm"]
    assert reader("official.mar").get(f"/en/news/{row.address_number}/").status_code == 404


# What an editor changed -----------------------------------------------------------------------------------------------


def test_no_fetch_undoes_what_an_editor_did(reader):
    from newscentre.stages.clean import cleaned
    from newscentre.stages.reading import document_in
    from tests.newscentre.feeds_of_tests import entry, rss

    def fetch(of, **changes):
        items = cleaned(document_in(rss(entry(1, **changes)), ""), ["https://sahel.example/"], "en", NOON)
        with viewing(DESK):
            store(of, items, NOON)
            return Article.objects.get(feed=of)

    with viewing(DESK):
        of = feed(rule="wait")
    row, other = fetch(of), waiting()
    act(reader("editor"), "merge", row, other)
    story = now(row).story
    act(reader("editor"), "put_into", row, category="diaspora")
    correct(reader("editor"), row, status="hidden", summary_en="In short.")
    again = fetch(of, title="Remittances to Morocco rise", words="Changed by its publisher")
    assert again.pk == row.pk
    assert (again.title, again.story, again.status) == ("Remittances to Morocco rise", story, Status.HIDDEN)
    assert (again.categories, again.summary_en) == (["diaspora"], "In short.")


def test_a_feeds_new_audience_is_noted(reader):
    with viewing(DESK):
        of = feed("https://sahel.example/feed")
    told = {
        "publisher": "sahel", "name": of.name, "rule": of.rule, "preset": "secretariat", "fetching-TOTAL_FORMS": "1",
        "fetching-INITIAL_FORMS": "1", "fetching-0-id": of.fetching.pk, "fetching-0-feed": of.pk,
        "fetching-0-address": "https://sahel.example/feed",
    }  # fmt: skip
    answer = reader("editor").post(f"/secretariat/newscentre/feed/{of.pk}/change/", told)
    assert answer.status_code == 302, answer.content.decode()
    with viewing(DESK):
        assert LogEntry.objects.get(action="audience-changed").object.startswith(f"feed {of.pk}")


# News that an editor writes ---------------------------------------------------------------------------------------------

WRITTEN = {
    "dialogue": "mtm", "status": "published", "title": "What was seen at the border", "title_language": "fr", "published_at_0": "2026-11-24",
    "published_at_1": "12:00", "summary_en": "Seen there.", "summary_fr": "Vu sur place.", "summary_ar": "شوهد هناك.", "names_nobody": "on",
}  # fmt: skip


def written(reader, **fields):
    return reader("editor").post(f"{INBOX}add/", WRITTEN | FOR_MOROCCO | fields)


def test_an_editor_writes_first_hand_news_in_three_languages_for_those_who_are_named(reader):
    page = body_of(reader("editor").get(f"{INBOX}add/")).decode()
    assert "Chatham House Rule" in page
    answer = written(reader)
    assert answer.status_code == 302, body_of(answer).decode()
    with viewing(DESK):
        row = Article.objects.get(title="What was seen at the border")
    assert row.is_first_hand
    assert set(row.audience) == {"partner:morocco", "secretariat:mtm"}
    for language, summary in (("en", "Seen there."), ("fr", "Vu sur place."), ("ar", "شوهد هناك.")):
        answer = reader("official.mar").get(f"/{language}/news/{row.address_number}/")
        assert summary in body_of(answer).decode()
    assert [reader(login).get(f"/en/news/{row.address_number}/").status_code for login in ("stranger", "unhcr")] == [
        404,
        404,
    ]


@pytest.mark.parametrize("preset", ["", "public"])
def test_what_an_editor_writes_first_hand_is_never_for_everyone(reader, preset):
    assert written(reader, preset=preset).status_code == 200
    with viewing(DESK):
        assert not Article.objects.filter(title="What was seen at the border").exists()


def test_an_editor_who_writes_first_hand_news_says_that_nobody_is_named(reader):
    answer = written(reader, names_nobody="")
    assert answer.status_code == 200
    assert "What was seen at the border" in body_of(answer).decode()


def first_hand_feed() -> Feed:
    with viewing(DESK):
        return Feed.objects.get(dialogue="mtm", is_first_hand=True)


def test_a_feed_without_an_address_of_the_same_publisher_and_name_does_not_end_first_hand_news(reader):
    with viewing(DESK):
        publisher = Publisher.objects.create(slug="secretariat-mtm", name="MTM", made_by_id="mtm")
        for name in ("First-hand news", "Another"):
            feed(address="", publisher=publisher, name=name)
    for title in ("First", "Second"):
        assert written(reader, title=title).status_code == 302
    with viewing(DESK):
        assert set(Article.objects.filter(is_first_hand=True).values_list("feed", flat=True)) == {first_hand_feed().pk}


def test_two_editors_of_two_languages_write_into_one_feed(reader):
    for language, title in (("fr", "First"), ("ar", "Second")):
        desk = reader("editor")
        desk.cookies["django_language"] = language
        assert desk.post(f"{INBOX}add/", WRITTEN | FOR_MOROCCO | {"title": title}).status_code == 302
    with viewing(DESK), pytest.raises(IntegrityError), transaction.atomic():
        Feed.objects.create(
            publisher_id="secretariat-mtm", name="x", dialogue_id="mtm", audience=[], is_first_hand=True
        )


def test_no_form_of_the_feed_takes_first_hand_news_from_its_readers(reader):
    written(reader, title="For Morocco")
    written(reader, title="For Ukraine", partners=["ukraine"])
    page = f"/secretariat/newscentre/feed/{first_hand_feed().pk}/change/"
    shown = body_of(reader("editor").get(page)).decode()
    assert "secretariat-mtm" in shown or "MTM" in shown
    assert 'name="preset"' not in shown
    assert 'name="fetching-0-address"' not in shown
    told = {"publisher": "secretariat-mtm", "name": "x", "rule": "wait", "preset": "partners", "partners": ["morocco"]}
    assert reader("editor").post(page, told).status_code == 403
    with viewing(DESK):
        row = Article.objects.get(title="For Ukraine")
    assert reader("official.ukr").get(f"/en/news/{row.address_number}/").status_code == 200


def test_no_editor_writes_first_hand_news_for_another_dialogue(reader):
    assert written(reader, dialogue="budapest-process").status_code == 200
