"""The data of a printed press review, for `templates/print/review.typ`, which sets each line in its direction."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atlas import print_cache, wording
from newscentre.reviews.querysets import ReadableReview, ReviewEntry
from newscentre.translated_texts import Written


def printed(reading: ReadableReview, reader: str, may_make: Callable[[], bool] = lambda: True) -> bytes:
    """PDF. `reader`: for whom what is restricted was printed; it stands on every page.

    `may_make`: as `atlas.print_cache` asks it. Raises TooManyMade.
    """
    review = reading.review
    assert review.published_at is not None
    sheet = {
        "language": get_language(),
        "title": review.title,
        "dialogue": reading.dialogue.name,
        "dates": _("Published on %(day)s.") % {"day": wording.day(review.published_at)},
        "access": _restricted(reader) if reading.is_restricted else "",
        "introduction": _told(reading.introduction),
        "comma": _(", "),
        "entries": [_entry(entry) for entry in reading.entries],
    }
    return print_cache.printed("review.typ", sheet, may_make=may_make)


def _entry(entry: ReviewEntry) -> dict[str, object]:
    article = entry.article
    return {
        "title": {"text": article.title, "language": article.title_language},
        "publisher": article.feed.publisher.name,
        "day": article.day,
        "summary": _told(article.told or Written(article.excerpt, article.excerpt_language)),
        "comments": [_told(comment) for comment in entry.comments],
        "link": article.link,
        "is_restricted": "" if article.is_open else _("Restricted access"),
    }


def _told(text: Written | None) -> dict[str, str]:
    return {"text": text.text, "language": text.language} if text else {"text": "", "language": ""}


def _restricted(reader: str) -> str:
    return _("Restricted access. Printed for %(reader)s on %(day)s.") % {
        "reader": reader, "day": wording.day(timezone.localdate()),
    }  # fmt: skip
