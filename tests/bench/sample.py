"""How long the sample publication takes to be made, and to go."""

import tempfile
import time
from collections.abc import Iterator

from django.test import override_settings
from django.utils import translation

from campaigns.sample import clear
from tests import bench, samples
from tests.bench import AtMost, Line, figure

FILL_SECONDS = 30


@figure
def sample() -> Iterator[Line]:
    """Fill an empty installation as `fill_sample` does, then clear it."""
    files = tempfile.TemporaryDirectory(prefix="circolare-bench-")
    with files as media, bench.database(), override_settings(MEDIA_ROOT=media), translation.override("it"):
        began = time.monotonic()
        filled = samples.again()
        told = f"{filled.n_articles} articles, {filled.n_people} people" if filled else ""
        yield Line("sample.fill", time.monotonic() - began, "s", AtMost(FILL_SECONDS), beside=told)
        began = time.monotonic()
        clear.clear(samples.NOW)
        yield Line("sample.clear", time.monotonic() - began, "s")
