"""The embedded Valkey: broker, cache and limits of a trial; it keeps nothing on disk, rows are the queue."""

import os
import socket
import time

from circolare.launch import embedded
from circolare.launch.children import Nursery, Recipe
from circolare.launch.places import Places, socket_folder
from circolare.launch.refusal import Refusal

START_SECONDS = 20.0
SETTINGS = {
    "--port": "0",
    "--unixsocketperm": "700",
    "--save": "",
    "--appendonly": "no",
    "--daemonize": "no",
    "--loglevel": "warning",
    "--maxclients": "200",
}


def start(places: Places, nursery: Nursery) -> str:
    """The CELERY_BROKER_URL of a running server.

    Raises: Refusal when it does not answer in time; Stopped.
    """
    folder = socket_folder(places.var, "valkey", os.geteuid())
    address = folder / "valkey.sock"
    options = [part for pair in SETTINGS.items() for part in pair]
    program = (str(embedded.valkey_program()), *options, "--unixsocket", str(address), "--dir", str(folder))
    child = nursery.start(Recipe("valkey", program, dict(os.environ), is_quiet=True, is_server=True))
    deadline = time.monotonic() + START_SECONDS
    while not answers(str(address)):
        if child.process.poll() is not None or time.monotonic() > deadline:
            nursery.tell_unsaid(child)
            raise Refusal("The embedded Valkey does not start; its own words stand above.")
        nursery.wait(0.02)
    return f"redis+socket://{address}"


def answers(address: str) -> bool:
    """Whether a server at that socket answers PING."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1.0)
            client.connect(address)
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False
