"""Clicks, events, facts and segments: how fast what people do becomes what we know."""

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.utils import timezone

from campaigns.models import Delivery, Link, MessageVersion
from subscribers import events, facts, tokens
from subscribers.events import NewEvent
from subscribers.models import Event, Evidence, Kind, PendingEvent, Subscriber
from subscribers.segments import one, rules, sets
from tasks.events import spare_the_collector
from tests.bench import AtLeast, AtMost, Line, crowd, database, figure
from tests.bench.demo import process_seconds
from tests.factories import campaigns as sending
from tests.factories import subscribers as people
from tests.flows import stage

N_READERS = 20_000
N_LINKS = 18
CLICK_SECONDS = 8.0
CONNECTIONS = 16
N_EVENTS = 20_000
TOPICS = [UUID(int=n).hex for n in range(1, 7)]
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


@figure
def click() -> Iterator[Line]:
    """Redirects a second on granian, each with its event on disk before the answer."""
    with database() as name, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paths"
        file.write_text("\n".join(mailed_paths()), encoding="ascii")
        with served(name, Path(folder)) as web:
            port = web.port
            clicked(port, file, 2.0)  # connections and caches warm
            before = Event.objects.count()
            web_before, database_before = cpu_seconds(web.process.pid), database_seconds()
            told = clicked(port, file, CLICK_SECONDS)
            web_cpu, database_cpu = cpu_seconds(web.process.pid) - web_before, database_seconds() - database_before
        n_recorded = Event.objects.count() - before
        rate = told["redirects"] / told["seconds"]
        beside = f"{CONNECTIONS} connections, p50 {told['p50']:.1f} ms, slowest {told['max']:.0f} ms"
        yield Line("click.rate", rate, "clicks/s", AtLeast(1200))
        yield Line("click.p99", told["p99"], "ms", AtMost(40), beside=beside)
        beside = (
            f"web server {web_cpu / told['answers'] * 1e6:.0f}, database {database_cpu / told['answers'] * 1e6:.0f}"
        )
        yield Line("click.cpu", (web_cpu + database_cpu) / told["answers"] * 1e6, "µs a click", beside=beside)
        # Those under way when the time was over are recorded and not counted as answered.
        yield Line("click.recorded", n_recorded / told["redirects"], "×", AtLeast(1.0), is_ratio=True)


def mailed_paths() -> list[str]:
    """The addresses of all links of a mailing to readers who agreed to be counted, in no order."""
    crowd.readers(N_READERS, people.tracking())
    mailing = sending.mailing()
    version = MessageVersion.objects.create(
        mailing=mailing, locale="it", subject="s", sender_name="n", sender_address="a@b.example", html="", text=""
    )
    Link.objects.bulk_create(
        Link(version=version, position=n, url=f"https://example.org/pezzo/{n}") for n in range(1, N_LINKS + 1)
    )
    accepted_at = timezone.now() - timedelta(hours=1)
    deliveries = Delivery.objects.bulk_create(
        (
            Delivery(
                mailing=mailing,
                subscriber_id=pk,
                address=f"{pk}@letters.example",
                address_key=f"{pk}@letters.example",
                locale="it",
                intent_key="issue",
                state=Delivery.State.ACCEPTED,
                version=version,
                done_at=accepted_at,
            )
            for pk in Subscriber.objects.values_list("pk", flat=True)
        ),
        batch_size=2_000,
    )
    analyze()
    pairs = [(delivery.pk, n) for delivery in deliveries for n in range(1, N_LINKS + 1)]
    random.Random(1).shuffle(pairs)
    return [f"/c/{tokens.make_click(*pair)}" for pair in pairs[:100_000]]


