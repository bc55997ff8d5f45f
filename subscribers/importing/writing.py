"""Several chunks written at once, while the next one is read."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from django.db import connection

from subscribers.importing.chunks import Chunk

Given = TypeVar("Given")
# One connection writes 13 000 rows/s and two 22 000 on two cores; more wait for each other's index pages.
N_WRITERS = min(2, os.cpu_count() or 1)


def each(prepared: Iterator[Chunk], merge: Callable[[Chunk], Given]) -> Iterator[Given]:
    """What `merge` gives for each chunk, in any order; a few chunks stand in memory at a time.

    Inside somebody's transaction it goes one by one on that connection: other connections would not see it.
    A stop lets the chunks that are being written come to their end.
    """
    if connection.in_atomic_block:
        yield from map(merge, prepared)
        return
    under_way: set[Future[Given]] = set()
    with ThreadPoolExecutor(N_WRITERS, thread_name_prefix="import") as writers:
        for chunk in prepared:
            under_way.add(writers.submit(_apart, merge, chunk))
            while len(under_way) > N_WRITERS:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        yield from (future.result() for future in under_way)


def _apart(merge: Callable[[Chunk], Given], chunk: Chunk) -> Given:
    """Merge on a connection of this thread's own, closed at the end of the chunk: threads have no other end."""
    try:
        return merge(chunk)
    finally:
        connection.close()
