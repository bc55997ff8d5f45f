"""A bar on a terminal, a line now and then in a log."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from content.importing.run import Step

QUIET_SECONDS = 5.0  # between two lines where no terminal shows a bar


CHATTY = ("django_tasks", "wagtail", "wagtail.images")  # a line or more for each page saved


@contextmanager
def quiet() -> Iterator[None]:
    """Let libraries say only what is wrong while many pages are written."""
    loggers = [logging.getLogger(name) for name in CHATTY]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def shown(output: OutputWrapper) -> Iterator[Step]:
    """A function to call with (done, in all, what): draws a bar, or writes a line each few seconds."""
    stream = cast(TextIO, output._out)
    if not stream.isatty():
        yield _Lines(stream)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total or None, description=what)


class _Lines:
    """Says how far it is, not more often than every few seconds."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.said_at = time.monotonic()

    def __call__(self, done: int, total: int, what: str) -> None:
        if time.monotonic() - self.said_at < QUIET_SECONDS:
            return
        self.said_at = time.monotonic()
        self.stream.write(f"{what}: {done}/{total}\n")
        self.stream.flush()
