"""`make demo`: servers, database, sample, then web, worker and beat until somebody stops it."""

import http.client
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from circolare.launch import environment, prepare, servers
from circolare.launch.children import Child, Nursery, Recipe
from circolare.launch.console import Console
from circolare.launch.places import Places
from circolare.launch.prepare import Preparation
from circolare.launch.refusal import Refusal

CELERY = (sys.executable, "-m", "celery", "--app", "circolare", "--quiet", "--skip-checks")
QUEUES = "send,events,journeys,upkeep"
# A tick of each queue may run long at once and leave a thread for the others.
WORKER_THREADS = 6
WEB_THREADS = 4
SERVED_SECONDS = 90.0
REQUEST_SECONDS = 30.0
REDIRECTS = 4


@dataclass(frozen=True)
class Address:
    """Where the site listens and what it is called."""

    host: str
    port: int
    url: str


def run(places: Places, nursery: Nursery, console: Console) -> None:
    """Run the whole installation; ends by Stopped.

    Raises: Refusal when something is missing or does not start; Stopped.
    """
    began = time.monotonic()
    given = environment.of_the_person(with_file=True)
    host, port = environment.address(given)
    started = servers.start(places, nursery, given, database=prepare.DATABASE)
    whole = environment.keep(places, given, started.variables | environment.public_names(host, port))
    whole["CIRCOLARE_STARTED_BY"] = "demo"
    work = Preparation(places, nursery, whole)
    with prepare.static_files(work):
        if started.postgres:
            prepare.embedded_database(work, started.postgres)
        else:
            prepare.given_database(work)
    (places.var / "renditions").mkdir(exist_ok=True)
    address = Address(host, port, whole["BASE_URL"])
    web = start_web_and_worker(work, address)
    wait_until_served(nursery, web, address)
    start_beat(work)
    console.write(welcome(address, places, time.monotonic() - began))
    nursery.watch()


def start_web_and_worker(work: Preparation, address: Address) -> Child:
    """Start web and worker together; gives the web."""
    pool = ("--pool", "threads", "--concurrency", str(WORKER_THREADS), "--queues", QUEUES)
    alone = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING")
    # Celery warns root at length; in a trial on one's own machine it is not news.
    calm = work.environment | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    web = work.nursery.start(Recipe("web", web_program(work.places, address), work.environment))
    work.nursery.start(Recipe("worker", (*CELERY, "worker", *pool, *alone), calm, orphan_signal="SIGQUIT"))
    return web


def start_beat(work: Preparation) -> None:
    """Start the clock, last: until then the two cores of a small machine serve the page that somebody waits for.

    An empty pid file name: nothing on disk to be stale after a kill; the schedule stands in memory.
    """
    beat = ("beat", "--pidfile", "", "--loglevel", "WARNING")
    work.nursery.start(Recipe("beat", (*CELERY, *beat), work.environment))


def web_program(places: Places, address: Address) -> tuple[str, ...]:
    """The web server's command line; public renditions are its own static route."""
    files = ("--static-path-route", "/renditions", "--static-path-mount", str(places.var / "renditions"))
    listen = ("--host", address.host, "--port", str(address.port), "--workers", "1")
    threads = ("--blocking-threads", str(WEB_THREADS), "--workers-kill-timeout", "5")
    return (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"),
        *(*listen, *threads, *files),
        "circolare.wsgi:application",
    )


def wait_until_served(nursery: Nursery, web: Child, address: Address) -> None:
    """Return when the home page was served.

    Raises: Refusal when the web process ended or does not answer in time; Stopped.
    """
    deadline = time.monotonic() + SERVED_SECONDS
    while (status := home_page_status(address)) is None:
        if web.process.poll() is not None or time.monotonic() > deadline:
            raise Refusal(f"The web server does not answer on {address.url}; its own words stand above.")
        nursery.wait(0.1)
    if status >= http.client.INTERNAL_SERVER_ERROR:
        nursery.console.say(nursery.console.paint(f"The home page answers {status}; the reason stands above.", "31"))


def home_page_status(address: Address) -> int | None:
    """The HTTP status of the home page, as a browser finds it from `/`; None while nobody answers."""
    path = "/"
    try:
        for _ in range(REDIRECTS):
            status, target = fetch(address, path)
            if target is None:
                return status
            path = urlsplit(target).path
    except (OSError, http.client.HTTPException):
        return None
    return status


def fetch(address: Address, path: str) -> tuple[int, str | None]:
    """Status and redirect target of one page.

    Raises: OSError or HTTPException when nobody answers.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104 - recognised
    connection = http.client.HTTPConnection(host, address.port, timeout=REQUEST_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": urlsplit(address.url).netloc})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location")
    finally:
        connection.close()


def welcome(address: Address, places: Places, seconds: float) -> str:
    """What a person needs to begin: addresses, logins, how to stop."""
    logins = places.logins.read_text(encoding="utf-8") if places.logins.exists() else ""
    rows = [line for line in logins.splitlines() if line and not line.startswith("#")]
    lines = [
        "",
        f"Circolare is ready after {seconds:.0f} s.",
        f"  Site     {address.url}/",
        f"  Office   {address.url}/admin/",
        f"  Inbox    {address.url}/inbox/   (every mail it sends; nothing leaves this machine)",
        *([f"  Logins   (also in {places.logins})", *(f"           {row}" for row in rows)] if rows else []),
        "  Stop with Ctrl-C. Start again with the same command; nothing is lost.",
        "",
    ]
    return "\n".join(lines)
