"""The monthly press review: picked, ordered and commented by the desk; a page, a PDF and a mail, for its audience alone."""

import io
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.utils import timezone
from pypdf import PdfReader

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import LogEntry, User
from accounts.signing_in import rate_limits
from atlas import print_cache
from demo.cast import ALL_FOUR
from newscentre.models import Article, Review, ReviewItem, Status
from newscentre.subscriptions.tasks import send_digests
from tests.conftest import clear_own_cache, user_of
from tests.newscentre.feeds_of_tests import NOON, article, feed
from tests.readers import answer_to, body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
THEME = ["dialogue:mtm:irregular-mixed-migration"]
SATURDAY = datetime(2026, 11, 28, 9, tzinfo=UTC)
PAGE = "/{}/news/reviews/mtm/2026-11/"
HEADLINE = re.compile(r'<h2><a href="/\w\w/news/\d+/"[^>]*>([^<]*)</a>')


def review(*articles: Article, audience: tuple[str, ...] = ("public",), **values) -> Review:
    """Published, with these articles in this order."""
    with viewing(DESK):
        shared = {"dialogue_id": "mtm", "month": "2026-11", "published_at": SATURDAY, "audience": list(audience)}
        made = Review.objects.create(**{**shared, **values})
        for place, row in enumerate(articles, 1):
            ReviewItem.objects.create(review=made, article=row, position=place, comment_en=f"On {row.title}")
        return made


def told(title: str, audience: tuple[str, ...] = ("public",), **values) -> Article:
    with viewing(DESK):
        return article(feed(audience=list(audience)), title=title, **values)


