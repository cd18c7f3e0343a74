"""The process in which one feed is read: with little memory and time, no files to write, and nothing of the portal.

Run by `newscentre.stages.parse`: bytes come in, a `Document` goes out as JSON; whatever goes wrong ends this process alone.
"""

import json
import resource
import sys

from newscentre.stages import json_feed, xml_feed
from newscentre.stages.documents import Document, NotAFeed
from newscentre.stages.encodings import text_of

READ, NOT_A_FEED = 0, 3  # how the process ends


def document_in(data: bytes, content_type: str, address: str) -> Document:
    """Raises NotAFeed."""
    text = text_of(data, content_type)
    return (json_feed if text.startswith("{") else xml_feed).read(text, address)


def limit_this_process(memory_bytes: int, seconds: int) -> None:
    """For good: what is refused now is not given back. Where the system knows no such limit, the parent's clock remains."""
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            continue


def main() -> int:
    told = json.loads(sys.stdin.buffer.readline())
    limit_this_process(told["memory_bytes"], told["seconds"])
    try:
        document = document_in(sys.stdin.buffer.read(), told["content_type"], told["address"])
    except NotAFeed:
        return NOT_A_FEED
    sys.stdout.write(json.dumps(document.as_values()))
    sys.stdout.flush()
    return READ


if __name__ == "__main__":
    sys.exit(main())
