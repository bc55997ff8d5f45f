"""The embedded PostgreSQL: made once, started again whatever happened to the last run."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from circolare.launch import embedded
from circolare.launch.children import HERE, Child, Nursery, Recipe
from circolare.launch.places import Places, socket_folder
from circolare.launch.refusal import Refusal

NOBODY_ID = 65534
START_SECONDS = 60.0
ORPHAN_SECONDS = 10.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "96MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "fatal",  # errors of statements are told by who sent them
    "logging_collector": "off",
}
# A test run's data is made anew each time: nothing is lost when the machine loses power.
TEST_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "150"}


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of our own."""

    programs: Path  # folder of the executables
    data: Path
    sockets: Path
    identity: str  # see child.py

    def url(self, database: str) -> str:
        """DATABASE_URL of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def has(self, database: str) -> bool:
        """Whether it holds a database of that name."""
        return bool(self.query(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))  # noqa: S608 - our names

    def ensure(self, database: str) -> None:
        """Make an empty database of that name where there is none."""
        if not self.has(database):
            self.query(f"CREATE DATABASE {database} TEMPLATE template0")

    def query(self, statement: str, *, database: str = "postgres") -> str:
        """What the statement gives, unaligned.

        Raises: Refusal with the server's own words.
        """
        result = subprocess.run(
            [
                *(str(self.programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets)),
                *("-U", "postgres", "-d", database, "-c", statement),
            ],
            env=without_libpq(dict(os.environ)),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise Refusal(f"The embedded PostgreSQL refused `{statement}`: {result.stderr.strip()}")
        return result.stdout.strip()


def start(places: Places, nursery: Nursery, *, settings: dict[str, str] | None = None) -> Server:
    """A running server on `var/postgres`, made first when it does not exist.

    Raises: Refusal when it cannot be made or does not answer in time; Stopped.
    """
    programs = embedded.postgres_folder()
    identity = choose_identity(programs, places)
    owner_id = NOBODY_ID if identity == "nobody" else os.geteuid()
    server = Server(programs, places.postgres, socket_folder(places.var, "postgres", owner_id), identity)
    if server.data.exists():
        check_version(server)
    else:
        create(server, nursery)
    child = nursery.start(recipe(server, SETTINGS | (settings or {})))
    wait_until_ready(server, nursery, child)
    return server


def choose_identity(programs: Path, places: Places) -> str:
    """As whom PostgreSQL runs, which refuses root: ourselves, or for root the first of two ways that works.

    Raises: Refusal when root can neither make a user namespace nor run as `nobody` here.
    """
    if os.geteuid() != 0:
        return "same"
    is_nobodys = places.postgres.exists() and places.postgres.stat().st_uid == NOBODY_ID
    ways = ("nobody",) if is_nobodys else ("mapped", "nobody")
    for way in ways:
        if may_run(way, programs / "postgres", places.var):
            return way
    raise Refusal(
        f"PostgreSQL does not run as root, and user nobody cannot enter {places.var} or {programs}. Run this as an "
        "ordinary user, move the folder to where others may enter, or set DATABASE_URL to a server of your own."
    )


def may_run(identity: str, program: Path, folder: Path) -> bool:
    """Whether the program starts under that identity, and the identity can enter the folder."""
    become = [sys.executable, "-I", "-S", str(HERE / "child.py"), "SIGKILL", identity, str(os.getpid())]
    trials = ([str(program), "--version"], ["/bin/sh", "-c", 'cd "$0"', str(folder)])
    return all(
        subprocess.run(become + trial, capture_output=True, check=False).returncode == 0
        for trial in (trials if identity == "nobody" else trials[:1])
    )


def create(server: Server, nursery: Nursery) -> None:
    """Make the data folder beside its place and rename it: a killed `initdb` leaves nothing that looks ready.

    Raises: Refusal when `initdb` fails; Stopped.
    """
    unfinished = server.data.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if server.identity == "nobody":
        os.chown(unfinished, NOBODY_ID, -1)
    program = [
        str(server.programs / "initdb"),
        "-D",
        str(unfinished),
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
    ]
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    lines = Recipe("initdb", (*program, *locale), quiet_environment(), identity=server.identity, is_quiet=True)
    if nursery.run(lines):
        raise Refusal(f"The embedded PostgreSQL could not be made in {unfinished}; its own words stand above.")
    unfinished.rename(server.data)


def check_version(server: Server) -> None:
    """Refuse a data folder that another major version made.

    Raises: Refusal.
    """
    answer = subprocess.run(
        [server.programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    made_by = (server.data / "PG_VERSION").read_text(encoding="ascii").strip()
    if not answer.split()[-1].startswith(f"{made_by}."):
        raise Refusal(
            f"{server.data} was made by PostgreSQL {made_by}, this version brings {answer.split()[-1]}. Make a backup "
            "with the version before (docs/runbook.md), move the folder away, start again and restore."
        )


def recipe(server: Server, settings: dict[str, str]) -> Recipe:
    """How the server is run: no network, a private socket, a clean and fast shutdown."""
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    program = (str(server.programs / "postgres"), "-D", str(server.data), "-k", str(server.sockets), *options)
    return Recipe(
        "postgres",
        program,
        quiet_environment(),
        stop_signal="SIGINT",
        orphan_signal="SIGINT",
        identity=server.identity,
        grace_seconds=20.0,
        before=leave_no_stale_file(server),
        is_quiet=True,
        is_server=True,
    )


def wait_until_ready(server: Server, nursery: Nursery, child: Child) -> None:
    """Return when the server takes connections.

    Raises: Refusal when it ended or does not answer in time; Stopped.
    """
    ready = [str(server.programs / "pg_isready"), "-q", "-h", str(server.sockets), "-U", "postgres"]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(ready, env=quiet_environment(), check=False).returncode:
        if child.process.poll() is not None or time.monotonic() > deadline:
            nursery.tell_unsaid(child)
            raise Refusal(f"The embedded PostgreSQL in {server.data} does not start; its own words stand above.")
        nursery.wait(0.05)


def leave_no_stale_file(server: Server) -> Callable[[], None]:
    """A function that clears what a killed server left, and ends one that still runs on our data.

    PostgreSQL refuses to start when the process id in its file belongs to *any* living process of the same user. The
    launcher holds the lock of the folder, so whatever is named there is an orphan of ours or a stranger.
    """

    def clear() -> None:
        pid_file = server.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
        if first.isdigit() and str(server.data) in command_line(int(first)):
            end_orphan(int(first))
        pid_file.unlink(missing_ok=True)
        for name in (".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
            (server.sockets / name).unlink(missing_ok=True)

    return clear


def end_orphan(process_id: int) -> None:
    """End a PostgreSQL that outlived its launcher: cleanly, after a while at once."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + ORPHAN_SECONDS
        while time.monotonic() < deadline:
            try:
                os.kill(process_id, number)
            except ProcessLookupError:
                return
            time.sleep(0.2)


def command_line(process_id: int) -> str:
    """The words a process was started with; empty where there is no such process."""
    words = Path(f"/proc/{process_id}/cmdline")
    if Path("/proc/self/cmdline").exists():
        return words.read_text(errors="replace").replace("\0", " ") if words.exists() else ""
    listing = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(process_id)],
        capture_output=True,
        text=True,
        check=False,
    )
    return listing.stdout


def without_libpq(environment: dict[str, str]) -> dict[str, str]:
    """The environment without PGHOST, PGOPTIONS and their kin, which are meant for other servers."""
    return {key: value for key, value in environment.items() if not key.startswith("PG")}


def quiet_environment() -> dict[str, str]:
    """The environment of the server's own programs: messages in English, no libpq settings."""
    return without_libpq(dict(os.environ)) | {"LC_ALL": "C", "LC_MESSAGES": "C"}
