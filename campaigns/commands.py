"""How is a silent part started again? The exact command, as this installation was started."""

from django.conf import settings

OWN = ""
DEMO = "demo"
COMPOSE = "compose"
WORKERS = {
    "send": "--pool prefork --concurrency 2",
    "events": "--pool threads --concurrency 4",
    "journeys": "--pool threads --concurrency 4",
    "upkeep": "--pool threads --concurrency 4",
}


def beat() -> str:
    """Starts the clock."""
    return {
        DEMO: "make demo",
        COMPOSE: "docker compose --env-file circolare.env up --detach beat",
    }.get(settings.CIRCOLARE_STARTED_BY, 'celery --app circolare beat --pidfile ""')


def worker(queue: str) -> str:
    """Starts a worker of one queue."""
    return {
        DEMO: "make demo",
        COMPOSE: f"docker compose --env-file circolare.env up --detach worker-{queue}",
    }.get(settings.CIRCOLARE_STARTED_BY, f"celery --app circolare worker --queues {queue} {WORKERS[queue]}")
