"""Becomes a child of the supervisor: `python child.py PARENT SIGNAL UID GID COMMAND…`, run as a file, alone.

A program of its own and not a `preexec_fn`: Python code between fork and exec may hang in a process with threads. It
imports nothing of the portal, because it runs before every start of every child.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def become(parent: int, farewell: int, uid: int, gid: int, command: list[str]) -> None:
    """Replaces this process by `command` as user `uid`, which gets the signal `farewell` when `parent` dies (Linux)."""
    if os.geteuid() == 0 and uid != 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid, which would forget it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, farewell, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked to be told
            sys.exit(1)
    # exec keeps what is ignored: Python ignores SIGPIPE, a shell SIGINT for commands in the background.
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


if __name__ == "__main__":
    the_parent, the_signal, the_uid, the_gid = map(int, sys.argv[1:5])
    become(the_parent, the_signal, the_uid, the_gid, sys.argv[5:])
