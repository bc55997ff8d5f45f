"""Start, watch, restart and stop the children of one launcher."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from circolare.launch.console import Console
from circolare.launch.places import ROOT, Places

HERE = Path(__file__).parent
POLL_SECONDS = 0.1
GUARD_WAIT_SECONDS = 15.0
HARD_SECONDS = 3.0
# Back-off between restarts of a child that dies: 1, 2, 4 … 30 s; a minute of life makes it new again.
BACKOFF_LIMIT_SECONDS = 30.0
HEALTHY_SECONDS = 60.0


class Stopped(Exception):
    """Somebody asked the launcher to stop (Ctrl-C, SIGTERM, its terminal or its make is gone)."""


@dataclass(frozen=True)
class Recipe:
    """How one child is run."""

    name: str  # the word in front of its lines
    program: tuple[str, ...]  # absolute path and arguments
    environment: dict[str, str]
    stop_signal: str = "SIGTERM"  # what the launcher sends to stop it
    orphan_signal: str = "SIGTERM"  # what it gets when the launcher was killed, or its grace is over
    identity: str = "same"  # see child.py
    grace_seconds: float = 8.0  # between the stop signal and the orphan signal; SIGKILL comes HARD_SECONDS later
    before: Callable[[], None] | None = None  # run before each start
    is_quiet: bool = False  # its lines are told only when it fails
    is_server: bool = False  # others need it to end well: stopped last


@dataclass
class Child:
    """One running child, and when to start it again."""

    recipe: Recipe
    process: subprocess.Popen[str]
    began: float  # monotonic seconds
    failures: int = 0
    restart_at: float | None = None  # monotonic seconds, while it is down
    reader: threading.Thread | None = field(default=None, repr=False)
    unsaid: deque[str] = field(default_factory=lambda: deque(maxlen=40), repr=False)


class Nursery:
    """All children of this launcher, with the guard that outlives it."""

    def __init__(self, places: Places, console: Console) -> None:
        self.console = console
        self.children: list[Child] = []
        self._stop_asked = threading.Event()
        self._hurry = False
        # Under make the launcher ends with it; started alone it may outlive its shell.
        self._make_id = os.getppid() if "MAKELEVEL" in os.environ else None
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(HERE / "guard.py"), str(places.guard_lock)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's wish is kept
                signal.signal(number, self._ask_to_stop)

    # -- starting -------------------------------------------------------------------------------------------
    def start(self, recipe: Recipe) -> Child:
        """Start a child that is expected to live as long as the launcher."""
        child = Child(recipe, self._spawn(recipe), time.monotonic())
        self._listen(child)
        self.children.append(child)
        return child

    def run(self, recipe: Recipe) -> int:
        """Run a child to its end, its lines on the console; gives its exit status.

        Raises: Stopped when somebody asked to stop meanwhile; the child is ended then.
        """
        return self.finish(self.start(recipe))

    def finish(self, child: Child) -> int:
        """Wait for the end of a child that was started; gives its exit status.

        Raises: Stopped when somebody asked to stop meanwhile; the child is ended then.
        """
        try:
            while child.process.poll() is None:
                self.wait(POLL_SECONDS)
        finally:
            self.stop([child])
            self._bury(child)
            self.children.remove(child)
        if child.process.returncode:
            self.tell_unsaid(child)
        return child.process.returncode

    def _spawn(self, recipe: Recipe) -> subprocess.Popen[str]:
        """A process in its own session: a Ctrl-C at the terminal reaches the launcher alone.

        Only called from the main thread: Linux sends the parent-death signal when the starting *thread* ends.
        """
        if recipe.before:
            recipe.before()
        become = [sys.executable, "-I", "-S", str(HERE / "child.py")]
        process = subprocess.Popen(
            [*become, recipe.orphan_signal, recipe.identity, str(os.getpid()), *recipe.program],
            env=recipe.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        self._order(f"+{process.pid} {recipe.orphan_signal}")
        return process

    def _listen(self, child: Child) -> None:
        child.reader = threading.Thread(target=self._relay, args=(child,), daemon=True)
        child.reader.start()

    def _relay(self, child: Child) -> None:
        lines = child.process.stdout
        for line in lines or ():
            if child.recipe.is_quiet:
                child.unsaid.append(line)
            else:
                self.console.tell(child.recipe.name, line)

    def tell_unsaid(self, child: Child) -> None:
        """Tell what a quiet child wrote: it failed."""
        while child.unsaid:
            self.console.tell(child.recipe.name, child.unsaid.popleft())

    def _order(self, line: str) -> None:
        if self._guard.stdin:
            self._guard.stdin.write(line + "\n")
            self._guard.stdin.flush()

    # -- watching -------------------------------------------------------------------------------------------
    def wait(self, seconds: float) -> None:
        """Sleep, unless the launcher is to stop.

        Raises: Stopped.
        """
        is_orphan = self._make_id is not None and os.getppid() != self._make_id
        if self._stop_asked.wait(seconds) or self.console.is_closed or is_orphan:
            raise Stopped

    def watch(self) -> None:
        """Say which children died, and start them again with growing pauses; for ever.

        Raises: Stopped.
        """
        while True:
            self.wait(POLL_SECONDS)
            for child in self.children:
                self._tend(child)

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is None and child.process.poll() is not None:
            self._mourn(child, now)
        elif child.restart_at is not None and now >= child.restart_at:
            child.process, child.began, child.restart_at = self._spawn(child.recipe), now, None
            self._listen(child)

    def _mourn(self, child: Child, now: float) -> None:
        child.failures = 0 if now - child.began > HEALTHY_SECONDS else child.failures + 1
        pause = min(2.0 ** max(child.failures - 1, 0), BACKOFF_LIMIT_SECONDS)
        child.restart_at = now + pause
        self._finish([child])
        self.tell_unsaid(child)
        status = how_it_ended(child.process.returncode)
        self.console.say(self.console.paint(f"{child.recipe.name} {status}; starting it again in {pause:.0f} s", "31"))

    # -- stopping -------------------------------------------------------------------------------------------
    def stop(self, children: Iterable[Child]) -> None:
        """Stop children together: each by its own signal, then by SIGKILL when its grace is over."""
        stopping = [child for child in children if child.process.poll() is None]
        for child in stopping:
            child.process.send_signal(signal.Signals[child.recipe.stop_signal])
        self._finish(stopping)

    def stop_all(self) -> None:
        """Stop everything, servers after those who need them; ends the guard too."""
        self.stop(child for child in self.children if not child.recipe.is_server)
        self.stop(child for child in self.children if child.recipe.is_server)
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait(GUARD_WAIT_SECONDS)

    def _finish(self, children: list[Child]) -> None:
        """Wait for children that were told to stop, hurry and then kill the late, tell the guard."""
        began = time.monotonic()
        hurried: set[int] = set()
        while late := [child for child in children if child.process.poll() is None]:
            for child in late:
                waited = time.monotonic() - began - child.recipe.grace_seconds
                if self._hurry or waited > HARD_SECONDS:
                    kill_group(child.process.pid)
                elif waited > 0 and child.process.pid not in hurried:
                    hurried.add(child.process.pid)
                    child.process.send_signal(signal.Signals[child.recipe.orphan_signal])
            time.sleep(POLL_SECONDS / 2)
        for child in children:
            self._bury(child)

    def _bury(self, child: Child) -> None:
        kill_group(child.process.pid)
        self._order(f"-{child.process.pid}")
        if child.reader:
            child.reader.join(timeout=2.0)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._hurry = self._stop_asked.is_set()
        self._stop_asked.set()


def kill_group(group: int) -> None:
    """Kill what is left of a child's session, if anything is."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def how_it_ended(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"
