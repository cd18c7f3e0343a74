"""Fetches a feed politely: from public addresses only, within limits of time and size."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from newscentre.stages.bodies import TooLarge, Unreadable, body_of
from newscentre.stages.internet import AllowedHosts, Deadline, GuardedNetwork, RefusedAddress, UnknownHost

MIB = 1024 * 1024
LONGEST_ADDRESS = 2000  # characters
LONGEST_WAIT = timedelta(days=7)  # that a publisher may ask for by Retry-After
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
PERMANENT, PASSING = {301, 308}, {302, 303, 307}
PRINTABLE = re.compile(r"[\x20-\x7e]{1,500}")


class Reason(StrEnum):
    """Why a feed gave nothing; the desk reads it as a sentence."""

    REFUSED_ADDRESS = "refused-address"
    REFUSED_REDIRECT = "refused-redirect"
    UNKNOWN_HOST = "unknown-host"
    NO_CONNECTION = "no-connection"
    NO_TRUST = "no-trust"
    TOO_SLOW = "too-slow"
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    GONE = "gone"
    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    BUSY = "busy"
    OUT_OF_ORDER = "out-of-order"
    STRANGE_ANSWER = "strange-answer"
    NOT_A_FEED = "not-a-feed"
    TOO_HARD = "too-hard"
    TOOK_TOO_LONG = "took-too-long"
    BROKE_OFF = "broke-off"
    WENT_WRONG = "went-wrong"


OF_STATUS = {
    401: Reason.NOT_ALLOWED,
    403: Reason.NOT_ALLOWED,
    404: Reason.NOT_FOUND,
    410: Reason.GONE,
    429: Reason.BUSY,
    451: Reason.NOT_ALLOWED,
    503: Reason.BUSY,
}


class NotFetched(Exception):
    """Why there is nothing to read. `retry_after`: how long the publisher asks to be left alone."""

    def __init__(self, reason: Reason, *, status: int | None = None, retry_after: timedelta | None = None):
        super().__init__(reason)
        self.reason, self.status, self.retry_after = reason, status, retry_after


@dataclass(frozen=True)
class Marks:
    """What the last answer said of itself, to ask only for what is new; each as it came, or empty."""

    etag: str = ""
    last_modified: str = ""

    def as_headers(self) -> dict[str, str]:
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if PRINTABLE.fullmatch(value)}


@dataclass(frozen=True)
class Limits:
    """`seconds`: for everything together, redirects included; `step_seconds`: for one step without an answer."""

    seconds: float = 60
    step_seconds: float = 15
    most_bytes: int = 10 * MIB
    most_redirects: int = 5


@dataclass(frozen=True)
class Fetched:
    """An answer. `address`: where it came from in the end; `led_by`: addresses that led there; `moved_to`: where the feed
    says it lives from now on; `language`: the header Content-Language.
    """

    address: str
    is_new: bool
    body: bytes = b""
    content_type: str = ""
    marks: Marks = Marks()
    moved_to: str = ""
    led_by: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Fetcher:
    """Asks for addresses in the portal's name.

    `agent`: how the portal introduces itself; `trust`: the certificates it believes, those of certifi unless given.
    """

    agent: str
    way_out: AllowedHosts = field(default_factory=AllowedHosts)
    limits: Limits = Limits()
    trust: ssl.SSLContext | None = None

    def fetch(self, address: str, marks: Marks = Marks()) -> Fetched:  # frozen
        """What is new at an address. Raises NotFetched for everything else, and nothing else."""
        with _in_our_words(), self._client() as client:
            url, moved_to, is_settled = parsed(address), "", False
            led_by: tuple[str, ...] = (address,)
            for _ in range(self.limits.most_redirects + 1):
                with client.stream("GET", url, headers=marks.as_headers()) as answer:
                    if answer.status_code not in PERMANENT | PASSING:
                        return replace(self._read(answer, marks), moved_to=moved_to, led_by=led_by)
                    led_by = (*led_by, str(url))
                    url = next_hop(url, answer.headers.get("location", ""))
                    is_settled = is_settled or answer.status_code in PASSING
                    moved_to = moved_to if is_settled else str(url)
        raise NotFetched(Reason.REFUSED_REDIRECT)

    def probe(self, address: str) -> None:
        """Returns when a page answers at the address: asked for its head, and where a host takes no such question, for
        the page, whose body is not read. Raises NotFetched as `fetch` does.
        """
        try:
            self._probe("HEAD", address)
        except NotFetched as why:
            if why.status is None:
                raise
            self._probe("GET", address)

    def _probe(self, method: str, address: str) -> None:
        with _in_our_words(), self._client() as client:
            url = parsed(address)
            for _ in range(self.limits.most_redirects + 1):
                with client.stream(method, url, headers={"Accept": "*/*"}) as answer:
                    if answer.status_code not in PERMANENT | PASSING:
                        return _refuse_failure(answer)
                    url = next_hop(url, answer.headers.get("location", ""))
        raise NotFetched(Reason.REFUSED_REDIRECT)

    def _read(self, answer: httpx.Response, asked: Marks) -> Fetched:
        status, headers = answer.status_code, answer.headers
        marks = Marks(headers.get("etag", ""), headers.get("last-modified", ""))
        if status == 304 and asked.as_headers():  # who was not asked whether it is new has not answered
            return Fetched(str(answer.url), is_new=False, marks=marks)
        if status != 200:
            raise _failure(answer)
        return Fetched(
            address=str(answer.url),
            is_new=True,
            body=body_of(answer.iter_raw(), headers.get("content-encoding", ""), self.limits.most_bytes),
            content_type=headers.get("content-type", ""),
            marks=marks,
            language=headers.get("content-language", "").split(",")[0].strip()[:20],
        )

    def _client(self) -> httpx.Client:
        """Without proxies, passwords or certificates that the environment names, and without cookies."""
        network = GuardedNetwork(self.way_out, Deadline(self.limits.seconds))
        trust = self.trust or httpx.create_ssl_context(trust_env=False)
        return httpx.Client(
            transport=_Transport(httpcore.ConnectionPool(ssl_context=trust, network_backend=network)),
            headers={"User-Agent": self.agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate"},
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=())),
            timeout=self.limits.step_seconds,
            follow_redirects=False,
            trust_env=False,
        )


class _Transport(httpx.BaseTransport):
    """Hands httpx's requests to a pool whose way to the network is ours, which httpx's own transport does not take."""

    def __init__(self, pool: httpcore.ConnectionPool):
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream):
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


def _failure(answer: httpx.Response) -> NotFetched:
    status = answer.status_code
    wait = retry_after(answer.headers.get("retry-after", ""), datetime.now(UTC))
    usual = Reason.OUT_OF_ORDER if status >= 500 else Reason.STRANGE_ANSWER
    return NotFetched(OF_STATUS.get(status, usual), status=status, retry_after=wait)


def _refuse_failure(answer: httpx.Response) -> None:
    if not 200 <= answer.status_code < 300:
        raise _failure(answer)


def parsed(address: str) -> httpx.URL:
    """The address as the connection will read it. Raises NotFetched unless it is one of the web, without a password."""
    try:
        url = httpx.URL(address.strip())
    except httpx.InvalidURL as error:
        raise NotFetched(Reason.REFUSED_ADDRESS) from error
    names_a_host = bool(url.host) and "%" not in url.host  # an address with a zone is one of this machine's networks
    if url.scheme not in {"http", "https"} or not names_a_host or url.userinfo or len(str(url)) > LONGEST_ADDRESS:
        raise NotFetched(Reason.REFUSED_ADDRESS)
    return url.copy_with(fragment=None)


def next_hop(url: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads. Raises NotFetched when it leads nowhere, out of the web, or out of TLS."""
    if not location:
        raise NotFetched(Reason.REFUSED_REDIRECT)
    try:
        following = parsed(str(url.join(location)))
    except httpx.InvalidURL as error:
        raise NotFetched(Reason.REFUSED_REDIRECT) from error
    if url.scheme == "https" and following.scheme != "https":
        raise NotFetched(Reason.REFUSED_REDIRECT)
    return following


