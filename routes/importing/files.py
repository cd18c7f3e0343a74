"""Reads a file of geodata as rows: one point or line each, WGS 84 degrees, longitude first. Pure: no database.

The file is read in a process of its own (`routes.importing.reading`), never in the one that asks.
"""

import logging
from pathlib import Path, PurePosixPath

from routes.importing.rows import LARGEST_MB, MEGABYTE, Drawn, ImportRefused, ParsedFile
from untrusted.sandbox import Bounds, Failed, TooHard, parsed

logger = logging.getLogger(__name__)
ENDINGS = (".geojson", ".json", ".gpkg", ".kml", ".gpx", ".zip")
READER = "routes.importing.reading:read"
MOST_MEMORY = 1024 * MEGABYTE
MOST_WRITTEN = 128 * MEGABYTE  # of a file: the largest part of a Shapefile, and what is answered
AT_ONCE = Bounds(
    memory_bytes=MOST_MEMORY, cpu_seconds=5, seconds=10, file_bytes=MOST_WRITTEN
)  # while a page is waited for
IN_QUIET = Bounds(memory_bytes=MOST_MEMORY, cpu_seconds=60, seconds=180, file_bytes=MOST_WRITTEN)  # by the worker


def read_file(path: Path, name: str, bounds: Bounds = IN_QUIET) -> ParsedFile:
    """The rows of a file, called `name` by whoever sent it. Raises Refused; TooHard too, within `AT_ONCE`."""
    if path.stat().st_size > LARGEST_MB * MEGABYTE:
        raise ImportRefused("too_large", megabytes=LARGEST_MB)
    ending = PurePosixPath(name.lower()).suffix
    if ending not in ENDINGS:
        raise ImportRefused("unknown_format")
    try:
        answer = parsed(READER, path.read_bytes(), {"ending": ending}, bounds)
    except TooHard:
        if bounds is AT_ONCE:
            raise
        raise ImportRefused("too_hard") from None
    except Failed as error:
        logger.warning(
            "a file of geodata broke its parser: %s", str(error).strip().rpartition("\n")[2].partition(":")[0]
        )
        raise ImportRefused("not_readable") from None
    if "refused" in answer:
        raise ImportRefused(answer["refused"]["code"], **answer["refused"]["values"])
    return ParsedFile([Drawn(**row) for row in answer["rows"]], answer["notes"])