class served:  # noqa: N801  read as "with served(…)"
    """Granian with the product's own settings, as `docs/runbook.md` starts it."""

    def __init__(self, database_name: str, folder: Path) -> None:
        self.port = stage.free_port()
        environment = stage.environment(database_name, folder, f"bench-{os.getpid()}:")
        self.environment = environment | {"DJANGO_SETTINGS_MODULE": "circolare.settings"}

    def __enter__(self) -> "served":
        speed = ("--workers", "2", "--blocking-threads", "4")
        options = ("--interface", "wsgi", "--port", str(self.port), "--no-ws", *speed, "--log-level", "warning")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", *options, "circolare.wsgi:application"], env=self.environment
        )
        deadline = time.monotonic() + 60
        while not is_listening(self.port):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("the web server did not start")
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def cpu_seconds(parent: int) -> float:
    """CPU time so far of a process and its children."""
    children = [int(n) for n in Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()]
    return sum(process_seconds(pid) for pid in (parent, *children))


def database_seconds() -> float:
    """CPU time so far of the server processes on this database, where they run on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return sum(process_seconds(pid) for (pid,) in cursor.fetchall())


def is_listening(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def clicked(port: int, file: Path, seconds: float) -> dict[str, float]:
    """What the clicking program saw."""
    program = [sys.executable, "-m", "tests.bench.programs.clicker"]
    arguments = [str(port), str(file), str(CONNECTIONS), str(seconds)]
    done = subprocess.run([*program, *arguments], capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


@figure
def facts_from_events() -> Iterator[Line]:
    """Recording in batches, then judging and folding in claimed batches, one process."""
    with database():
        crowd.readers(5_000)
        acts = happenings(list(Subscriber.objects.values_list("pk", flat=True)), N_EVENTS)
        seconds = took(lambda: [events.record_many(acts[n : n + 1000], now=NOW) for n in range(0, N_EVENTS, 1000)])
        yield Line("facts_from_events.record", N_EVENTS / seconds, "events/s", AtLeast(10_000))
        analyze()
        spare_the_collector()
        own_before, database_before = time.process_time(), database_seconds()
        seconds = took(process_all)
        own_cpu, database_cpu = time.process_time() - own_before, database_seconds() - database_before
        beside = f"own {own_cpu / N_EVENTS * 1e6:.0f}, database {database_cpu / N_EVENTS * 1e6:.0f}"
        yield Line("facts_from_events.fold", N_EVENTS / seconds, "events/s", AtLeast(5_000))
        yield Line("facts_from_events.cpu", (own_cpu + database_cpu) / N_EVENTS * 1e6, "µs an event", beside=beside)
        seconds = took(lambda: facts.rebuild(now=NOW))
        yield Line("facts_from_events.rebuild", 5_000 / seconds, "people/s")


def process_all() -> None:
    """Until nothing waits."""
    while facts.process(1_000, now=NOW):
        pass
    assert PendingEvent.objects.filter(stage="journeys").count() == N_EVENTS


def happenings(ids: list[int], n: int) -> list[NewEvent]:
    """Readings and clicks of a quarter, as the doors write them."""
    chance = random.Random(7)
    return [happening(chance.choice(ids), number, chance) for number in range(n)]


def happening(person: int, number: int, chance: random.Random) -> NewEvent:
    """One of them."""
    is_click = chance.random() < 0.5
    payload: dict[str, object] = {
        "translation": UUID(int=chance.randrange(100, 140)).hex,
        "topics": chance.sample(TOPICS, chance.randrange(1, 3)),
        "agent": FIREFOX,
    }
    if is_click:
        payload |= {"delivery": number, "position": 1, "n_links": N_LINKS, "seconds": 4000.0}
    return NewEvent(
        kind=Kind.LINK_CLICKED if is_click else Kind.PAGE_READ,
        subscriber_id=person,
        occurred_at=NOW - timedelta(minutes=chance.randrange(90 * 1440)),
        source="mail" if is_click else "site",
        object_kind="page",
        object_key="1",
        key=f"bench:{number}",
        evidence=Evidence.HUMAN,
        reason="browser",
        payload=payload,
    )


PEOPLE_AND_EVENTS = """
INSERT INTO subscribers_event (kind, subscriber_id, visitor, object_kind, object_key, occurred_at, recorded_at, source,
    evidence, evidence_reason, payload, is_sample)