def retry_after(header: str, now: datetime) -> timedelta | None:
    """How long to wait, from seconds or a date of HTTP; at most a week. None when it says nothing one could obey."""
    header = header.strip()
    if header.isascii() and header.isdecimal():
        wait = timedelta(seconds=min(int(header[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return None
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Turns what the libraries raise into NotFetched."""
    try:
        yield
    except NotFetched:
        raise
    except RefusedAddress as error:
        raise NotFetched(Reason.REFUSED_ADDRESS) from error
    except UnknownHost as error:
        raise NotFetched(Reason.UNKNOWN_HOST) from error
    except TooLarge as error:
        raise NotFetched(Reason.TOO_LARGE) from error
    except (Unreadable, httpx.DecodingError) as error:
        raise NotFetched(Reason.UNREADABLE) from error
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise NotFetched(Reason.TOO_SLOW) from error
    except (httpcore.ProtocolError, httpx.ProtocolError, httpx.InvalidURL, UnicodeError) as error:
        raise NotFetched(Reason.STRANGE_ANSWER) from error
    except (httpcore.NetworkError, httpx.TransportError, OSError) as error:
        is_about_trust = isinstance(error, ssl.SSLError) or isinstance(error.__context__, ssl.SSLError)
        raise NotFetched(Reason.NO_TRUST if is_about_trust else Reason.NO_CONNECTION) from error
