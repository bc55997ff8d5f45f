"""What every task of ours is: a tick, which says that the workers of its queue live."""

from typing import Any

from celery import Task

from campaigns import heartbeats


class Tick(Task):
    """A task of a few lines that finds its work in rows."""

    abstract = True

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Say that a worker takes this queue, as the broker named it."""
        queue = (self.request.delivery_info or {}).get("routing_key")
        if queue in heartbeats.QUEUES:
            heartbeats.say(heartbeats.worker(queue))
