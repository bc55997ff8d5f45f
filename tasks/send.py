"""The send tick: what is due is found in rows, and given to as many hands as it needs."""

from celery import shared_task
from django.utils import timezone

from campaigns.sending import hands, leaving, reconcile, service, worker

# A hand that nobody took at once is not missed: the next tick starts new ones, and must not stand behind old ones.
HAND_EXPIRES_SECONDS = 1


@shared_task
def tick() -> None:
    """Move mailings on, turn requests into deliveries, start hands."""
    now = timezone.now()
    service.take(now)
    leaving.move_on(now)
    reconcile.sweep(now)
    for _ in range(hands.wanted()):
        hand.apply_async(expires=HAND_EXPIRES_SECONDS)


@shared_task
def hand() -> int:
    """Send for two seconds at most; gives how many mails got an answer."""
    return worker.run_chunk(hands.new_name())
