"""Run one command beside the servers it needs: tests, figures, a management command."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence

from circolare.launch import environment, servers
from circolare.launch.children import HERE, Nursery
from circolare.launch.places import ROOT, Places
from circolare.launch.postgres import TEST_SETTINGS
from circolare.launch.prepare import DATABASE


def run_tests(places: Places, nursery: Nursery, command: Sequence[str], *, is_durable: bool = False) -> int:
    """Run a command with throw-away keys, and servers of its own where none are given; gives its exit status.

    `.env` is left alone: it may name servers that hold real people. Figures are taken on a durable database.
    """
    given = environment.of_the_person(with_file=False)
    settings = {} if is_durable else TEST_SETTINGS
    started = servers.start(places, nursery, given, database=DATABASE, settings=settings)
    if started.postgres:
        started.postgres.ensure(DATABASE)
    keys = {name: given.get(name) or secrets.token_urlsafe(48) for name in environment.SECRETS}
    return in_foreground(given | started.variables | keys | {"CIRCOLARE_VAR_DIR": str(places.var)}, command)


def run_beside(places: Places, nursery: Nursery, command: Sequence[str]) -> int:
    """Run a command on the installation of `make demo` while that is stopped; gives its exit status."""
    given = environment.of_the_person(with_file=True)
    started = servers.start(places, nursery, given, database=DATABASE)
    if started.postgres:
        started.postgres.ensure(DATABASE)
    return in_foreground(environment.keep(places, given, started.variables), command)


def in_foreground(variables: dict[str, str], command: Sequence[str]) -> int:
    """Run a command in our own process group, so that Ctrl-C and the terminal are its own; gives its exit status."""
    become = [sys.executable, "-I", "-S", str(HERE / "child.py"), "SIGTERM", "same", str(os.getpid())]
    process = subprocess.Popen([*become, *command], env=variables, cwd=ROOT)
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, _frame: process.send_signal(number))
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
