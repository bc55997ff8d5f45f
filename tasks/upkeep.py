"""The upkeep ticks: people who were erased or come back from a pause, daily chores."""

from celery import shared_task
from django.utils import timezone

from campaigns import chores, erasure, fence
from campaigns.sample import wish
from subscribers import standing


@shared_task
def reconcile() -> None:
    """Let erasures reach every room, end pauses, notice a copied database."""
    fence.is_open()
    erasure.follow(timezone.now())
    standing.end_pauses(now=timezone.now())


@shared_task
def pages() -> None:
    """Publish and take back the pages whose moment has come."""
    chores.publish_pages()


@shared_task
def nightly() -> None:
    """Do the daily chores that are due."""
    chores.do_due(timezone.now())


@shared_task
def sample() -> None:
    """Make the sample publication where the set-up page wished for it."""
    wish.fulfil(timezone.now())
