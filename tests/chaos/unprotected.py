"""A worker without the hand-over record: rows of a silent hand simply wait again, whether their mail had begun or not.

Exists to show that the kill test can fail: `celery -A tests.chaos.unprotected worker`.
"""

import django

django.setup()

from campaigns.sending import ledger  # noqa: E402
from circolare.celery import app  # noqa: E402

ledger.AFTER_LEASE[ledger.State.HANDING_OVER] = ledger.State.QUEUED

__all__ = ["app"]
