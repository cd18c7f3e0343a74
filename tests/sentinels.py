"""Watches what a test must not touch: a file that nobody may open, and a port that nobody may call."""

import ctypes
import json
import os
import select
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECRET = "open-sesame-4711"
IN_ACCESS, IN_OPEN, IN_NONBLOCK = 0x1, 0x20, 0o4000


@dataclass
class Watch:
    """`secret`: a file; `address`: of the listener, with its port."""

    secret: Path
    port: int
    _events: int
    _listener: socket.socket

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/called"

    @property
    def was_opened(self) -> bool:
        try:
            return len(os.read(self._events, struct.calcsize("iIII"))) > 0
        except BlockingIOError:
            return False

    @property
    def was_called(self) -> bool:
        return bool(select.select([self._listener], [], [], 0)[0])


@contextmanager
def watched(folder: Path) -> Iterator[Watch]:
    secret = folder / "secret.geojson"
    place = {"type": "Feature", "properties": {"name": SECRET}, "geometry": {"type": "Point", "coordinates": [10, 20]}}
    secret.write_text(json.dumps({"type": "FeatureCollection", "features": [place]}))
    system = ctypes.CDLL(None, use_errno=True)
    events = system.inotify_init1(IN_NONBLOCK)
    system.inotify_add_watch(events, os.fsencode(secret), IN_ACCESS | IN_OPEN)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield Watch(secret, listener.getsockname()[1], events, listener)
    os.close(events)
