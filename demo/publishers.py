"""The demonstration's publishers: what each of their addresses answers at a given moment. Without Django.

Run as `python -m demo.publishers --port 9000 --began var/demo-news-began`; until it is ended.
"""

import argparse
import json
import threading
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache, partial
from hashlib import sha256
from html import escape
from pathlib import Path

from demo.simulator import Answer, Publisher, packed, page, publishing

FILE = Path(__file__).resolve().parent.parent / "data" / "world" / "demo_news.toml"
MADE_UP = {
    "en": "This article was made up for the demonstration. Nothing in it is a fact.",
    "fr": "Cet article a été inventé pour la démonstration. Rien de ce qu’il dit n’est un fait.",
    "ar": "كُتب هذا المقال للعرض التجريبي، وليس فيه ما هو حقيقة.",
}
AFTER_HALF_AN_HOUR = {"Retry-After": "1800"}


@dataclass(frozen=True)
class MadeFeed:
    """A feed of the demonstration. `kind`: rss, atom, json, or none for one that is out of order."""

    path: str
    publisher: str
    publisher_name: str
    name: str
    language: str
    kind: str
    rule: str
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Made:
    """An article in one language. `number`: of its story."""

    number: int
    title: str
    text: str
    published_at: datetime


@cache
def _told() -> dict:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def feeds() -> list[MadeFeed]:
    return [MadeFeed(**row) for row in _told()["feed"]]


def articles(language: str, began: datetime, now: datetime) -> list[Made]:
    """Those that have come out by now, the newest first."""
    made = [
        Made(number, row[f"title_{language}"], row[f"text_{language}"], began - timedelta(hours=row["hours"]))
        for number, row in enumerate(_told()["story"], 1)
    ]
    return sorted((one for one in made if one.published_at <= now), key=lambda one: one.published_at, reverse=True)


def put_on(publisher: Publisher, began: datetime, clock: Callable[[], datetime]) -> None:
    """Gives a simulated publisher the demonstration's feeds and the pages of their articles."""
    for feed in feeds():
        publisher.pages[feed.path] = partial(_answer, feed, publisher, began, clock)
        publisher.pages["/"] = page(b"<title>Demonstration</title>", "text/html")
    for language, notice in MADE_UP.items():
        for one in articles(language, began, datetime.max.replace(tzinfo=UTC)):
            publisher.pages[_path(one, language)] = page(_article(one, language, notice), "text/html; charset=utf-8")


def _answer(
    feed: MadeFeed, publisher: Publisher, began: datetime, clock: Callable[[], datetime], asked: Mapping[str, str]
) -> Answer:
    if feed.kind == "none":
        return Answer(503, headers=AFTER_HALF_AN_HOUR)
    made = articles(feed.language, began, clock())
    write, content_type = KINDS[feed.kind]
    body = write(feed, publisher, made).encode(feed.encoding, errors="xmlcharrefreplace")
    etag = f'"{sha256(body).hexdigest()[:16]}"'
    if asked.get("If-None-Match") == etag:
        return Answer(304, headers={"ETag": etag})
    return packed(body, content_type=content_type, ETag=etag)


def _path(one: Made, language: str) -> str:
    return f"/articles/{one.number}/{language}"


def _article(one: Made, language: str, notice: str) -> bytes:
    direction = "rtl" if language == "ar" else "ltr"
    head = f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><title>{escape(one.title)}</title>'
    return (
        f"{head}<h1>{escape(one.title)}</h1><p>{escape(one.text)}</p><p><em>{escape(notice)}</em></p></html>".encode()
    )


def _rss(feed: MadeFeed, publisher: Publisher, made: list[Made]) -> str:
    """Without saying which letters it is written in, as many are."""
    items = "".join(
        f'<item><guid isPermaLink="false">made-{one.number}-{feed.language}</guid><title>{escape(one.title)}</title>'
        f"<link>{publisher.at(_path(one, feed.language))}</link><description>{escape(f'<p>{one.text}</p>')}</description>"
        f"<pubDate>{format_datetime(one.published_at)}</pubDate></item>"
        for one in made
    )
    return (
        f'<rss version="2.0"><channel><title>{escape(feed.name)}</title><language>{feed.language}</language>'
        f"<ttl>60</ttl>{items}</channel></rss>"
    )


def _atom(feed: MadeFeed, publisher: Publisher, made: list[Made]) -> str:
    entries = "".join(
        f"<entry><id>tag:made,{one.number}</id><title>{escape(one.title)}</title><summary>{escape(one.text)}</summary>"
        f'<link href="{publisher.at(_path(one, feed.language))}"/><published>{one.published_at.isoformat()}</published>'
        f"<updated>{one.published_at.isoformat()}</updated></entry>"
        for one in made
    )
    return (
        f'<?xml version="1.0" encoding="{feed.encoding}"?><feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{feed.language}"><title>{escape(feed.name)}</title>{entries}</feed>'
    )


def _json(feed: MadeFeed, publisher: Publisher, made: list[Made]) -> str:
    items = [
        {
            "id": f"made-{one.number}",
            "url": publisher.at(_path(one, feed.language)),
            "title": one.title,
            "summary": one.text,
            "date_published": one.published_at.isoformat(),
        }
        for one in made
        if one.number % 2
    ]
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.name,
        "language": feed.language,
        "items": items,
    }
    return json.dumps(told, ensure_ascii=False)


KINDS = {
    "rss": (_rss, "application/rss+xml"),
    "atom": (_atom, "application/atom+xml"),
    "json": (_json, "application/feed+json"),
}


def began_at(file: Path) -> datetime:
    """The moment by which the articles are dated: that of the first start, kept in a file."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(datetime.now(UTC).replace(microsecond=0).isoformat())
    return datetime.fromisoformat(file.read_text().strip())


def now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.publishers", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--began", type=Path, required=True)
    chosen = parser.parse_args()
    with publishing(port=chosen.port) as publisher:
        put_on(publisher, began_at(chosen.began), now)
        threading.Event().wait()


if __name__ == "__main__":
    main()
