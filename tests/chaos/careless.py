"""A worker that sets the new position of runs first and writes passages and mails after it, not in one transaction.

Exists to show that the journeys' kill test can fail: `celery -A tests.chaos.careless worker`.
"""

import time
from collections.abc import Sequence
from datetime import datetime

import django

django.setup()

from campaigns.journeys import committing  # noqa: E402
from campaigns.journeys.committing import Look  # noqa: E402
from circolare.celery import app  # noqa: E402

PAUSE_SECONDS = 0.3  # long enough to be struck in


def commit(looks: Sequence[Look], *, now: datetime) -> set[int]:
    """As `committing.commit`, torn in two."""
    ours = committing.move(looks, now=now)
    time.sleep(PAUSE_SECONDS)
    committing.mails.prepare(committing._letters(looks))
    committing.write([look for look in looks if look.run.pk in ours], now=now)
    return ours


committing.commit = commit

__all__ = ["app"]
