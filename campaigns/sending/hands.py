"""How many hands does the backlog need now? And what is the next one called?"""

import os
import socket
from uuid import uuid4

from django.db import connection

from campaigns import fence

N_PER_HAND = 500  # due mails that are worth another hand
MOST_HANDS = 8  # started by one tick; each works two seconds, and the next tick starts more
# Counts no further than needed: an issue of a million costs what one of a few thousand does.
BACKLOG = """
SELECT count(*) FROM (
    SELECT FROM campaigns_mailing AS mailing
    JOIN campaigns_account AS account ON account.id = mailing.account_id
    CROSS JOIN LATERAL (
        SELECT FROM campaigns_delivery AS delivery WHERE delivery.mailing_id = mailing.id
            AND delivery.state IN ('queued', 'deferred') AND delivery.due_at <= statement_timestamp() LIMIT %s
    ) AS due
    WHERE mailing.state = 'sending' AND account.paused_at IS NULL LIMIT %s
) AS found
"""


def wanted() -> int:
    """How many hands to start: none while nothing is due or nothing may leave. Two queries."""
    if not fence.is_open():
        return 0
    most = N_PER_HAND * MOST_HANDS
    with connection.cursor() as cursor:
        cursor.execute(BACKLOG, [most, most])
        n_due = cursor.fetchone()[0]
    return -(-n_due // N_PER_HAND)


def new_name() -> str:
    """A name no other hand has, with the machine and process for whoever looks at the row."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:12]}"
