"""The sample publication as a database that is made once in a run, and copies of it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from django.test import override_settings
from django.utils import translation

from campaigns.sample import fill
from tests import databases

RUN = "CIRCOLARE_TEST_RUN"  # the variable that names the run
LOCK = 7_203_151_220  # any number of our own: one process fills, the others wait
SEED, DAY = 7, date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Filled:
    """Where the sample stands."""

    name: str  # of the database
    media: Path

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Django's default connection on it, to read alone."""
        files = override_settings(MEDIA_ROOT=self.media)
        with databases.using(self.name), files, translation.override("it"):
            yield

    @contextmanager
    def copied(self, place: Path) -> Iterator[None]:
        """The same on a copy that may be changed, with its files in `place`."""
        shutil.copytree(self.media, place)
        with copied(_untouched(self.name)) as name, Filled(name, place).looked_at():
            yield


def ensure(template: str) -> Filled:
    """The filled database of this run, made by whoever comes first."""
    found = Filled(_name(), Path(tempfile.gettempdir()) / _name())
    with databases.server() as link:
        link.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [found.name]).fetchone():
            draft = _untouched(found.name)
            databases.copy(template, draft)
            shutil.rmtree(found.media, ignore_errors=True)
            found.media.mkdir()
            with Filled(draft, found.media).looked_at():
                again()
            databases.copy(draft, found.name)
    return found


@contextmanager
def copied(template: str) -> Iterator[str]:
    """A copy of a database nobody is connected to, gone afterwards; gives its name.

    The name is new each time: a process remembers rows by database and id.
    """
    name = f"{_name()}_{uuid4().hex[:8]}"
    databases.copy(template, name)
    try:
        yield name
    finally:
        databases.drop(name)


def again() -> fill.Filled | None:
    """Fill the database that is connected now; None where the sample is there."""
    return fill.fill(seed=SEED, day=DAY, now=NOW, say=lambda *_step: None)


def drop() -> None:
    """Take away what `ensure` made."""
    media = Path(tempfile.gettempdir()) / _name()
    if media.exists():
        databases.drop(_name())
        databases.drop(_untouched(_name()))
        shutil.rmtree(media)


def _untouched(name: str) -> str:
    """A database is copied only while nobody is connected to it: of the sample there is one that nobody looks at."""
    return f"{name}_untouched"


def _name() -> str:
    return f"test_circolare_sample_{os.environ[RUN]}"
