"""Make what a start needs: a migrated and filled database, collected static files; only what is not there yet."""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from circolare import env
from circolare.launch.children import Child, Nursery, Recipe
from circolare.launch.places import ROOT, Places
from circolare.launch.postgres import Server
from circolare.launch.refusal import Refusal

DATABASE = "circolare"
UNFINISHED = "circolare_unfinished"
ROOMS = ("content", "subscribers", "campaigns", "tasks", "site")
FILL = "campaigns/management/commands/fill_sample.py"


@dataclass(frozen=True)
class Preparation:
    """What the steps of one preparation share."""

    places: Places
    nursery: Nursery
    environment: dict[str, str]  # of the children; DATABASE_URL names the finished database

    def manage(self, *arguments: str, **changed: str) -> None:
        """Run one management command to its end.

        Raises: Refusal when it fails; Stopped.
        """
        self.finish(self.begin(*arguments, **changed))

    def begin(self, *arguments: str, **changed: str) -> Child:
        """Start one management command."""
        program = (sys.executable, str(ROOT / "manage.py"), *arguments)
        variables = self.environment | changed
        return self.nursery.start(Recipe(arguments[0], program, variables, stop_signal="SIGINT", grace_seconds=3.0))

    def finish(self, child: Child) -> None:
        """Wait for the end of a management command.

        Raises: Refusal when it fails; Stopped.
        """
        if self.nursery.finish(child):
            raise Refusal(f"`manage.py {child.recipe.name}` failed; its own words stand above.")


def embedded_database(work: Preparation, server: Server) -> None:
    """A database that is migrated and filled, or none: it takes its name when all is done.

    Raises: Refusal when a step fails; Stopped.
    """
    wanted = digest([*migration_files(), ROOT / "uv.lock"])
    if server.has(DATABASE):
        if is_prepared(work.places, "database", wanted):
            return
        work.manage("migrate", "--no-input", "--verbosity=0", "--skip-checks")
    else:
        work.nursery.console.say("First start: making the database (this takes a minute)")
        server.query(f"DROP DATABASE IF EXISTS {UNFINISHED} WITH (FORCE)")
        server.ensure(UNFINISHED)
        migrate_and_fill(work, DATABASE_URL=server.url(UNFINISHED))
        server.query(f"ALTER DATABASE {UNFINISHED} RENAME TO {DATABASE}")
    prepared(work.places, "database", wanted)


def given_database(work: Preparation) -> None:
    """Migrate the person's own database; fill it at the first start only.

    Raises: Refusal when a step fails; Stopped.
    """
    name = hashlib.sha256(work.environment["DATABASE_URL"].encode()).hexdigest()
    if is_prepared(work.places, name, "filled"):
        work.manage("migrate", "--no-input", "--verbosity=0", "--skip-checks")
        return
    migrate_and_fill(work)
    prepared(work.places, name, "filled")


def migrate_and_fill(work: Preparation, **changed: str) -> None:
    """Migrations, the sample logins, and the sample unless CIRCOLARE_SAMPLE says no."""
    work.manage("migrate", "--no-input", "--verbosity=0", "--skip-checks", **changed)
    work.manage("create_logins", "--skip-checks", **changed)
    if env.flag("CIRCOLARE_SAMPLE", True) and (ROOT / FILL).exists():
        work.manage("fill_sample", **changed)


@contextmanager
def static_files(work: Preparation) -> Iterator[None]:
    """Collect static files beside what is done inside, where one of ours or a library changed.

    Raises: Refusal; Stopped.
    """
    wanted = digest([*files_in("static"), ROOT / "uv.lock"])
    if is_prepared(work.places, "static", wanted) and (work.places.var / "static").exists():
        yield
        return
    collecting = work.begin("collectstatic", "--no-input", "--verbosity=0", "--clear", "--skip-checks")
    yield
    work.finish(collecting)
    prepared(work.places, "static", wanted)


def migration_files() -> list[Path]:
    """Every migration of our rooms."""
    return [path for path in files_in("migrations") if path.suffix == ".py"]


def files_in(folder: str) -> list[Path]:
    """Files below each folder of that name in our rooms, in a fixed order."""
    found = (path for room in ROOMS for path in (ROOT / room).rglob(f"{folder}/**/*") if path.is_file())
    return sorted(path for path in found if "node_modules" not in path.parts and "__pycache__" not in path.parts)


def digest(files: Iterable[Path]) -> str:
    """A digest of names, sizes and times: cheap, and changed by every edit."""
    total = hashlib.sha256()
    for file in files:
        seen = file.stat()
        total.update(f"{file.relative_to(ROOT)}\0{seen.st_size}\0{seen.st_mtime_ns}\n".encode())
    return total.hexdigest()


def is_prepared(places: Places, what: str, wanted: str) -> bool:
    """Whether the last preparation of that thing saw the same files."""
    return stamps(places).get(what) == wanted


def prepared(places: Places, what: str, digest_seen: str) -> None:
    """Note that the thing was prepared from these files."""
    places.stamps.write_text(json.dumps(stamps(places) | {what: digest_seen}, indent=1), encoding="utf-8")


def stamps(places: Places) -> dict[str, str]:
    """What was noted so far; nothing when the note is missing or was cut short."""
    try:
        noted = json.loads(places.stamps.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}
