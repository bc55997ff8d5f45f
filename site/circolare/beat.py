"""The clock: Celery's own scheduler, which also says that it lives and does not fill a queue that nobody empties."""

import logging
from functools import cached_property
from typing import Any

from celery.beat import ScheduleEntry
from celery.beat import Scheduler as CeleryScheduler
from django.db import DatabaseError, connection
from kombu.exceptions import KombuError

from campaigns import heartbeats

logger = logging.getLogger(__name__)
# Ticks that wait: more of them change nothing, the next one finds the same rows. RabbitMQ keeps expired messages
# until a worker looks at them, and Redis keeps all of them.
LONGEST_QUEUE = 20
FAR_AWAY_SECONDS = 1.0


class Scheduler(CeleryScheduler):
    """The schedule stands in memory: nothing on disk to be stale after a kill."""

    max_interval = FAR_AWAY_SECONDS
    _look: Any = None  # a channel of its own, to look at queues
    _full: frozenset[str] = frozenset()  # queues that were too long at the last look

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Celery's own tick, after saying that the clock lives."""
        say_alive()
        return super().tick(*args, **kwargs)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Publish a tick, unless enough of them wait."""
        queue = entry.options["queue"]
        is_full = self.length(queue) >= LONGEST_QUEUE
        if is_full and queue not in self._full:
            logger.warning("queue %s is not emptied: no worker takes it; ticks are held back", queue)
        self._full = self._full | {queue} if is_full else self._full - {queue}
        if not is_full:
            super().apply_entry(entry, producer=producer)

    def length(self, queue: str) -> int:
        """Messages that wait in a queue; 0 where the broker does not answer."""
        try:
            if self._look is None:
                self._look = self.app.connection_for_write().channel()
            return int(self._look.queue_declare(**self.as_celery_declares(queue)).message_count)
        except self.broker_errors:
            self._look = None
            return 0

    def as_celery_declares(self, queue: str) -> dict[str, Any]:
        """The declaration that publishing makes too: a passive one overlooks the key prefix on Redis (kombu 5.7)."""
        known = self.app.amqp.queues[queue]
        return {
            "queue": known.name,
            "durable": known.durable,
            "exclusive": known.exclusive,
            "auto_delete": known.auto_delete,
            "arguments": known.queue_arguments,
        }

    @cached_property
    def broker_errors(self) -> tuple[type[Exception], ...]:
        """What the transport in use raises when it is away or knows no such queue."""
        transport = self.app.connection_for_write().transport
        return (KombuError, OSError, *transport.connection_errors, *transport.channel_errors)


def say_alive() -> None:
    """Write the heartbeat; a database that is away must not stop the clock."""
    try:
        heartbeats.say(heartbeats.BEAT)
    except DatabaseError:
        logger.warning("the database does not answer; the clock goes on")
        connection.close()
