"""Two-level page cache: in-process LRU, then Valkey. A key holds everything that the bytes depend on.

A page is shared bytes with a gap where each reader's own few bytes go. The shared bytes are kept deflated, each
piece ending on a full flush, so that a page for one reader is put together without compressing anything: the reader's
bytes stand between them as they are.
"""

import struct
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.core.cache import cache

GAP = "<!--reader-->"
KEPT_IN_PROCESS = 400  # pages; about 60 KB each
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
END_OF_DEFLATE = b"\x03\x00"
LONGEST_STORED = 0xFFFF  # bytes in a block of deflate that is not compressed


@dataclass(frozen=True)
class SharedPage:
    """`pieces`: the page's bytes round its gaps; `deflated`: the same, compressed."""

    pieces: tuple[bytes, ...]
    deflated: tuple[bytes, ...]

    @cached_property
    def digest(self) -> str:
        """Digest of the bytes around the gaps and of the gaps' positions."""
        return sha256(GAP.encode().join(self.pieces)).hexdigest()

    @classmethod
    def of(cls, html: str) -> "SharedPage":
        pieces = tuple(piece.encode() for piece in html.split(GAP))
        return cls(pieces, tuple(_deflated(piece) for piece in pieces))

    def joined(self, fragments: list[bytes]) -> bytes:
        return b"".join(part for part in _alternating(self.pieces, fragments))

    def gzipped(self, fragments: list[bytes]) -> bytes:
        checksum, length = 0, 0
        for part in _alternating(self.pieces, fragments):
            checksum = zlib.crc32(part, checksum)
            length += len(part)
        body = b"".join(_alternating(self.deflated, [_stored(fragment) for fragment in fragments]))
        return GZIP_HEADER + body + END_OF_DEFLATE + struct.pack("<II", checksum, length & 0xFFFFFFFF)


def _deflated(part: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(part) + compressor.flush(zlib.Z_FULL_FLUSH)


def _stored(part: bytes) -> bytes:
    """The bytes as blocks of deflate that are not compressed (RFC 1951, 3.2.4)."""
    blocks = (part[start : start + LONGEST_STORED] for start in range(0, len(part), LONGEST_STORED))
    return b"".join(b"\x00" + struct.pack("<HH", len(block), len(block) ^ 0xFFFF) + block for block in blocks)


def _alternating(pieces: tuple[bytes, ...], fragments: list[bytes]) -> list[bytes]:
    if len(fragments) != len(pieces) - 1:
        raise ValueError(f"{len(pieces) - 1} gaps, but {len(fragments)} fragments")
    joined = [pieces[0]]
    for fragment, piece in zip(fragments, pieces[1:], strict=True):
        joined += [fragment, piece]
    return joined


_in_process: OrderedDict[str, SharedPage] = OrderedDict()


def cached(key: str, render: Callable[[], str], is_still_true: Callable[[], bool] = lambda: True) -> SharedPage:
    """The page under this key; rendered, and kept in both places, when neither has it.

    `is_still_true` is asked after rendering: when the key no longer describes what was read, the page is not kept.
    """
    page = cached_in_process(key)
    if page is None:
        page = SharedPage.of(render())
        if is_still_true():
            cache.set(key, (page.pieces, page.deflated))
            _keep_in_process(key, page)
    return page


def cached_in_process(key: str) -> SharedPage | None:
    """The page under this key, if either place has it."""
    page = _in_process.get(key)
    if page is None and (parts := cache.get(key)):
        page = SharedPage(*parts)
        _keep_in_process(key, page)
    return page


def _keep_in_process(key: str, page: SharedPage) -> None:
    _in_process[key] = page
    while len(_in_process) > KEPT_IN_PROCESS:
        try:
            _in_process.popitem(last=False)
        except KeyError:  # another thread was first
            break


def clear_process_cache() -> None:
    """For those who change databases. What Valkey keeps is theirs to empty as well."""
    _in_process.clear()


__all__ = ["GAP", "SharedPage", "cached", "cached_in_process", "clear_process_cache"]
