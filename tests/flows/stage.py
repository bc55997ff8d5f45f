"""A stage for stories with real processes: a database of its own with committed rows, and worker, beat, web on it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from tests import databases

ROOT = Path(__file__).resolve().parents[2]
QUEUES = "send,events,journeys,upkeep"
POLL_SECONDS = 0.05
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_numbers = count(1)


class Late(AssertionError):
    """What was waited for did not come in time."""


@dataclass
class Process:
    """A running part of the installation."""

    name: str
    handle: subprocess.Popen[bytes]
    log: Path
    url: str = ""  # of a web server

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.handle.poll() is None

    def said(self) -> str:
        """All it has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> float:
        """End it with SIGKILL, children included; gives the instant (seconds since 1970) just before the signal."""
        at = time.time()
        with suppress(ProcessLookupError):
            os.killpg(self.handle.pid, signal.SIGKILL)
        self.handle.wait()
        return at

    def stop(self) -> int:
        """End it as a deployment would (SIGTERM); gives its exit status."""
        with suppress(ProcessLookupError):
            self.handle.terminate()
        try:
            return self.handle.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.handle.returncode


@dataclass
class Stage:
    """What a story needs. `env` is the environment of every process started here and may be changed before."""

    database: str
    folder: Path
    env: dict[str, str]
    processes: list[Process] = field(default_factory=list)

    @contextmanager
    def worker(self, *, queues: str = QUEUES, threads: int = 4, app: str = "circolare") -> Iterator[Process]:
        """A Celery worker that is ready; `app` may name another module for a broken twin."""
        process = self.start_worker(queues=queues, threads=threads, app=app)
        with self._ending(process):
            yield process

    def start_worker(self, *, queues: str = QUEUES, threads: int = 4, app: str = "circolare") -> Process:
        """A worker that is ready and that the story itself kills or stops; the stage ends it at last."""
        process = self.launch_worker(queues=queues, threads=threads, app=app)
        self.wait(lambda: " ready." in process.said() or not process.is_running, START_SECONDS, "the worker's start")
        return self._alive(process)

    def launch_worker(self, *, queues: str = QUEUES, threads: int = 4, app: str = "circolare") -> Process:
        """As `start_worker`, without waiting until it is ready."""
        options = ("-P", "threads", "-c", str(threads), "-Q", queues, "-l", "INFO", "--without-mingle")
        return self.start("worker", "celery", "-A", app, "worker", *options, "-n", f"w{next(_numbers)}@stage")

    @contextmanager
    def beat(self) -> Iterator[Process]:
        """Celery's beat."""
        process = self.start("beat", "celery", "-A", "circolare", "beat", "-l", "INFO")
        self.wait(lambda: "Sending due task" in process.said() or not process.is_running, START_SECONDS, "beat's start")
        with self._ending(self._alive(process)):
            yield process

    @contextmanager
    def web(self) -> Iterator[Process]:
        """The site on a free port of loopback; `.url` is its address without a slash at the end."""
        port = free_port()
        self.env["BASE_URL"] = f"http://127.0.0.1:{port}"
        options = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4")
        process = self.start("web", "granian", *options, "circolare.wsgi:application")
        process.url = self.env["BASE_URL"]
        self.wait(lambda: answers(process.url) or not process.is_running, START_SECONDS, "the web server's start")
        with self._ending(self._alive(process)):
            yield process

    def start(self, name: str, module: str, *arguments: str) -> Process:
        """Run `python -m module arguments` in a session of its own."""
        log = self.folder / f"{name}-{next(_numbers)}.log"
        with log.open("wb") as output:
            handle = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = Process(name, handle, log)
        self.processes.append(process)
        return process

    def manage(self, *arguments: str, timeout: float = 120.0) -> str:
        """Run a management command to its end and give what it wrote.

        Raises: AssertionError with its words when it fails.
        """
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait(self, happens: Callable[[], object], seconds: float = 20.0, what: str = "it") -> None:
        """Look again and again until `happens()` is true.

        Raises: Late when the time is over, with the last lines of every process.
        """
        deadline = time.monotonic() + seconds
        while not happens():
            if time.monotonic() > deadline:
                raise Late(f"{what} did not come within {seconds} s\n{self.last_words()}")
            time.sleep(POLL_SECONDS)

    def last_words(self, n_lines: int = 25) -> str:
        """The end of each process's log."""
        return "\n".join(
            "\n".join([f"--- {process.name} ({process.handle.poll()})", *process.said().splitlines()[-n_lines:]])
            for process in self.processes
        )

    def close(self) -> None:
        """End whatever still runs."""
        for process in self.processes:
            if process.is_running:
                process.kill()

    def _alive(self, process: Process) -> Process:
        assert process.is_running, self.last_words()
        return process

    @contextmanager
    def _ending(self, process: Process) -> Iterator[None]:
        try:
            yield
        finally:
            process.stop()


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a web server gives any answer there."""
    try:
        urllib.request.urlopen(f"{url}/it/", timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def environment(database: str, folder: Path, prefix: str) -> dict[str, str]:
    """The environment of processes on that database; broker and cache are the test run's, under a prefix of its own."""
    given = settings.DATABASES["default"]
    host, port = given["HOST"], given["PORT"]
    where = f"@/{database}?host={host}" if host.startswith("/") else f"@{host or '127.0.0.1'}:{port or 5432}/{database}"
    login = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"postgresql://{login}{where}",
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "CACHE_URL": settings.CACHE_URL,
        "CIRCOLARE_KEY_PREFIX": prefix,
        "CIRCOLARE_VAR_DIR": str(folder),
        "SECRET_KEY": settings.SECRET_KEY,
        "CIRCOLARE_DIGEST_KEY": settings.CIRCOLARE_DIGEST_KEY,
        "EMAIL_URL": settings.EMAIL_URL,
        "BASE_URL": settings.BASE_URL,
        "CIRCOLARE_MAIL_IS_CAUGHT": "yes",  # sinks take mail for reserved domains
        "PYTHONUNBUFFERED": "1",
    }


def forget_keys(prefix: str) -> None:
    """Delete the keys of one prefix from the broker and cache of the test run."""
    client = redis.Redis.from_url(settings.CACHE_URL)
    keys = [*client.scan_iter(f"{prefix}*", count=1000), *client.scan_iter(f"_kombu.binding.{prefix}*", count=1000)]
    if keys:
        client.delete(*keys)
    client.close()


@contextmanager
def set_up(template: str, django_db_blocker: object, folder: Path) -> Iterator[Stage]:
    """A stage on a fresh copy of the migrated database; this process's own rows are committed there too."""
    number = next(_numbers)
    name = f"test_stage_{os.getpid()}_{number}"
    prefix = f"{settings.CIRCOLARE_KEY_PREFIX}stage-{os.getpid()}-{number}:"
    databases.copy(template, name)
    scene = Stage(name, folder, environment(name, folder, prefix))
    with django_db_blocker.unblock(), databases.using(name):
        try:
            yield scene
        finally:
            scene.close()
            connection.close()
    databases.drop(name)
    forget_keys(prefix)


@pytest.fixture
def stage(template_database: str, django_db_blocker: object, tmp_path: Path) -> Iterator[Stage]:
    """A stage for one story."""
    with set_up(template_database, django_db_blocker, tmp_path) as scene:
        yield scene
