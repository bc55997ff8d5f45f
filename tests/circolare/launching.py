"""A real launcher for tests: started as a person would, watched by its own words, looked for after its end."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY = "Circolare is ready"
COLD_SECONDS = 240.0
POLL_SECONDS = 0.1
# What a tester's shell may hold and a fresh machine does not.
STRANGERS = re.compile(
    r"DATABASE_URL|CELERY_BROKER_URL|CACHE_URL|SECRET_KEY|CIRCOLARE_.*|DJANGO_.*|PG.*|MAKE.*|BASE_URL"
)


@dataclass
class Launch:
    """One launcher under test."""

    process: subprocess.Popen[bytes]
    log: Path
    var: Path
    port: int

    @property
    def words(self) -> str:
        """Everything it has said."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, sentence: str, seconds: float = COLD_SECONDS) -> None:
        """Return when it has said that; fail when it ends or the time is over."""
        deadline = time.monotonic() + seconds
        while sentence not in self.words:
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.words}"
            assert time.monotonic() < deadline, f"never said {sentence!r}:\n{self.words}"
            time.sleep(POLL_SECONDS)

    def stop(self) -> int:
        """Stop it as Ctrl-C does; gives its exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def kill(self) -> None:
        """What no process can prepare for."""
        self.process.kill()
        self.process.wait(10)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        address = f"http://127.0.0.1:{self.port}{path}"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def survivors(self) -> dict[int, str]:
        """Command lines of the processes that belong to it, by process id; itself excepted."""
        own = {os.getpid(), self.process.pid}
        return {pid: line for pid, line in processes_of(self.var).items() if pid not in own}


def processes_of(var: Path) -> dict[int, str]:
    """Living processes that name the folder in command line or environment, or stand in it; by process id."""
    found = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            line = (entry / "cmdline").read_bytes()
            if line and belongs(entry, line, os.fsencode(var)):
                found[int(entry.name)] = line.replace(b"\0", b" ").decode(errors="replace")
    return found


def belongs(entry: Path, line: bytes, var: bytes) -> bool:
    """Whether a process is of that folder. PostgreSQL's own children show it by their working folder alone."""
    told = b"CIRCOLARE_VAR_DIR=" + var + b"\0" in (entry / "environ").read_bytes() + b"\0"
    return var in line or told or os.fsencode(os.readlink(entry / "cwd")).startswith(var + b"/")


def wait_until_gone(launch: Launch, seconds: float) -> dict[int, str]:
    """What still runs when the time is over; nothing as soon as nothing does."""
    deadline = time.monotonic() + seconds
    while (left := launch.survivors()) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return left


def free_port() -> int:
    """A port of loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fresh_environment(**more: str) -> dict[str, str]:
    """The tester's environment as a fresh machine has it, and no sample, which other tests fill."""
    kept = {key: value for key, value in os.environ.items() if not STRANGERS.fullmatch(key)}
    return kept | {"CIRCOLARE_SAMPLE": "no", "NO_COLOR": "1"} | more


def hear_ctrl_c() -> None:
    """Tests that run in the background ignore SIGINT, and their children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def launched(
    var: Path,
    log: Path,
    *,
    root: Path = ROOT,
    prefix: tuple[str, ...] = (),
    python: str = sys.executable,
    port: int | None = None,
    **more: str,
) -> Iterator[Launch]:
    """A launcher on a `var` folder; killed at the end if it still runs."""
    port = port or free_port()
    paths = os.pathsep.join([str(root), str(root / "site"), *more.pop("PYTHONPATH", "").split(os.pathsep)])
    variables = {"CIRCOLARE_VAR_DIR": str(var), "PORT": str(port), "PYTHONPATH": paths.rstrip(os.pathsep)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*prefix, python, "-m", "circolare.launch", "demo"],
            cwd=root,
            env=fresh_environment(**variables, **more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=hear_ctrl_c,
        )
    launch = Launch(process, log, var, port)
    try:
        yield launch
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(40)
            process.kill()
        process.wait(10)
        assert not wait_until_gone(launch, 15)


def copy_of_the_code(folder: Path) -> Path:
    """The project's own files in another folder, as a clone has them; its packages stay where they are."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file() and not name.startswith("tests/"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return folder
