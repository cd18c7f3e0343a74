"""What tests of reading share: the raw bytes of an answer, and comparing what is hidden with what is not there."""

import gzip
import io
import re
import zipfile
from dataclasses import dataclass

import pypdfium2
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")\w+')
SETS_A_TOKEN = re.compile(rb"((?:csrftoken|sessionid)=)[^;\r\n]*(; expires=[^;\r\n]*)?")
STAMP = re.compile(rb'"timeStamp":"[^"]*"')  # of the API: when it answered, to the second
EXPIRES = re.compile(rb"\r\nExpires: [^\r\n]*")
NONCE = re.compile(rb"nonce(?:-|=\")[A-Za-z0-9+/=_-]+")


HYPHEN_AT_A_LINES_END = "\ufffe"  # as PDFium writes it
DRAWN = re.compile(rb' (?:d|transform|points|viewBox|width|height|x|y|x1|x2|y1|y2|cx|cy|r)="[^"]*"')


def body_of(response) -> bytes:
    """The bytes of the body, unpacked when the answer is compressed; of a PDF its words, not broken into lines, of a
    zip its files.

    A drawing is read without its coordinates: any number may be among them.
    """
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Type") == "application/pdf" and b"/Creator" in body:  # made by the portal, not planted
        return _words_of(body)
    if response.get("Content-Type") == "application/zip":
        with zipfile.ZipFile(io.BytesIO(body)) as files:
            return b"\n".join(name.encode() + b"\n" + files.read(name) for name in files.namelist())
    body = gzip.decompress(body) if response.get("Content-Encoding") == "gzip" and body else body
    is_drawn = response.get("Content-Type", "").startswith("image/svg+xml")
    return DRAWN.sub(b"", body) if is_drawn else body


def _words_of(pdf: bytes) -> bytes:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return "".join("".join(pages).replace(HYPHEN_AT_A_LINES_END, "-").split()).encode()


def raw(response) -> bytes:
    """Status, headers, cookies and unpacked body: everything that leaves the portal."""
    head = [str(response.status_code), *(f"{name}: {value}" for name, value in sorted(response.headers.items()))]
    head += [morsel.OutputString() for morsel in response.cookies.values()]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + _unfolded(response)


def _unfolded(response) -> bytes:
    """A calendar breaks its lines in the middle of words."""
    body = body_of(response)
    return body.replace(b"\r\n ", b"") if response.get("Content-Type", "").startswith("text/calendar") else body


def without_form_tokens(text: bytes) -> bytes:
    """Without the values that differ from one answer to the next for the same reader."""
    text = STAMP.sub(b"", NONCE.sub(b"nonce", text))
    return EXPIRES.sub(b"", SETS_A_TOKEN.sub(rb"\1", TOKEN.sub(rb"\1", text)))


def anonymised(response, *words: str) -> bytes:
    """The whole answer, form tokens and these words of its own address left out."""
    text = without_form_tokens(raw(response))
    for word in words:
        text = text.replace(word.encode(), b"~")
    return text


@dataclass(frozen=True)
class Answer:
    """What a reader can tell of an answer: its bytes, and (as a stand-in for its time) the number of queries."""

    text: bytes
    queries: int


def answer_to(client: Client, path: str, *words: str, **how) -> Answer:
    method = how.pop("method", "get")
    connection.queries_log.clear()  # it holds 9,000 queries at most, beyond which none would be counted
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(path, **how)
    return Answer(anonymised(response, *words), len(queries))


def difference(before: Answer, now: Answer) -> str:
    """Where two answers differ first, with what stands around it; empty where they are the same."""
    if before.text != now.text:
        at = next(
            (number for number, pair in enumerate(zip(before.text, now.text, strict=False)) if pair[0] != pair[1]),
            min(len(before.text), len(now.text)),
        )
        return f"{before.text[max(at - 80, 0) : at + 80]!r} became {now.text[max(at - 80, 0) : at + 80]!r}"
    return "" if before.queries == now.queries else f"{before.queries} queries became {now.queries}"
