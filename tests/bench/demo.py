"""How long a newcomer waits, and how much memory the whole demo takes."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import AtMost, Line, figure
from tests.circolare.launching import READY, Launch, launched

SETTLE_SECONDS = 20.0
COLD_SECONDS = 120
SECOND_SECONDS = 10
PSS_MB = 800


@figure
def demo() -> Iterator[Line]:
    """A first start to the served home page, a second one, and the memory of all processes together."""
    folder = Path(tempfile.mkdtemp(prefix="circolare-bench-"))
    try:
        with launched(folder / "var", folder / "log", CIRCOLARE_SAMPLE="yes") as first:
            yield Line(
                "demo.cold_start", seconds_until_ready(first), "s", AtMost(COLD_SECONDS), beside="packages installed"
            )
            look_around(first)
            time.sleep(SETTLE_SECONDS)
            yield Line("demo.memory", pss_mb(first), "MB", AtMost(PSS_MB), beside="PSS, summed over all processes")
            yield Line("demo.idle", cpu_percent(first), "% of a core", beside=f"over {SETTLE_SECONDS:.0f} s")
            first.stop()
        with launched(folder / "var", folder / "log2") as second:
            yield Line("demo.second_start", seconds_until_ready(second), "s", AtMost(SECOND_SECONDS))
            began = time.monotonic()
            second.stop()
            yield Line("demo.stop", time.monotonic() - began, "s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def seconds_until_ready(launch: Launch) -> float:
    """From now, just after the start, until the home page was served."""
    began = time.monotonic()
    launch.wait_for(READY)
    return time.monotonic() - began


def look_around(launch: Launch) -> None:
    """Open pages as a visitor does, so that templates and pictures stand in memory."""
    for path in ("/it/", "/en/", "/it/articoli/", "/it/risorse/", "/admin/login/", "/inbox/"):
        launch.get(path)


def pss_mb(launch: Launch) -> float:
    """Proportional set sizes of the launcher and all its processes, in MB."""
    processes = [launch.process.pid, *launch.survivors()]
    return sum(pss_bytes(pid) for pid in processes) / 1e6


def pss_bytes(pid: int) -> int:
    """The share of memory that is this process's own, 0 when it ended meanwhile."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def cpu_percent(launch: Launch) -> float:
    """CPU time of all processes over a while, in percent of one core."""
    before, began = cpu_seconds(launch), time.monotonic()
    time.sleep(SETTLE_SECONDS)
    return 100 * (cpu_seconds(launch) - before) / (time.monotonic() - began)


def cpu_seconds(launch: Launch) -> float:
    """CPU time so far of the processes that live now."""
    return sum(process_seconds(pid) for pid in [launch.process.pid, *launch.survivors()])


def process_seconds(pid: int) -> float:
    """User and system time of one process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / 100
