"""The journeys tick."""

from celery import shared_task

from campaigns.journeys import clock, runs, triggers

# A tick comes each second; work beyond this is left to the next one, and to other workers.
BUDGET_SECONDS = 2.0


@shared_task
def tick() -> int:
    """Do what new events mean, move due runs, end drained journeys; gives how many runs were written."""
    now = clock.read()
    triggers.work(budget_seconds=BUDGET_SECONDS / 2, now=now)
    n_written = runs.work(budget_seconds=BUDGET_SECONDS / 2, now=now)
    runs.finish_drained()
    return n_written
