"""Where a clone keeps what it writes, and where sockets can stand."""

import fcntl
import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from circolare.launch.refusal import Refusal

ROOT = Path(__file__).resolve().parents[3]
# A socket's address holds 107 bytes on Linux and 103 on macOS; "/.s.PGSQL.5432" takes 14 of them.
SOCKET_FOLDER_BYTES = 89
# libpq, kombu and .env files each quote differently: a folder that needs no quoting is right in all of them.
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")


@dataclass(frozen=True)
class Places:
    """The folders and files under one `var/`."""

    var: Path  # everything that is written, private to the user

    @property
    def postgres(self) -> Path:
        """Data folder of the embedded PostgreSQL."""
        return self.var / "postgres"

    @property
    def environment(self) -> Path:
        """What the launcher decided, as KEY=value lines; settings.py reads it."""
        return self.var / "env"

    @property
    def logins(self) -> Path:
        """Names and passwords of the sample logins."""
        return self.var / "logins.txt"

    @property
    def stamps(self) -> Path:
        """What was last prepared, as JSON: name → digest."""
        return self.var / "prepared.json"

    @property
    def guard_lock(self) -> Path:
        """Held by the guard until nothing of its run is left."""
        return self.var / "guard.lock"


def open_places(var: Path) -> Places:
    """The places under `var`, made where missing.

    Raises: Refusal when the folder cannot be written.
    """
    # Where root must run PostgreSQL as nobody, that user has to pass through; what is private below is closed itself.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        var.mkdir(parents=True, exist_ok=True, mode=mode)
        with tempfile.TemporaryFile(dir=var):
            pass
    except OSError as error:
        raise Refusal(
            f"{var} cannot be written ({error.strerror}). Circolare keeps its data there: make the folder writable, "
            "or name another one with CIRCOLARE_VAR_DIR=/path."
        ) from error
    return Places(var)


def lock(places: Places) -> IO[str]:
    """The open file whose lock says that this launcher owns the places; keep it open.

    Raises: Refusal when another launcher holds it, with what that one wrote about itself.
    """
    handle = (places.var / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.seek(0)
        owner = handle.read().strip() or "another process"
        raise Refusal(
            f"Circolare already runs from {places.var} ({owner}). Use that one, or stop it first (Ctrl-C there)."
        ) from error
    handle.truncate(0)
    return handle


def socket_folder(var: Path, server: str, owner_id: int) -> Path:
    """A private folder for a server's socket: in `var`, or under the temporary folder where that is no use.

    Raises: Refusal when the temporary folder is no use either.
    """
    near = var / f"{server}.run"
    if PLAIN_PATH.fullmatch(str(near)) and len(os.fsencode(near)) <= SOCKET_FOLDER_BYTES:
        near.mkdir(mode=0o700, exist_ok=True)
        _own(near, owner_id)
        return near
    name = f"circolare-{server}-{hashlib.sha256(os.fsencode(near)).hexdigest()[:12]}"
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - private folder, checked below
        if PLAIN_PATH.fullmatch(base) and len(base) + 1 + len(name) <= SOCKET_FOLDER_BYTES:
            return _private(Path(base), name, owner_id)
    raise Refusal(f"No folder for sockets: {tempfile.gettempdir()} has too long a name. Set TMPDIR=/tmp.")


def _private(base: Path, name: str, owner_id: int) -> Path:
    """A folder that only the owner enters; a name that somebody else took first is left alone."""
    folder = base / name
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if stat.S_ISDIR(seen.st_mode) and not seen.st_mode & 0o077 and seen.st_uid in {os.geteuid(), owner_id}:
        _own(folder, owner_id)
        return folder
    fresh = Path(tempfile.mkdtemp(prefix="circolare-", dir=base))
    _own(fresh, owner_id)
    return fresh


def _own(folder: Path, owner_id: int) -> None:
    if folder.stat().st_uid != owner_id:
        os.chown(folder, owner_id, -1)
