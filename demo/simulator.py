"""A publisher on loopback that behaves as well and as badly as real ones, for tests and the demonstration.

The portal fetches nothing from loopback unless IMAP_NEWS_ALSO_FROM names address and port, which production refuses.
"""

import contextlib
import gzip
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOME = "127.0.0.1"


@dataclass
class Answer:
    """What is sent for an address. `drip_seconds`: a pause before each byte; `is_endless`: the body never ends."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drip_seconds: float = 0
    is_endless: bool = False
    is_chunked: bool = False
    is_reset: bool = False


def page(body: bytes, content_type: str = "application/rss+xml", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(body=body, headers={"Content-Type": content_type, **named})


def packed(body: bytes, **headers: str) -> Answer:
    return page(gzip.compress(body), **headers, Content_Encoding="gzip")


def moved(to: str, status: int = 301) -> Answer:
    return Answer(status, headers={"Location": to})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    publisher: "Publisher"

    def do_HEAD(self) -> None:
        self.publisher.methods.append("HEAD")
        found = self.publisher.pages.get(self.path, Answer(404))
        known = found(dict(self.headers.items())) if callable(found) else found
        self.send_response(known.status if self.publisher.heads else 501)
        for name, value in known.headers.items() if self.publisher.heads else ():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def do_GET(self) -> None:
        self.publisher.asked.append((self.path, dict(self.headers.items())))
        found = self.publisher.pages.get(self.path, Answer(404))
        answer = found(dict(self.headers.items())) if callable(found) else found
        with contextlib.suppress(OSError):  # whoever asked has gone
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        if answer.is_reset:
            # Without lingering, closing sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        if answer.is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif not answer.is_endless and answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        while answer.is_endless:
            self.wfile.write(answer.body)
            time.sleep(answer.drip_seconds)
        pieces = [answer.body[at : at + 1] for at in range(len(answer.body))] if answer.drip_seconds else [answer.body]
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if answer.is_chunked else piece)
            time.sleep(answer.drip_seconds)
        if answer.is_chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is none of its business."""


@dataclass
class Publisher:
    """`pages`: address → what is answered, or a function of the headers asked with; `asked`: every request so far.

    `heads`: whether it answers when it is asked for the head of a page alone; `methods`: such questions so far.
    """

    port: int
    scheme: str = "http"
    pages: dict[str, Answer | Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    heads: bool = False
    methods: list[str] = field(default_factory=list)

    def at(self, path: str, host: str = HOME) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


@contextlib.contextmanager
def publishing(trust: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Publisher]:
    """A publisher that answers until the block ends; over TLS when given a server's certificate; at any port by default.

    Raises OSError when the port is taken.
    """

    class Handler(_Handler):
        """With a publisher of its own."""

    server = _Server((HOME, port), Handler)
    server.daemon_threads, server.block_on_close = True, False
    if trust is not None:
        server.socket = trust.wrap_socket(server.socket, server_side=True)
    Handler.publisher = Publisher(server.server_address[1], "https" if trust else "http")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Handler.publisher
    finally:
        server.shutdown()
        server.server_close()
