"""Figures: `make bench`, or one of them: `make bench ONLY=demo`.

To add one, write `tests/bench/<name>.py` with a generator that measures and yields lines:

    from tests.bench import AtLeast, Line, figure

    @figure
    def sending() -> Iterator[Line]:
        '''One send worker into a light sink, beside django-newsletter on the same sink.'''
        ours, theirs = …
        yield Line("sending.rate", ours, "mails/s", AtLeast(1000))                      # an absolute bar
        yield Line("sending.ratio", ours / theirs, "×", AtLeast(4), is_ratio=True,      # a ratio bar: exit 1 if short
                   beside=f"django-newsletter {theirs:.0f} mails/s")

The function's name is what `ONLY=` names; its docstring is printed. It runs with Django set up on `tests.settings`;
`database()` below gives a migrated database of its own with committed rows. Absolute bars depend on the machine: each
is printed beside the calibration figure of the same run. Names of lines begin with the figure's name.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests import databases

Measure = Callable[[], Iterator["Line"]]
FIGURES: dict[str, Measure] = {}
CALIBRATION_SECONDS = 0.5
BLOCK = b"\0" * 65_536


@dataclass(frozen=True)
class AtLeast:
    """A bar that is reached from below."""

    limit: float

    def holds(self, value: float) -> bool:
        """Whether the value reaches the bar."""
        return value >= self.limit

    def __str__(self) -> str:
        return f">={self.limit:g}"


@dataclass(frozen=True)
class AtMost:
    """A bar that must not be passed."""

    limit: float

    def holds(self, value: float) -> bool:
        """Whether the value keeps below the bar."""
        return value <= self.limit

    def __str__(self) -> str:
        return f"<={self.limit:g}"


@dataclass(frozen=True)
class Line:
    """One figure as it is printed."""

    name: str  # "sending.rate"
    value: float
    unit: str
    bar: AtLeast | AtMost | None = None  # None: shown for comparison only
    is_ratio: bool = False  # a ratio of two things measured in the same run: a missed bar fails the run
    beside: str = ""  # the peer or limit measured in the same run

    @property
    def verdict(self) -> str:
        """`ok`, `short`, or `-` where there is no bar."""
        if self.bar is None:
            return "-"
        return "ok" if self.bar.holds(self.value) else "short"

    @property
    def fails(self) -> bool:
        """Whether the run must not be called good."""
        return self.is_ratio and self.verdict == "short"


def figure(measure: Measure) -> Measure:
    """Register a generator of lines under its own name."""
    FIGURES[measure.__name__] = measure
    return measure


@contextmanager
def database() -> Iterator[str]:
    """A migrated database of the figure's own, with Django's connection on it; gives its name."""
    name = f"test_bench_{os.getpid()}"
    databases.copy(databases.ensure_template(), name)
    try:
        with databases.using(name):
            yield name
    finally:
        databases.drop(name)


def calibration() -> float:
    """What one core does right now, in MB/s of SHA-256: absolute figures are read beside it."""
    n_blocks = 0
    began = time.perf_counter()
    while (seconds := time.perf_counter() - began) < CALIBRATION_SECONDS:
        hashlib.sha256(BLOCK).digest()
        n_blocks += 1
    return n_blocks * len(BLOCK) / seconds / 1e6
