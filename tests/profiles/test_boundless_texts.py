"""A text that is too long or too deep is refused in a sentence, and one that got in all the same harms no page."""

import pytest
from django.urls import reverse

from access.viewer import Viewer
from access.viewing import viewing
from profiles.models import Draft, Profile
from profiles.texts import MOST_KILOBYTES

pytestmark = pytest.mark.django_db
LISTS = "<ul><li>word" * 300 + "</li></ul>" * 300


@pytest.fixture
def morocco():
    with viewing(Viewer.secretariat_of("mtm")):
        return Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")


def address(name, *args):
    return reverse(f"admin:profiles_profile_{name}", args=args)


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        (LISTS, "nested more than 30 levels deep"),
        ("<blockquote>" * 5000, "nested more than 30 levels deep"),
        ("<p>word</p>" * (MOST_KILOBYTES * 1000 // 11 + 1), f"larger than {MOST_KILOBYTES} kilobytes"),
    ],
    ids=["lists", "quotations", "length"],
)
def test_a_text_without_bounds_is_refused_in_a_sentence_and_shown_again(reader, morocco, html, sentence):
    editor, page = reader("editor"), address("draft", morocco.pk, "overview", "en")
    answer = editor.post(page, {"html": html, "preset": "", "sources": [], "tags": []})
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    if "word" in html:
        assert "word" in answer.content.decode()
    with viewing(Viewer.secretariat_of("mtm")):
        assert not Draft.objects.filter(html__contains="<blockquote><blockquote>").exists()


def test_a_deep_text_that_is_there_already_breaks_no_page_of_the_desk(reader, morocco):
    editor = reader("editor")
    with viewing(Viewer.secretariat_of("mtm")):
        draft = Draft.objects.filter(section__profile=morocco, section__heading__slug="overview", language="en").first()
        Draft.objects.filter(pk=draft.pk).update(html=LISTS)
    for name, *more in (("draft", "overview", "en"), ("preview", "en"), ("change",)):
        assert editor.get(address(name, morocco.pk, *more)).status_code == 200
