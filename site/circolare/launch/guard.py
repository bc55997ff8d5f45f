"""End the launcher's children when the launcher was killed: `guard.py LOCK_FILE`, orders on standard input.

Stands alone: standard library only, started with `-I -S`. Orders are lines: `+GROUP SIGNAL` when a child began,
`-GROUP` when it ended. The end of the input means that the launcher is gone. The lock is held until nothing of
the run is left, so that the next start can wait for it.
"""

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 5.0  # with the kill below well inside the ten seconds that are promised
POLL_SECONDS = 0.05


def main(lock_file: str) -> None:
    """Follow the orders until the launcher is gone, then end what is left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    with open(lock_file, "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        end(follow(sys.stdin))


def follow(orders: Iterable[str]) -> dict[int, int]:
    """Process groups that still run when the orders end, each with the signal that ends it."""
    running: dict[int, int] = {}
    for order in orders:
        if order.startswith("+"):
            group, signal_name = order[1:].split()
            running[int(group)] = int(signal.Signals[signal_name])
        else:
            running.pop(int(order[1:]), None)
    return running


def end(groups: dict[int, int]) -> None:
    """Ask each group to end by its own signal, then kill what has not ended in time."""
    for group, number in groups.items():
        send(group, number)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(send(group, 0) for group in groups) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for group in groups:
        send(group, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    """Whether the group took the signal, which is whether something of it is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main(sys.argv[1])
