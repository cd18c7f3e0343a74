"""`python -m devserver run [--home DIR] [--disposable] -- CMD ARGS…` and `python -m devserver status [--home DIR]`."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from devserver import ServersError, addresses, running
from devserver.places import present_account
from devserver.supervisor import mortal

CHECKOUT = Path(__file__).resolve().parents[1]
PASSED_ON = (signal.SIGTERM, signal.SIGHUP)


def default_home() -> Path:
    """The folder that settings.py asks too."""
    return Path(os.environ.get("IMAP_VAR", "").strip() or CHECKOUT / "var")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m devserver", description="The i-Map's own PostgreSQL and Valkey.")
    actions = parser.add_subparsers(dest="action", required=True)
    run = actions.add_parser("run", help="start the servers unless configured, run a command, stop them")
    run.add_argument("--home", type=Path, default=default_home(), help="folder of the servers (default: var)")
    run.add_argument("--disposable", action="store_true", help="data that a crash of the machine may cost: faster")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- CMD ARGS…")
    status = actions.add_parser("status", help="say what runs and where")
    status.add_argument("--home", type=Path, default=default_home())
    chosen = parser.parse_args(arguments)
    if chosen.action == "status":
        return report(chosen.home)
    command = chosen.command[1:] if chosen.command[:1] == ["--"] else chosen.command
    if not command:
        parser.error("say which command to run: python -m devserver run -- CMD ARGS…")
    try:
        return run_with_servers(chosen.home, command, disposable=chosen.disposable)
    except ServersError as error:
        print(error, file=sys.stderr)
        return 1


def run_with_servers(home: Path, command: Sequence[str], *, disposable: bool = False) -> int:
    """Runs `command` with the three URLs in its environment; returns its exit code, 128 + the signal that ended it."""
    if not addresses(home).missing_from(os.environ):
        return run_to_its_end(command, os.environ)
    with running(home, disposable=disposable) as found:
        return run_to_its_end(command, {**os.environ, **found.missing_from(os.environ)})


def run_to_its_end(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs `command` in the foreground: Ctrl-C is its own to handle, SIGTERM and SIGHUP are passed on to it."""
    # Without its servers it is of no use, so a kill of this process ends it too.
    process = subprocess.Popen(mortal(command, signal.SIGTERM, present_account()), env=environment)

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in PASSED_ON}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def report(home: Path) -> int:
    """Prints what runs; 0 when both servers answer."""
    from devserver import locks, postgres, valkey
    from devserver.places import places_of

    places = places_of(home)
    holder = locks.holder(places)
    states = {"PostgreSQL": postgres.answers(places), "Valkey": valkey.answers(places)}
    if holder:
        print(f"Run by process {holder.pid}" + (f", the portal is at {holder.address}" if holder.address else ""))
    for name, answers in states.items():
        print(f"{name:<11}{'answers' if answers else 'does not answer'}")
    for name, url in addresses(home).environment().items():
        print(f"{name}={url}")
    return 0 if all(states.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
