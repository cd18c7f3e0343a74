"""Decompresses the body of a response as browsers do, up to a maximum size."""

import zlib
from collections.abc import Callable, Iterable

import brotli

GZIP, DEFLATE, RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
GZIP_BEGINS = b"\x1f\x8b\x08"
MOST_LAYERS, MOST_MEMBERS = 3, 300
NOT_PACKED = (b"<", b"{", b"\xef\xbb\xbf<", b"\xef\xbb\xbf{")  # how a feed begins


class TooLarge(Exception):
    """More bytes than an answer may have, packed or unpacked."""


class Unreadable(Exception):
    """Packed, and broken."""


def body_of(chunks: Iterable[bytes], encoding: str, most_bytes: int) -> bytes:
    """The unpacked body. `encoding`: the header Content-Encoding; `most_bytes`: of the body before and after unpacking.

    What the header says of no packing that is known, such as `none` or `UTF-8`, says nothing; a feed that is not packed is
    not unpacked though the header says gzip or deflate, and a gzip file is one without a header. Raises TooLarge as soon as the limit is passed, so
    that a bomb is never unpacked, and Unreadable.
    """
    body = _joined(chunks, most_bytes)
    packings = [name for name in reversed(encoding.lower().replace(" ", "").split(",")) if name in UNPACKING]
    for name in packings[:MOST_LAYERS]:
        body = UNPACKING[name](body, most_bytes)
    return _gunzipped(body, most_bytes)


def _joined(chunks: Iterable[bytes], most_bytes: int) -> bytes:
    kept, seen = [], 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > most_bytes:
            raise TooLarge(f"more than {most_bytes} bytes")
        kept.append(chunk)
    return b"".join(kept)


def _gunzipped(body: bytes, most_bytes: int) -> bytes:
    """All members that follow each other; what stands behind the last is no part of it. A body that is no gzip stays."""
    if not body.startswith(GZIP_BEGINS):
        return body
    found: list[bytes] = []
    while body.startswith(GZIP_BEGINS):
        if len(found) == MOST_MEMBERS:
            raise Unreadable("too many members")
        member, body = _inflated(body, GZIP, most_bytes - sum(map(len, found)))
        found.append(member)
    return b"".join(found)


def _of_gzip(body: bytes, most_bytes: int) -> bytes:
    """A feed that says so and is not packed is read as it stands; anything else that is no gzip is broken."""
    if body and not body.startswith(GZIP_BEGINS) and not body.lstrip().startswith(NOT_PACKED):
        raise Unreadable("no gzip")
    return _gunzipped(body, most_bytes)


def _deflated(body: bytes, most_bytes: int) -> bytes:
    """With the header of zlib, or without any, as some have always sent it."""
    if not body or body.lstrip().startswith(NOT_PACKED) or body.startswith(GZIP_BEGINS):
        return body
    has_header = body[0] & 0x0F == 8 and len(body) > 1 and int.from_bytes(body[:2], "big") % 31 == 0
    try:
        return _inflated(body, DEFLATE if has_header else RAW, most_bytes)[0]
    except Unreadable:
        if not has_header:
            raise
        return _inflated(body, RAW, most_bytes)[0]


def _inflated(body: bytes, kind: int, most_bytes: int) -> tuple[bytes, bytes]:
    """What was packed, and what stands behind it."""
    unpacking = zlib.decompressobj(kind)
    try:
        found = unpacking.decompress(body, most_bytes + 1)
    except zlib.error as error:
        raise Unreadable(str(error)) from error
    if len(found) > most_bytes:
        raise TooLarge(f"more than {most_bytes} bytes")
    if not unpacking.eof:
        raise Unreadable("it ends too early")
    return found, unpacking.unused_data


def _unbrotlied(body: bytes, most_bytes: int) -> bytes:
    if not body:
        return body
    unpacking, found = brotli.Decompressor(), bytearray()
    try:
        found += unpacking.process(body, output_buffer_limit=most_bytes + 1)
        while not unpacking.is_finished() and not unpacking.can_accept_more_data() and len(found) <= most_bytes:
            found += unpacking.process(b"", output_buffer_limit=most_bytes + 1 - len(found))
    except brotli.error as error:
        raise Unreadable(str(error)) from error
    if len(found) > most_bytes:
        raise TooLarge(f"more than {most_bytes} bytes")
    if not unpacking.is_finished():
        raise Unreadable("it ends too early")
    return bytes(found)


UNPACKING: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _of_gzip, "x-gzip": _of_gzip, "deflate": _deflated, "br": _unbrotlied,
}  # fmt: skip
