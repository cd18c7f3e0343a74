"""The body of an answer, unpacked as it comes in and never beyond a size."""

import zlib
from collections.abc import Iterable

EITHER_HEADER = 32 + zlib.MAX_WBITS  # zlib recognises gzip and deflate by their headers
PACKED = {"gzip", "x-gzip", "deflate"}


class TooLarge(Exception):
    """More bytes than an answer may have, packed or unpacked."""


class Unreadable(Exception):
    """Packed in a way that nobody asked for, or broken."""


def body_of(chunks: Iterable[bytes], encoding: str, most_bytes: int) -> bytes:
    """The unpacked body. `encoding`: the header Content-Encoding; `most_bytes`: of the body before and after unpacking.

    Raises TooLarge as soon as the limit is passed, so that a bomb is never unpacked, and Unreadable.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return _joined(chunks, most_bytes)
    if encoding not in PACKED:
        raise Unreadable(encoding)
    return _joined(_unpacked(_counted(chunks, most_bytes), most_bytes), most_bytes)


def _joined(chunks: Iterable[bytes], most_bytes: int) -> bytes:
    return b"".join(_counted(chunks, most_bytes))


def _counted(chunks: Iterable[bytes], most_bytes: int) -> Iterable[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > most_bytes:
            raise TooLarge(f"more than {most_bytes} bytes")
        yield chunk


def _unpacked(chunks: Iterable[bytes], most_bytes: int) -> Iterable[bytes]:
    """Each step gives at most one byte more than the limit, which `_counted` then refuses."""
    unpacking = zlib.decompressobj(EITHER_HEADER)
    is_empty = True
    try:
        for chunk in chunks:
            is_empty = False
            while chunk:
                if unpacking.eof:  # a second member follows the first
                    unpacking = zlib.decompressobj(EITHER_HEADER)
                yield unpacking.decompress(chunk, most_bytes + 1)
                chunk = unpacking.unconsumed_tail or unpacking.unused_data
    except zlib.error as error:
        raise Unreadable(str(error)) from error
    if not is_empty and not unpacking.eof:
        raise Unreadable("it ends too early")
