"""Parsers as an attacker would write them, had a file taken over a real one. Run by `untrusted.sandbox` alone."""

import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import threading
from pathlib import Path


def attempt(data: bytes, secret: str, port: int) -> dict[str, str]:
    """What each attempt brought; empty where the system refused it."""
    tries = {
        "reads a file of the portal": lambda: Path(secret).read_text(),
        "reads a file through a link": lambda: _through_a_link(secret),
        "lists the folder of the portal": lambda: list(Path(secret).parent.iterdir()),
        "reads the accounts of the system": lambda: Path("/etc/passwd").read_text(),
        "reads what its parent was told": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "calls a host": lambda: socket.create_connection(("127.0.0.1", port), timeout=2),
        "calls a host in a thread": lambda: _in_a_thread(port),
        "opens a local socket": lambda: socket.socket(socket.AF_UNIX),
        "runs a program": lambda: subprocess.run(["/bin/true"]),
        "forks": os.fork,
        "ends its parent": lambda: os.kill(os.getppid(), signal.SIGTERM) or "done",
        "ends a thread of its parent": lambda: _refused_call(200, os.getppid(), 0) or "done",
        "ends its parent by its thread": lambda: _refused_call(234, os.getppid(), os.getppid(), 0) or "done",
        "sends a signal with a value": lambda: _refused_call(129, os.getppid(), 0, _signal()) or "done",
        "sends a signal to a file of a process": lambda: _refused_call(424, 0, 0, None, 0) or "done",
        "limits its parent": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE),
        "writes elsewhere": lambda: Path(secret).with_name("written").write_text("x"),
        "leaves its network": lambda: ctypes.CDLL(None).unshare(0x40000000) == 0 and "done",
    }
    return {name: _brought(attempted) for name, attempted in tries.items()}


def _refused_call(number: int, *arguments: object) -> str:
    """Of x86_64; elsewhere nothing is tried. What the kernel says to what it does not refuse is no permission."""
    if platform.machine() != "x86_64":
        raise OSError
    system = ctypes.CDLL(None, use_errno=True)
    if system.syscall(number, *arguments) != 0 and ctypes.get_errno() == errno.EPERM:
        raise OSError
    return "not refused"


def _signal() -> bytes:
    return struct.pack("iii", 0, 0, -1) + bytes(116)  # one that a process may send, without effect


def _brought(attempted) -> str:
    try:
        return str(attempted() or "")
    except (OSError, ValueError):
        return ""


def _through_a_link(secret: str) -> str:
    Path("link").symlink_to(secret)
    return Path("link").read_text()


def _in_a_thread(port: int) -> str:
    brought: list[str] = []
    thread = threading.Thread(
        target=lambda: brought.append(_brought(lambda: socket.create_connection(("127.0.0.1", port), 2)))
    )
    thread.start()
    thread.join()
    return brought[0]


def environment(data: bytes) -> list[str]:
    return sorted(os.environ)


def echo(data: bytes, **told: str) -> list:
    Path("own").write_bytes(data)  # its own folder is its to write
    return [Path("own").read_bytes().decode(), told]


def hoard(data: bytes) -> int:
    return len(bytearray(10**10))


def spin(data: bytes) -> None:
    while True:
        pass


def wait(data: bytes) -> None:
    threading.Event().wait(60)


def chatter(data: bytes) -> str:
    return "x" * 10_000_000


def fill(data: bytes) -> int:
    return Path("large").write_bytes(b"x" * 10_000_000)


def nest(data: bytes) -> None:
    nest(data)


def crash(data: bytes) -> None:
    ctypes.string_at(0)


def give_up(data: bytes) -> None:
    os.abort()


def limits(data: bytes) -> list[int]:
    return list(resource.getrlimit(resource.RLIMIT_CORE))


def fail(data: bytes) -> None:
    raise ValueError("not like this")
