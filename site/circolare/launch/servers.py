"""Start the embedded servers that are wanted: each only where its own variable is unset."""

from collections.abc import Mapping
from dataclasses import dataclass

from circolare.launch import postgres, valkey
from circolare.launch.children import Nursery
from circolare.launch.places import Places


@dataclass(frozen=True)
class Servers:
    """What was started here, and the addresses of it."""

    postgres: postgres.Server | None  # None where DATABASE_URL was given
    variables: dict[str, str]  # DATABASE_URL and CELERY_BROKER_URL of what was started


def start(
    places: Places,
    nursery: Nursery,
    given: Mapping[str, str],
    *,
    database: str,
    settings: dict[str, str] | None = None,
) -> Servers:
    """Start what is not given; `settings` are PostgreSQL's beyond the usual.

    Raises: Refusal when a server cannot be started; Stopped.
    """
    variables = {}
    server = None
    if "DATABASE_URL" not in given:
        server = postgres.start(places, nursery, settings=settings)
        variables["DATABASE_URL"] = server.url(database)
    if "CELERY_BROKER_URL" not in given:
        variables["CELERY_BROKER_URL"] = valkey.start(places, nursery)
    return Servers(server, variables)
