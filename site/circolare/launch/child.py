"""Turn into one program that ends with its parent: `child.py SIGNAL IDENTITY PARENT_PID PROGRAM [ARGUMENT…]`.

Stands alone: standard library only, started with `-I -S`, so that it costs milliseconds. IDENTITY is `same`
(as the launcher), `mapped` (root, shown to the program as user 65534 by a user namespace) or `nobody`.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x1000_0000
NOBODY_ID = 65534
CANNOT_BECOME = 126


def main(arguments: list[str]) -> None:
    """Take the identity, bind the own end to the parent's, become the program.

    Raises: SystemExit when the identity is refused or the parent is gone already.
    """
    signal_name, identity, parent_id, *program = arguments
    try:
        become(identity)
    except OSError as error:
        raise SystemExit(CANNOT_BECOME) from error
    # After the identity: a change of credentials clears the parent-death signal.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.Signals[signal_name]), 0, 0, 0)
    if os.getppid() != int(parent_id):
        raise SystemExit(CANNOT_BECOME)
    os.execvp(program[0], program)  # noqa: S606 - no shell is the point


def become(identity: str) -> None:
    """Take the identity asked for.

    Raises: OSError when the system refuses it (containers refuse namespaces, only root becomes nobody).
    """
    if identity == "nobody":
        os.setgroups([])
        os.setgid(NOBODY_ID)
        os.setuid(NOBODY_ID)
    elif identity == "mapped":
        enter_namespace()


def enter_namespace() -> None:
    """Enter a user namespace in which the own user and group are shown as 65534; files stay root's."""
    user_id, group_id = os.geteuid(), os.getegid()
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "a user namespace was refused")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{NOBODY_ID} {user_id} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{NOBODY_ID} {group_id} 1", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
