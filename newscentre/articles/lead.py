"""Which version of a story leads, wherever one is shown."""

from collections.abc import Iterable

from django.utils.translation import get_language

from newscentre.models import Article


def in_reading_order(versions: Iterable[Article], language: str = "") -> list[Article]:
    """The articles of one story as a reader of a language meets them: those in it, then in the languages of the dialogue in
    their order, then the others; as they came within each.

    `language`: of the page, the feed or the mail; the active one unless it is given. The articles come with the languages
    of their dialogues (`ArticleQuerySet.to_be_led`).
    """
    first = language or get_language() or ""

    def place(article: Article) -> int:
        languages = [first, *getattr(article, "spoken", ())]
        code = article.title_language
        return languages.index(code) if code in languages else len(languages)

    return sorted(versions, key=place)
