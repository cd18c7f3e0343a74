"""The process that parses bytes from outside; `untrusted.sandbox` starts it. Whatever goes wrong ends only this process."""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path

from untrusted.confinement import confine
from untrusted.sandbox import DONE, PARTS_THAT_HOLD, ROOT, TOO_HARD

BROKEN = 5
# Where libraries, time zones and random numbers are; nothing of these is the portal's.
OF_THE_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime",
    "/dev/null", "/dev/urandom", "/proc/self/maps",
)  # fmt: skip


def readable(parser: str) -> list[Path]:
    """Python, its libraries, and the packages of the portal's code that the parser is in."""
    prefixes = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    libraries = [prefix / name for prefix in prefixes for name in ("lib", "lib64", "pyvenv.cfg")]
    own = [ROOT / "untrusted", ROOT / parser.partition(".")[0]]
    return [*libraries, *own, *(Path(name) for name in OF_THE_SYSTEM)]


def main(parser: str) -> int:
    head = json.loads(sys.stdin.buffer.readline())
    bounds, folder = head["bounds"], Path(head["folder"])
    os.chdir(folder)
    holds = confine(readable(parser), folder, bounds["memory_bytes"], bounds["cpu_seconds"], bounds["file_bytes"])
    try:
        if parser == PARTS_THAT_HOLD:
            sys.stdout.write(json.dumps(holds))
            sys.stdout.flush()
            return DONE
        module, _, function = parser.partition(":")
        parse = getattr(importlib.import_module(module), function)
        answer = json.dumps(parse(sys.stdin.buffer.read(), **head["told"]))
        sys.stdout.write(answer)
        sys.stdout.flush()
    except (MemoryError, RecursionError):
        return TOO_HARD
    except Exception:
        traceback.print_exc()
        return BROKEN
    return DONE


if __name__ == "__main__":
    os._exit(main(sys.argv[1]))  # without the libraries' own farewells