SELECT CASE WHEN n %% 2 = 0 THEN 'link.clicked' ELSE 'page.read' END,
    (SELECT min(id) FROM subscribers_subscriber) + (random() * (%(people)s - 1))::int, '', 'page', '1',
    %(now)s - random() * interval '90 days', %(now)s, 'mail', 'human', 'browser',
    jsonb_build_object('translation', lpad((n %% 400)::text, 32, '0'), 'delivery', n,
        'topics', jsonb_build_array(lpad(to_hex(1 + n %% 40), 32, '0'))), false
FROM generate_series(1, %(events)s) AS n
"""
HAND = """
SELECT count(*) FROM subscribers_subscriber AS person WHERE state <> 'erased' AND id IN (
    SELECT subscriber_id FROM subscribers_event
    WHERE kind = 'link.clicked' AND occurred_at > %(month)s AND occurred_at <= %(now)s AND evidence = 'human'
        AND payload -> 'topics' @> %(topic)s::jsonb
    GROUP BY 1 HAVING count(*) >= 2
) AND NOT EXISTS (
    SELECT 1 FROM subscribers_event AS read
    WHERE read.subscriber_id = person.id AND read.kind = 'page.read' AND read.evidence = 'human'
        AND read.occurred_at > %(week)s AND read.occurred_at <= %(now)s
)
"""
SEGMENT_PEOPLE, SEGMENT_EVENTS = 100_000, 1_000_000
RULE = {
    "all": [
        {"did": "link.clicked", "topic": TOPICS[0], "times": 2, "within_days": 30},
        {"not": {"did": "page.read", "within_days": 7}},
    ]
}


@figure
def segments() -> Iterator[Line]:
    """Two links of a topic in 30 days and nothing read in 7: the rule beside SQL written by hand."""
    with database():
        crowd.readers(SEGMENT_PEOPLE)
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE_AND_EVENTS, {"people": SEGMENT_PEOPLE, "events": SEGMENT_EVENTS, "now": NOW})
        analyze()
        rule = rules.parse(RULE)
        counted = sets.count(rule, now=NOW, seconds=60)
        assert counted == by_hand() > 0
        ours = median(lambda: sets.count(rule, now=NOW, seconds=60))
        theirs = median(by_hand)
        beside = f"by hand {theirs * 1000:.0f} ms; {SEGMENT_PEOPLE} people, {SEGMENT_EVENTS} events, {counted} found"
        yield Line("segments.count", ours * 1000, "ms")
        yield Line("segments.ratio", ours / theirs, "×", AtMost(2), is_ratio=True, beside=beside)
        ids = list(Subscriber.objects.values_list("pk", flat=True)[:200])
        seconds = took(lambda: [one.matches(rule, one.view(pk, now=NOW, rules=[rule]), now=NOW) for pk in ids])
        yield Line(
            "segments.one", seconds / len(ids) * 1000, "ms", AtMost(1), beside="view and answer, two round trips"
        )
        seconds = took(lambda: one.many(ids, now=NOW, rules=[rule]))
        yield Line("segments.many", seconds / len(ids) * 1000, "ms", AtMost(1), beside="in a batch of 200")


def by_hand() -> int:
    """The count by SQL that knows this one rule."""
    values = {
        "month": NOW - timedelta(days=30),
        "week": NOW - timedelta(days=7),
        "now": NOW,
        "topic": json.dumps([TOPICS[0]]),
    }
    with connection.cursor() as cursor:
        cursor.execute(HAND, values)
        return int(cursor.fetchone()[0])


def median(act: Callable[[], object], n: int = 5) -> float:
    """The middle of so many measurements, in seconds."""
    return sorted(took(act) for _ in range(n))[n // 2]


def took(act: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def analyze() -> None:
    """Let the planner know what was filled in."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) subscribers_event, subscribers_subscriber, subscribers_permission")
        cursor.execute("ANALYZE")