def text_of(response) -> str:
    assert response["Content-Type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


def headlines(client, address: str) -> list[str]:
    return HEADLINE.findall(body_of(client.get(address)).decode())


# Making it ------------------------------------------------------------------------------------------------------------


def test_the_desk_picks_orders_comments_and_publishes(reader):
    first, second = told("First", published_at=NOON - timedelta(days=1)), told("Second")
    editor = reader("editor")
    picked = {"action": "pick", "_selected_action": [second.pk, first.pk]}
    page = body_of(editor.post("/secretariat/newscentre/article/", picked, follow=True)).decode()
    assert "2 articles are picked." in page
    with viewing(DESK):
        made = Review.objects.get(dialogue="mtm")
        items = list(made.items.order_by("position"))
    assert [item.article_id for item in items] == [first.pk, second.pk]
    address = f"/en/news/reviews/mtm/{made.month}/"
    assert reader("stranger").get(address).status_code == 404
    form = {
        "month": made.month, "introduction_en": "A busy month.", "introduction_fr": "Un mois chargé.", "introduction_ar": "شهر حافل.",
        "is_published": "on", "preset": "public", "items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "2",
        "items-0-id": items[0].pk, "items-0-review": made.pk, "items-0-article": first.pk, "items-0-position": "2",
        "items-0-comment_ar": "تعليق", "items-1-id": items[1].pk, "items-1-review": made.pk,
        "items-1-article": second.pk, "items-1-position": "1", "items-1-comment_en": "Note this.",
    }  # fmt: skip
    answer = editor.post(f"/secretariat/newscentre/review/{made.pk}/change/", form)
    assert answer.status_code == 302, answer.content.decode()
    stranger = reader("stranger")
    assert headlines(stranger, address) == ["Second", "First"]
    page = body_of(stranger.get(address)).decode()
    assert '<div class="comment"><div lang="ar" dir="rtl"><p>تعليق</p></div>' in page
    assert "Note this." in page
    for language, words in (("en", "A busy month."), ("fr", "Un mois chargé."), ("ar", "شهر حافل.")):
        page = body_of(stranger.get(f"/{language}/news/reviews/mtm/{made.month}/")).decode()
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"><p>{words}</p>' in page
    assert address in body_of(stranger.get("/en/news/reviews/")).decode()


def test_what_is_published_no_longer_is_the_desks_alone(reader):
    made = review(told("First"))
    form = {"month": "2026-11", "preset": "public", "items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}
    assert reader("editor").post(f"/secretariat/newscentre/review/{made.pk}/change/", form).status_code == 302
    assert reader("stranger").get(PAGE.format("en")).status_code == 404
    with viewing(ANYONE):
        assert not Review.objects.exists()


@pytest.mark.parametrize("month", ["2026-13", "2026", "November", "2026-11-01"])
def test_a_month_is_a_month(reader, month):
    form = {"dialogue": "mtm", "month": month, "items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0", "preset": "public"}
    page = body_of(reader("editor").post("/secretariat/newscentre/review/add/", form)).decode()
    assert 'class="errorlist"' in page
    with viewing(DESK):
        assert not Review.objects.exists()


def test_nobody_but_its_secretariat_writes_a_review(reader):
    made, row = review(told("First")), told("Second")
    for viewer in (ANYONE, user_of("official.mar").viewer, Viewer.secretariat_of("rabat-process")):
        for new in (
            Review(dialogue_id="mtm", month="2026-10", audience=["public"]),
            ReviewItem(review=made, article=row, position=3),
        ):
            with viewing(viewer), pytest.raises(DatabaseError), transaction.atomic():
                new.save()


# Reading it -----------------------------------------------------------------------------------------------------------


def test_it_is_composed_of_what_its_reader_may_read(reader):
    review(told("Open"), told("Restricted", audience=tuple(THEME)))
    for login, sees in (("stranger", ["Open"]), ("official.ukr", ["Open"]), ("official.mar", ["Open", "Restricted"])):
        client = reader(login)
        assert headlines(client, PAGE.format("en")) == sees
        page = body_of(client.get(PAGE.format("en"))).decode()
        assert ("On Restricted" in page) == ("Restricted" in sees)
        text = text_of(client.get(f"{PAGE.format('en')}review.pdf"))
        assert [word for word in ("On Open", "On Restricted") if word in text] == [f"On {title}" for title in sees]


@pytest.mark.parametrize(("language", "lead"), [("en", "Rescue"), ("fr", "Sauvetage")])
def test_a_story_of_which_two_versions_were_picked_is_told_once_with_both_comments(reader, language, lead):
    story = uuid.uuid4()
    first = told("Rescue", story=story)
    review(first, told("Between"), told("Sauvetage", title_language="fr", story=story))
    address = PAGE.format(language)
    assert headlines(reader("stranger"), address) == [lead, "Between"]
    page = body_of(reader("stranger").get(address)).decode()
    assert page.index("On Rescue") < page.index("On Sauvetage") < page.index("On Between")
    printed = text_of(reader("stranger").get(f"{address}review.pdf"))
    assert [printed.count(words) for words in ("On Rescue", "On Sauvetage", "On Between")] == [1, 1, 1]


def test_a_restricted_review_is_not_there_for_others_and_says_for_whom_it_was_printed(reader):
    review(told("Open"), audience=tuple(THEME))
    official = reader("official.mar")
    printed = " ".join(text_of(official.get(f"{PAGE.format('en')}review.pdf")).split())
    assert f"Restricted access. Printed for {user_of('official.mar')} on" in printed
    stranger = reader("stranger")
    for tail in ("", "review.pdf"):
        here, nowhere = "news/reviews/mtm/2026-11/", "news/reviews/mtm/2026-12/"
        there = answer_to(stranger, f"/en/{here}{tail}", here)
        assert there == answer_to(stranger, f"/en/{nowhere}{tail}", nowhere)
    assert "2026-11" not in body_of(stranger.get("/en/news/reviews/")).decode()
    assert official.get(PAGE.format("en")).status_code == 200
    with viewing(DESK):
        noted = LogEntry.objects.order_by("pk").values_list("action", "object")
        assert set(noted) == {("exported", "mtm/reviews/2026-11"), ("read", "mtm/reviews/2026-11")}


def test_a_longer_review_asks_no_more_questions(reader):
    client, asked = reader("stranger"), []
    for month, number in (("2026-09", 1), ("2026-10", 6)):
        review(*(told(f"Article {place}") for place in range(number)), month=month)
        asked.append(answer_to(client, f"/en/news/reviews/mtm/{month}/").queries)
    assert asked[0] == asked[1]


def test_an_article_that_is_hidden_later_leaves_the_review(reader):
    row = told("First")
    review(row, told("Second"))
    with viewing(DESK):
        Article.objects.filter(pk=row.pk).update(status="hidden", audience=[])
    for login in ("stranger", "editor"):
        assert headlines(reader(login), PAGE.format("en")) == ["Second"]


@pytest.mark.parametrize(
    ("language", "title"), [("ar", "العرض الصحفي"), ("en", "Press review: November 2026"), ("fr", "novembre 2026")]
)
def test_the_pdf_is_set_in_the_readers_language(reader, language, title):
    review(told("وصول مهاجرين", title_language="ar"), introduction_ar="مقدمة", introduction_en="Opening")
    pdf = reader("stranger").get(f"{PAGE.format(language)}review.pdf")
    text = text_of(pdf)
    fonts = {
        str(font["/BaseFont"])
        for font in PdfReader(io.BytesIO(pdf.content)).pages[0]["/Resources"]["/Font"].values()
        for font in [font.get_object()]
    }
    assert any("PlexSansArabic" in font for font in fonts)
    if language != "ar":
        assert title in " ".join(text.split())


def test_markup_of_a_typesetter_is_text(reader):
    nasty = '#read("/etc/passwd") $x$ *b* #panic() \\u{0} [x] <y> @z'
    review(told(nasty, link="javascript:alert(1)"), introduction_en=nasty)
    text = text_of(reader("stranger").get(f"{PAGE.format('en')}review.pdf"))
    assert '#read("/etc/passwd")' in text
    assert "root:" not in text


def prints_made(monkeypatch) -> list:
    """Those that are set, from now on, of which none is kept yet."""
    clear_own_cache()
    made = []
    monkeypatch.setattr(print_cache, "typeset", lambda *given: made.append(given) or b"%PDF-")
    return made


def test_a_review_to_print_is_made_once_for_all_who_may_read_the_same(reader, monkeypatch):
    made = prints_made(monkeypatch)
    row = review(told("Open"), told("Restricted", audience=tuple(THEME)))
    for login in ("stranger", "official.ukr", "stranger"):
        assert reader(login).get(f"{PAGE.format('en')}review.pdf").content == b"%PDF-"
    assert len(made) == 1
    reader("stranger").get(f"{PAGE.format('fr')}review.pdf")
    with viewing(DESK):
        Review.objects.filter(pk=row.pk).update(introduction_en="Said since.")
    reader("stranger").get(f"{PAGE.format('en')}review.pdf")
    assert len(made) == 3


def test_a_review_with_somebodys_name_on_it_is_kept_for_nobody(reader, monkeypatch):
    made = prints_made(monkeypatch)
    review(told("Restricted", audience=tuple(THEME)), told("Open"))
    for _time in range(2):
        reader("official.mar").get(f"{PAGE.format('en')}review.pdf")
    assert len(made) == 2
    assert cache._cache.get_client().keys(cache.make_key("printed:*")) == []


def test_who_has_too_many_reviews_made_still_has_those_that_are_kept(reader, monkeypatch):
    prints_made(monkeypatch)
    monkeypatch.setattr(rate_limits, "OURS", rate_limits.OURS | {"print_made": "1/m/ip"})
    review(told("Open"))
    stranger = reader("stranger")
    asked = [stranger.get(f"{PAGE.format(language)}review.pdf").status_code for language in ("en", "fr", "en")]
    assert asked == [200, 429, 200]
    assert stranger.head(f"{PAGE.format('fr')}review.pdf").status_code == 429


def test_what_was_not_made_is_not_noted_as_exported(reader, monkeypatch):
    prints_made(monkeypatch)
    monkeypatch.setattr(rate_limits, "OURS", rate_limits.OURS | {"print_made": "1/m/ip"})
    review(told("Restricted", audience=tuple(THEME)))
    official = reader("official.mar")
    asked = [official.get(f"{PAGE.format(language)}review.pdf").status_code for language in ("en", "fr")]
    assert asked == [200, 429]
    with viewing(DESK):
        assert LogEntry.objects.filter(action="exported").count() == 1


# By e-mail ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_that_day(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: SATURDAY + timedelta(hours=1))


def wants_news(*logins: str, language: str = "en") -> None:
    for login in logins:
        User.objects.filter(email=f"{login}@imap.example").update(news_digest="weekly", language=language)


def test_those_who_may_read_it_when_it_is_sent_get_it_once(on_that_day):
    wants_news("official.mar", "unhcr", "official.ukr")
    review(told("Told"), audience=tuple(THEME), is_mailed=True)
    send_digests()
    send_digests()
    reviews = [message for message in mail.outbox if "Press review" in message.subject]
    assert sorted(message.to[0] for message in reviews) == ["official.mar@imap.example", "unhcr@imap.example"]
    assert "On Told" in reviews[0].body
    assert "http://localhost:8000/en/news/reviews/mtm/2026-11/review.pdf" in reviews[0].body
    assert "List-Unsubscribe" in reviews[0].message()


def test_nobody_is_written_to_of_a_review_that_is_not_to_be_mailed_or_was_narrowed(on_that_day):
    wants_news("official.ukr", "unhcr")
    review(told("Told"), is_mailed=False)
    send_digests()
    made = review(told("Secret"), month="2026-10", is_mailed=True, audience=())
    send_digests()
    assert [message.subject for message in mail.outbox if "Press review" in message.subject] == []
    assert made.pk


def test_the_mail_is_in_the_readers_language_and_holds_what_they_may_read(on_that_day):
    wants_news("official.ukr", language="ar")
    review(told("Open"), told("Restricted", audience=tuple(THEME)), introduction_ar="مقدمة", is_mailed=True)
    send_digests()
    [message] = [message for message in mail.outbox if "العرض الصحفي" in message.subject]
    assert "مقدمة" in message.body
    assert "Open" in message.body
    assert "Restricted" not in message.body
    assert '<html lang="ar" dir="rtl">' in message.alternatives[0][0]


# Readers chosen before publishing ---------------------------------------------------------------------------------------


def test_readers_chosen_before_a_review_is_published_hold_when_it_is(reader):
    with viewing(DESK):
        made = Review.objects.create(dialogue_id="mtm", month="2026-10")
    editor, address = reader("editor"), f"/secretariat/newscentre/review/{made.pk}/change/"
    form = {"month": made.month, "items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}
    chosen = {"preset": "partners", "partners": ["morocco"]}
    assert editor.post(address, form | chosen).status_code == 302
    page = "/en/news/reviews/mtm/2026-10/"
    assert reader("official.mar").get(page).status_code == 404, "not published yet"
    shown = editor.get(address).context["adminform"].form
    assert (shown["preset"].initial, shown["partners"].initial) == ("partners", ["morocco"])
    as_shown = {"preset": shown["preset"].initial, "partners": shown["partners"].initial, "is_published": "on"}
    assert editor.post(address, form | as_shown).status_code == 302
    assert reader("official.mar").get(page).status_code == 200
    assert reader("unhcr").get(page).status_code == reader("stranger").get(page).status_code == 404


def test_readers_chosen_for_an_article_hold_when_it_is_published_by_the_list_and_after_it_was_hidden(reader):
    with viewing(DESK):
        waiting = article(feed(audience=["public"]), title="Narrower than its feed", status=Status.INBOX, audience=[])
    editor, address = reader("editor"), f"/secretariat/newscentre/article/{waiting.pk}/change/"
    form = {
        "status": "inbox", "title": waiting.title, "title_language": "en", "published_at_0": "2026-11-28", "published_at_1": "09:00",
        "preset": "partners", "partners": ["morocco"],
    }  # fmt: skip
    assert editor.post(address, form).status_code == 302
    page = f"/en/news/{waiting.address_number}/"
    chosen = {"_selected_action": [waiting.pk]}
    for action in ("publish", "hide", "publish"):
        editor.post("/secretariat/newscentre/article/", {"action": action, **chosen}, follow=True)
    assert reader("official.mar").get(page).status_code == 200
    assert reader("unhcr").get(page).status_code == reader("stranger").get(page).status_code == 404
