"""`make check` and `make fmt`: what can be said about the code, and mended, without a server or a network."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from circolare.launch.console import Console
from circolare.launch.environment import SECRETS
from circolare.launch.places import ROOT

PYTHON_FOLDERS = ("site", "content", "subscribers", "campaigns", "tasks", "tests", "manage.py")


@dataclass(frozen=True)
class Habit:
    """One thing that is kept everywhere."""

    name: str
    command: tuple[str, ...]


def habits() -> list[Habit]:
    """What is checked, the quick ones first."""
    manage = (sys.executable, str(ROOT / "manage.py"))
    return [
        Habit("ruff", (program("ruff"), "check", ".")),
        Habit("ruff format", (program("ruff"), "format", "--check", ".")),
        Habit("templates", (program("djhtml"), "--check", "--tabwidth", "2", *templates())),
        Habit("rooms", (program("lint-imports"), "--no-cache")),
        Habit("system checks", (*manage, "check", "--fail-level", "WARNING")),
        Habit("migrations", (*manage, "makemigrations", "--check", "--dry-run")),
        Habit("texts", (program("pytest"), "-q", "--noconftest", "tests/circolare/test_catalogues.py")),
        Habit("docs", (program("pytest"), "-q", "--noconftest", "tests/circolare/test_docs.py")),
        Habit("types", (program("mypy"),)),
    ]


def put_in_order(console: Console) -> int:
    """Put code and templates in order; gives the exit status."""
    tidy = [
        Habit("imports", (program("ruff"), "check", "--fix", ".")),
        Habit("code", (program("ruff"), "format", ".")),
        Habit("templates", (program("djhtml"), "--tabwidth", "2", *templates())),
    ]
    return 0 if all(is_kept(habit, console) for habit in tidy) else 1


def check(console: Console) -> int:
    """Keep all habits to the end and say which were broken; gives the exit status."""
    broken = [habit.name for habit in habits() if not is_kept(habit, console)]
    if broken:
        console.write(console.paint(f"Broken: {', '.join(broken)}", "31"))
    return 1 if broken else 0


def is_kept(habit: Habit, console: Console) -> bool:
    """Whether the command succeeds; its words are shown when it does not."""
    began = time.monotonic()
    result = subprocess.run(
        habit.command,
        cwd=ROOT,
        env=throw_away(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    is_good = result.returncode == 0
    word = console.paint("ok", "32") if is_good else console.paint("BROKEN", "31")
    console.write(f"{habit.name:<14} {word} {time.monotonic() - began:6.1f} s")
    if not is_good:
        console.write(result.stdout)
    return is_good


def throw_away() -> dict[str, str]:
    """An environment that names no server of anybody's, with keys for this once."""
    nowhere = {
        "DATABASE_URL": "postgresql://nobody@/none?host=/nonexistent",
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    }
    return dict(os.environ) | {name: secrets.token_urlsafe(48) for name in SECRETS} | nowhere


def program(name: str) -> str:
    """A program of the own virtual environment."""
    return str(Path(sys.executable).with_name(name))


def templates() -> Sequence[str]:
    """The files that djhtml keeps in order."""
    folder = ROOT / "site" / "templates"
    return sorted(str(path) for path in folder.rglob("*.html")) if folder.exists() else []
