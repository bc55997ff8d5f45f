"""`python -m circolare.launch demo | test COMMAND… | bench COMMAND… | run COMMAND… | check | fmt`: see the Makefile."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from circolare.launch import demo, errand, habits
from circolare.launch.children import Nursery, Stopped
from circolare.launch.console import Console, open_console
from circolare.launch.places import ROOT, Places, lock, open_places
from circolare.launch.refusal import Refusal

USAGE = "python -m circolare.launch demo | test COMMAND… | bench COMMAND… | run COMMAND… | check | fmt"

OWN_FOLDER = {"test", "bench"}


def main(arguments: Sequence[str]) -> int:
    """Do what the first word says; gives the exit status."""
    console = open_console()
    order, *command = arguments or ["help"]
    try:
        if order in {"check", "fmt"}:
            return habits.check(console) if order == "check" else habits.put_in_order(console)
        if order in {"demo", "test", "bench", "run"} and (command or order == "demo"):
            return launch(order, command, console)
    except Refusal as refusal:
        console.write(console.paint(str(refusal), "31"))
        return 1
    console.write(f"Usage: {USAGE}")
    return 2


def launch(order: str, command: Sequence[str], console: Console) -> int:
    """Own a `var/`, run the order in it, leave nothing running; gives the exit status.

    Raises: Refusal.
    """
    places = open_places(folder_for(order))
    owned = lock(places)
    owned.write(f"process {os.getpid()}")
    owned.flush()
    nursery = Nursery(places, console)
    try:
        return carry_out(order, places, nursery, command)
    except Stopped:
        console.say("Stopping")
        return 0 if order == "demo" else 130
    finally:
        nursery.stop_all()
        owned.close()


def carry_out(order: str, places: Places, nursery: Nursery, command: Sequence[str]) -> int:
    """Run one of the orders that need servers; gives the exit status.

    Raises: Refusal; Stopped.
    """
    if order in OWN_FOLDER:
        return errand.run_tests(places, nursery, command, is_durable=order == "bench")
    if order == "run":
        return errand.run_beside(places, nursery, command)
    demo.run(places, nursery, nursery.console)
    return 0


def folder_for(order: str) -> Path:
    """`var/`, or CIRCOLARE_VAR_DIR; tests and figures have folders of their own below it."""
    var = Path(os.environ.get("CIRCOLARE_VAR_DIR") or ROOT / "var").absolute()
    return var / order if order in OWN_FOLDER else var


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
