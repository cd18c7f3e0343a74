"""Takes from this process, for good, what a parser does not need: the network, files, programs, memory and time.

Each part is taken where the system knows how (Linux: namespaces, Landlock, seccomp); limits of resources are known by every
Unix. Several parts do the same, as containers forbid some of them.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# Limits of resources, a network of its own, Landlock, seccomp.
PARTS = ("limits", "network", "files", "calls")
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000

# Landlock (linux/landlock.h): its calls have one number on every machine.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
FS_READ = 1 << 2 | 1 << 3  # files and folders
FS_WRITE = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8  # write, remove and make files and folders
FS_KNOWN = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}  # by version; from 5 on one more
NET_TCP, SCOPED = 0b11, 0b11  # bind and connect; abstract sockets and signals of others


def confine(readable: Iterable[Path], folder: Path, memory_bytes: int, cpu_seconds: int, file_bytes: int) -> list[str]:
    """`readable`: what may be read from now on; `folder`: the one place to write, files of at most `file_bytes`.

    Returns the `PARTS` that hold here.
    """
    holds = {"limits": _limit_resources(memory_bytes, cpu_seconds, file_bytes)}
    if sys.platform != "linux":
        return [part for part in PARTS if holds.get(part)]
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    holds["network"] = system.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
    holds["files"] = _restrict_files(system, readable, folder)
    holds["calls"] = _refuse_calls(system)
    return [part for part in PARTS if holds.get(part)]


def _limit_resources(memory_bytes: int, cpu_seconds: int, file_bytes: int) -> bool:
    holds = True
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            holds = False
    return holds


def _restrict_files(system: ctypes.CDLL, readable: Iterable[Path], folder: Path) -> bool:
    version = system.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    files = FS_KNOWN.get(version, (1 << 16) - 1)
    handled = struct.pack("QQQ", files, NET_TCP if version >= 4 else 0, SCOPED if version >= 6 else 0)
    ruleset = system.syscall(LANDLOCK_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if ruleset < 0:
        return False
    for path in readable:
        _allow(system, ruleset, path, FS_READ)
    _allow(system, ruleset, folder, FS_READ | FS_WRITE)
    restricted = system.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return bool(restricted == 0)


def _allow(system: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be read
    allowed = access if path.is_dir() else access & ~(1 << 3)  # a file has nothing to list
    system.syscall(LANDLOCK_ADD_RULE, ruleset, 1, struct.pack("=Qi", allowed, opened), 0)
    os.close(opened)


# Calls of the kernel that no parser needs (linux/seccomp.h, linux/filter.h): sockets, other programs and processes, mounts.
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
REFUSED_CALLS = {
    "x86_64": (
        41, 42, 43, 49, 50, 53, 288,  # socket, connect, accept, bind, listen, socketpair, accept4
        57, 58, 59, 322,  # fork, vfork, execve, execveat
        62, 200, 129, 297, 424,  # kill, tkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal
        101, 310, 311, 312, 434, 438,  # ptrace, process_vm_*, kcmp, pidfd_open, pidfd_getfd
        165, 166, 272, 308, 304, 161,  # mount, umount2, unshare, setns, open_by_handle_at, chroot
        248, 249, 250, 298, 321, 323, 425,  # keys, perf_event_open, bpf, userfaultfd, io_uring_setup
    ),
    "aarch64": (
        198, 203, 202, 200, 201, 199, 242,
        221, 281,
        129, 130, 138, 240, 424,
        117, 270, 271, 272, 434, 438,
        40, 39, 97, 268, 265, 51,
        217, 218, 219, 241, 280, 282, 425,
    ),
}  # fmt: skip
# Refused unless they are about this process: tgkill, by which libraries give up, and prlimit64, which is asked for pid 0.
TGKILL, PRLIMIT64 = {"x86_64": 234, "aarch64": 131}, {"x86_64": 302, "aarch64": 261}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3, CLONE_THREAD, OTHER_ABI = 435, 0x00010000, 0x40000000
LOAD, EQUAL, AT_LEAST, HAS_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOWED, NOT_PERMITTED, NOT_KNOWN = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38


def _refuse_calls(system: ctypes.CDLL) -> bool:
    machine = platform.machine()
    if machine not in MACHINES or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    steps = _filter(machine)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    return bool(system.prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(program), 0, 0) == 0)


def _filter(machine: str) -> list[tuple[int, int, int, int]]:
    """Steps of (operation, steps to skip if so, steps to skip if not, value) over the call's number and arguments."""
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, MACHINES[machine]), (RETURN, 0, 0, NOT_PERMITTED), (LOAD, 0, 0, 0)]
    steps += [(AT_LEAST, 0, 1, OTHER_ABI), (RETURN, 0, 0, NOT_PERMITTED)]
    for call in REFUSED_CALLS[machine]:
        steps += [(EQUAL, 0, 1, call), (RETURN, 0, 0, NOT_PERMITTED)]
    for call, own in ((TGKILL[machine], os.getpid()), (PRLIMIT64[machine], 0)):
        steps += [(EQUAL, 0, 4, call), (LOAD, 0, 0, 16), (EQUAL, 0, 1, own), (RETURN, 0, 0, ALLOWED)]
        steps += [(RETURN, 0, 0, NOT_PERMITTED)]
    steps += [
        (EQUAL, 0, 1, CLONE3),
        (RETURN, 0, 0, NOT_KNOWN),
    ]  # libraries then ask for clone, whose arguments can be seen
    steps += [
        (EQUAL, 0, 3, CLONE[machine]),
        (LOAD, 0, 0, 16),
        (HAS_BIT, 1, 0, CLONE_THREAD),
        (RETURN, 0, 0, NOT_PERMITTED),
    ]
    return [*steps, (RETURN, 0, 0, ALLOWED)]
