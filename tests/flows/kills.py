"""The story of a mailing whose workers are killed, told once for the short form and the long one.

Judged by the sink's own ledger, not by ours.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone
from wagtail.models import Locale

from campaigns.models import Account, Delivery, IssuePage, Mailing
from campaigns.sending import mailing as sending
from subscribers.models import Subscriber
from tests.campaigns import letters
from tests.flows.broker import Broker
from tests.flows.stage import Process, Stage
from tests.sinks import Received, Sink

LEASE_SECONDS = 3
N_CONNECTIONS = 4
STALL_SECONDS = 6.0  # long enough to be seen by a poll on a busy machine; the hand renews its lease meanwhile


@dataclass
class Kill:
    """One SIGKILL of a worker."""

    at: float  # seconds since 1970, just before the signal
    n_open: int  # connections to the sink that were open then
    between: list[Received]  # mails whose DATA had come and whose reply had not left then


@dataclass
class Verdict:
    """What the sink says about one mailing."""

    lost: list[str]  # accepted by our ledger, never taken by the sink; or left waiting
    doubled: list[str]  # taken more than once
    unknown: list[str]
    uninvited: list[str]  # taken although excluded
    kills: list[Kill] = field(default_factory=list)
    is_finished: bool = False

    @property
    def n_unknown_allowed(self) -> int:
        """At most one a connection that a kill cut."""
        return sum(kill.n_open for kill in self.kills)


def issue() -> IssuePage:
    """A published issue of a publisher who says who they are."""
    letters.publisher()
    return letters.issue(Locale.objects.get(language_code="it"))


def prepare(stage: Stage, sink: Sink, broker: Broker) -> None:
    """Let all processes of the stage use this sink and broker; leases are short."""
    Account.objects.update(n_connections=N_CONNECTIONS)
    stage.env |= {
        "EMAIL_URL": sink.url,
        "CELERY_BROKER_URL": broker.url,
        "CACHE_URL": broker.url,
        "CIRCOLARE_LEASE_SECONDS": str(LEASE_SECONDS),
    }


def send_through_kills(
    stage: Stage, sink: Sink, broker: Broker, page: IssuePage, *, seed: int, n_kills: int = 4, app: str = "circolare"
) -> Verdict:
    """Send an issue while its workers are killed at seeded instants and the broker is restarted once.

    Beat runs already; a worker is started here, and another after each kill. The second kill strikes while a reply
    is held back, which proves that it lies between DATA and the reply.
    """
    luck = random.Random(seed)
    n_readers = Subscriber.objects.filter(
        permissions__purpose=page.newsletter.purpose, permissions__is_given=True
    ).count()
    n_before = len(sink.received())
    step = n_readers // (n_kills + 1)
    instants = [step * number + luck.randrange(step // 2) for number in range(1, n_kills + 1)]
    sink.tell({"at": "dot", "skip": instants[1], "times": 1, "stall": STALL_SECONDS}, latency=0.02)
    mailing = sending.for_issue(page, user=None, now=timezone.now(), at=timezone.now())
    worker, kills = stage.start_worker(app=app, queues="send,upkeep"), []
    for number, instant in enumerate(instants):
        sink.wait_for(n_before + instant, 180)
        if number == 1:
            stage.wait(lambda: stalled(sink), 60, "a reply that is held back")
        time.sleep(luck.uniform(0, 0.02))
        kills.append(kill(worker, sink))
        if number == n_kills // 2:
            broker.restart()
        worker = stage.start_worker(app=app, queues="send,upkeep")
    stage.wait(
        lambda: Mailing.objects.get(pk=mailing.pk).state == Mailing.State.FINISHED, 240, "the end of the mailing"
    )
    worker.stop()
    return judge(sink.received()[n_before:], mailing, kills)


def stalled(sink: Sink) -> bool:
    """Whether some mail was taken a while ago and its reply is still held back."""
    return any(mail.reply_at is None and time.time() - mail.dot_at > 0.1 for mail in sink.received())


def kill(worker: Process, sink: Sink) -> Kill:
    """Kill a worker and look at what the sink saw of it."""
    at = worker.kill()
    time.sleep(0.1)
    opened = [(fact[1], float(fact[2])) for fact in sink.facts("open")]
    closed = {fact[1]: float(fact[2]) for fact in sink.facts("closed")}
    n_open = sum(begun < at <= closed.get(number, at) for number, begun in opened)
    between = [mail for mail in sink.received() if mail.data_at < at < (mail.reply_at or at + 1)]
    return Kill(at, n_open, between)


def judge(mails: list[Received], mailing: Mailing, kills: list[Kill]) -> Verdict:
    """Compare what the sink took with what our ledger says."""
    taken = Counter(mail.recipient for mail in mails)
    rows = list(Delivery.objects.filter(mailing=mailing).values_list("address", "state"))
    unknown = [address for address, state in rows if state == "unknown"]
    must = {address for address, state in rows if state not in {"unknown", "excluded", "failed"}}
    return Verdict(
        lost=sorted(address for address in must if not taken[address]),
        doubled=sorted(address for address, n in taken.items() if n > 1),
        unknown=sorted(unknown),
        uninvited=sorted(address for address, state in rows if state == "excluded" and taken[address]),
        kills=kills,
        is_finished=Mailing.objects.get(pk=mailing.pk).state == Mailing.State.FINISHED,
    )
