"""Outgoing connections: public addresses only, checked where the connection is made, and until a deadline.

The name is resolved here, each address it gives is judged, and the connection goes to the judged address itself: a name
that changes its address between question and connection changes nothing. TLS still proves the name.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any

import httpcore

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

# IANA's special-purpose registries for IPv4, multicast, and the one address inside public space that serves a cloud's
# own machines (168.63.129.16). The other clouds' metadata lies in link-local, shared and IETF space.
NOT_PUBLIC_4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
# Of IPv6 only global unicast, without what carries an IPv4 address inside (6to4, Teredo) or is set apart.
PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
NOT_PUBLIC_6 = [ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
MOST_QUESTIONS = 8  # for names that a process waits for at once
WEB_PORTS = {80, 443}
FIRST_UNPRIVILEGED_PORT = 1024


_QUESTIONS = threading.BoundedSemaphore(MOST_QUESTIONS)


class RefusedAddress(Exception):
    """The address is not one of the public internet, or not one for web pages."""


def is_public(address: str) -> bool:
    """Whether a numeric address, as the system writes it, belongs to the public internet."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv4Address):
        return not any(number in network for network in NOT_PUBLIC_4)
    return number.scope_id is None and number in PUBLIC_6 and not any(number in network for network in NOT_PUBLIC_6)


def resolve(host: str, port: int) -> list[str]:
    """Numeric addresses of a host, in the system's order. Raises OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class AllowedHosts:
    """Which addresses may be reached. `also`: numeric addresses with their port, which tests and the demo name exactly."""

    also: frozenset[tuple[str, int]] = frozenset()
    resolve: Resolver = field(default=resolve)

    def may_reach(self, address: str, port: int) -> bool:
        if (address, port) in self.also:
            return True
        return (port in WEB_PORTS or port >= FIRST_UNPRIVILEGED_PORT) and is_public(address)

    def addresses_of(self, host: str, port: int) -> list[str]:
        """Permitted addresses of a host. Raises RefusedAddress if there is none, OSError for an unknown name."""
        open_to_us = [address for address in self.resolve(host, port) if self.may_reach(address, port)]
        if not open_to_us:
            raise RefusedAddress(f"{host} port {port}")
        return open_to_us


def within(seconds: float, ask: Callable[[], list[str]]) -> list[str]:
    """What `ask` answers or raises; httpcore.ConnectTimeout when that takes longer.

    The system's question for a name takes no limit: it is left behind in a thread, of which there are never many.
    """
    answered: Queue[tuple[list[str], Exception | None]] = Queue()

    def answer() -> None:
        try:
            answered.put((ask(), None))
        except Exception as error:  # raised again where it is waited for
            answered.put(([], error))
        finally:
            _QUESTIONS.release()

    ends = time.monotonic() + seconds
    if not _QUESTIONS.acquire(timeout=seconds):
        raise httpcore.ConnectTimeout("too many names wait for an answer")
    threading.Thread(target=answer, daemon=True).start()
    try:
        found, error = answered.get(timeout=max(ends - time.monotonic(), 0.001))
    except Empty:
        raise httpcore.ConnectTimeout("the name was not found in time") from None
    if error is not None:
        raise error
    return found


class Deadline:
    """A moment by which everything is over, on a clock that nobody sets."""

    def __init__(self, seconds: float):
        self._ends = time.monotonic() + seconds

    def left(self, at_most: float | None, error: type[Exception]) -> float:
        """Seconds that one step may still take. Raises `error` when none are left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise error("the time for this address is over")
        return left if at_most is None else min(left, at_most)


class GuardedStream(httpcore.NetworkStream):
    """A connection none of whose steps goes on after the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline):
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return GuardedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedNetwork(httpcore.NetworkBackend):
    """Opens connections to the addresses that `way_out` lets be reached, and to no socket in the file system."""

    def __init__(self, way_out: AllowedHosts, deadline: Deadline):
        self._way_out, self._deadline, self._system = way_out, deadline, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        patience = self._deadline.left(timeout, httpcore.ConnectTimeout)
        try:
            addresses = within(patience, lambda: self._way_out.addresses_of(host, port))
        except (OSError, UnicodeError) as error:  # a label that is too long is a UnicodeError
            raise UnknownHost(host) from error
        failed: Exception | None = None
        for address in addresses:
            left = self._deadline.left(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._system.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
                continue
            return GuardedStream(self._checked(stream), self._deadline)
        raise failed or httpcore.ConnectError(host)

    def _checked(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        """The connection as it stands, judged once more by the address at its other end."""
        address, port = stream.get_extra_info("server_addr")[:2]
        if not self._way_out.may_reach(address, port):
            stream.close()
            raise RefusedAddress(f"{address} port {port}")
        return stream

    def connect_unix_socket(self, path: str, *args: Any, **options: Any) -> httpcore.NetworkStream:
        raise RefusedAddress(path)

    def sleep(self, seconds: float) -> None:
        self._system.sleep(seconds)


class UnknownHost(Exception):
    """No address belongs to this name."""
