"""A closed-loop HTTP client: a few keep-alive connections, each asking again when it has its answer.

It runs on the machine that it measures, so it does as little as it can: one process, prepared bytes, no parsing
beyond the status and the end of the answer. Knows nothing of Django.
"""

import contextlib
import selectors
import socket
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

CHUNK = 1 << 18
END_OF_HEAD = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
PATIENCE = 30.0  # seconds without any answer


class LoadError(Exception):
    """The server closed a connection, or did not answer."""


@dataclass
class Load:
    """What came back: `answers` by status, in `seconds`."""

    seconds: float
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        return self.answers.total() / self.seconds


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def request_bytes(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept-Encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def load(port: int, asked: bytes, seconds: float, connections: int = 8, at_least: int = 16) -> Load:
    """Sends the same request over and over, on so many connections at a time.

    Stops asking after `seconds`, when `at_least` so many answers have come, and waits for those on their way: the next
    load finds the server idle.
    """
    answers: Counter[int] = Counter()
    with contextlib.ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        for _ in range(connections):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(link, selectors.EVENT_READ, bytearray())
        began = time.perf_counter()
        for key in selector.get_map().values():
            key.fileobj.sendall(asked)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise LoadError(f"No answer within {PATIENCE:.0f} s.")
            is_over = time.perf_counter() - began >= seconds and answers.total() >= at_least
            for key, _ in ready:
                received = key.fileobj.recv(CHUNK)
                if not received:
                    raise LoadError("The server closed a connection.")
                key.data.extend(received)
                status = _status_if_whole(key.data)
                if not status:
                    continue
                answers[status] += 1
                if is_over:
                    selector.unregister(key.fileobj)
                else:
                    key.data.clear()
                    key.fileobj.sendall(asked)
    return Load(time.perf_counter() - began, answers)


def fetch(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """One answer with its head; the body as it was transferred."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as link:
        link.sendall(request_bytes(path, headers))
        received = bytearray()
        while not _status_if_whole(received):
            part = link.recv(CHUNK)
            if not part:
                raise LoadError("The server closed a connection.")
            received.extend(part)
    head, _, body = bytes(received).partition(END_OF_HEAD)
    first, *lines = head.decode("latin-1").split("\r\n")
    named = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines if ": " in line)}
    return Answer(int(first.split()[1]), named, body)


def _status_if_whole(received: bytearray) -> int:
    """The status when the whole answer is there, else 0."""
    end = received.find(END_OF_HEAD)
    if end < 0:
        return 0
    status = int(received[9:12])
    if status == 304:
        return status
    head = bytes(received[:end]).lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        length = int(head[at + 17 :].split(b"\r\n", 1)[0])
        return status if len(received) >= end + 4 + length else 0
    return status if received.endswith(LAST_CHUNK) else 0
