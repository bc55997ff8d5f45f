"""How fast one hand sends, beside django-newsletter on the same sink; and that what it sent is right."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from campaigns import audience
from campaigns.models import Account, Delivery, Mailing
from campaigns.rendering import versions
from campaigns.sending import mailing as mailings
from subscribers.models import Permission
from tests import databases, sinks
from tests.bench import AtLeast, AtMost, Line, crowd, database, figure
from tests.flows.stage import Stage, environment
from tests.sinks import Sink

ROOT = Path(__file__).resolve().parents[2]
N_MAILS, N_PEER, N_LEFT_OUT = 20_000, 1_000, 40
FEW, MANY = 1_000, 50_000
N_CONNECTIONS = 8
KEEP_EACH = 100  # one in a hundred received mails is kept, parsed, and its leave link used
N_AT_REST = 12


@dataclass(frozen=True)
class Run:
    """What a program says of itself."""

    mails: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Mails a second."""
        return self.mails / self.seconds


@figure
def sending() -> Iterator[Line]:
    """One hand into a light sink: rate, CPU and memory, the mails looked at, django-newsletter beside it."""
    with folder() as place, database() as name:
        page, purpose, tracking = crowd.purposes()
        crowd.readers(N_MAILS + N_LEFT_OUT * 4, purpose, tracking)
        with sink(place / "main", "--keep-each", str(KEEP_EACH)) as server:
            ours, excluded = measure(name, place, server, page)
            problems, example = look_at(server, excluded), example_of(server)
        with sink(place / "peer", "--keep-each", "0") as server:
            theirs = peer(place, server, example)
        beside = (
            f"django-newsletter {theirs.rate:.0f} mails/s, {1000 * theirs.cpu_seconds / theirs.mails:.1f} CPU s/1000"
        )
        yield Line("sending.rate", ours.rate, "mails/s", AtLeast(1000), beside=beside)
        yield Line("sending.ratio", ours.rate / theirs.rate, "× django-newsletter", AtLeast(4), is_ratio=True)
        yield Line("sending.cpu", 1000 * ours.cpu_seconds / ours.mails, "s/1000 mails", AtMost(0.4))
        yield Line("sending.wrong", len(problems), "mails", AtMost(0), is_ratio=True, beside="; ".join(problems[:3]))


@figure
def sending_memory() -> Iterator[Line]:
    """The peak memory of a hand with many readers, beside that with few."""
    peaks = {}
    for n in (FEW, MANY):
        with folder() as place, database() as name, sink(place / "sink", "--keep-each", "0") as server:
            page, purpose, tracking = crowd.purposes()
            crowd.readers(n, purpose, tracking)
            peaks[n] = measure(name, place, server, page, left_out=0)[0].peak_mb
    ratio = peaks[MANY] / peaks[FEW]
    beside = f"{peaks[FEW]:.0f} MB with {FEW}, {peaks[MANY]:.0f} MB with {MANY} readers"
    yield Line("sending_memory.growth", ratio, "×", AtMost(1.15), is_ratio=True, beside=beside)


@figure
def sending_latency() -> Iterator[Line]:
    """Speed over a slow line, beside connections ÷ turn time."""
    for milliseconds in (5, 20):
        slow = ("--keep-each", "0", "--latency", str(milliseconds / 1000))
        with folder() as place, database() as name, sink(place / "sink", *slow) as server:
            page, purpose, tracking = crowd.purposes()
            crowd.readers(20_000 // milliseconds, purpose, tracking)
            ours = measure(name, place, server, page, left_out=0)[0]
        ideal = N_CONNECTIONS / (milliseconds / 1000)
        beside = f"{ours.rate:.0f} of {ideal:.0f} mails/s"
        yield Line(f"sending_latency.at_{milliseconds}ms", ours.rate / ideal, "of ideal", AtLeast(0.8), beside=beside)


@figure
def sending_at_rest() -> Iterator[Line]:
    """From a row becoming due to its mail accepted, with beat and a worker that have nothing else to do."""
    with folder() as place, database() as name, sink(place / "sink", "--keep-each", "0") as server:
        stage = Stage(name, place, environment(name, place, f"bench-{os.getpid()}:") | {"EMAIL_URL": server.url})
        try:
            waits = rested(stage)
        finally:
            stage.close()
            connection.close()
    median = sorted(waits)[len(waits) // 2]
    yield Line("sending_at_rest.median", median, "s", AtMost(3), beside=f"longest {max(waits):.2f} s of {len(waits)}")
    yield Line("sending_at_rest.longest", max(waits), "s", AtMost(3))


@figure
def freezing() -> Iterator[Line]:
    """A million readers become a million rows of the ledger."""
    with database():
        page, purpose, _tracking = crowd.purposes()
        crowd.readers(1_000_000, purpose)
        mailing = begin(page)
        begun_at = time.monotonic()
        n = audience.freeze(mailing, now=datetime.now(UTC))
        yield Line("freezing.million", time.monotonic() - begun_at, "s", AtMost(10), beside=f"{n} rows")


# -- the parts ----------------------------------------------------------------------------------------------
@contextmanager
def folder() -> Iterator[Path]:
    """A folder for ledgers and logs."""
    with tempfile.TemporaryDirectory(prefix="circolare-bench-") as name:
        yield Path(name)


@contextmanager
def sink(place: Path, *options: str) -> Iterator[Sink]:
    """A sink with its ledger there."""
    with sinks.smtp(place, *options) as server:
        yield server


def begin(page: object) -> Mailing:
    """A mailing of the letter, its message compiled, nobody frozen yet."""
    now = datetime.now(UTC)
    mailing = sending_of(page, now)
    versions.ensure(mailing, "it", now=now)
    return mailing


def sending_of(page: object, now: datetime) -> Mailing:
    """The mailing, past its undo window."""
    mailing = mailings.for_issue(page, user=None, now=now)
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.SENDING, started_at=now)
    mailing.refresh_from_db()
    return mailing


def measure(
    name: str, place: Path, server: Sink, page: object, *, left_out: int = N_LEFT_OUT
) -> tuple[Run, dict[str, list[str]]]:
    """Freeze the crowd and let a hand in a process of its own send to it; also who must not get it, by reason."""
    mailing = begin(page)
    n_rows = audience.freeze(mailing, now=datetime.now(UTC))
    excluded = crowd.leave_out(mailing.purpose, left_out) if left_out else {}
    Mailing.objects.filter(pk=mailing.pk).update(n_candidates=n_rows, is_snapshot_complete=True)
    Account.objects.update(n_connections=N_CONNECTIONS, n_per_connection=100_000)
    env = environment(name, place, "bench:") | {"EMAIL_URL": server.url}
    run = talk([sys.executable, "-m", "tests.bench.programs.hand"], env)
    check_ledger(mailing, excluded, server)
    return run, excluded


def talk(program: list[str], env: dict[str, str]) -> Run:
    """Start a program, let it begin when it is ready, and read its figures."""
    with subprocess.Popen(
        program, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        said, _ = process.communicate("go\n")
    return Run(**json.loads(said.splitlines()[-1]))


def check_ledger(mailing: Mailing, excluded: dict[str, list[str]], server: Sink) -> None:
    """Every row is accepted or excluded for the reason it was given, and the sink agrees in numbers."""
    n_out = sum(len(addresses) for addresses in excluded.values())
    rows = Counter(Delivery.objects.filter(mailing=mailing).values_list("state", "reason"))
    expected = {("excluded", reason): len(addresses) for reason, addresses in excluded.items()}
    n_rows = sum(rows.values())
    assert rows == Counter(expected | {("accepted", ""): n_rows - n_out}), rows
    assert len(server.received()) == n_rows - n_out


def look_at(server: Sink, excluded: dict[str, list[str]]) -> list[str]:
    """Parse the mails that were kept, use their leave links, and say what is wrong with any."""
    received = server.received()
    problems = [f"{address} got it {n} times" for address, n in Counter(m.recipient for m in received).items() if n > 1]
    out = {address for addresses in excluded.values() for address in addresses}
    problems += [f"{mail.recipient} was excluded" for mail in received if mail.recipient in out]
    client = Client(HTTP_HOST=urlsplit(settings.BASE_URL).netloc)
    bodies = set()
    for mail in (mail for mail in received if mail.place >= 0):
        parsed = message_from_bytes(server.body(mail), policy=policy.default)
        html = parsed.get_body(("html",)).get_content()
        bodies.add(html)
        problems += faults(mail.recipient, parsed, html)
        problems += leave(client, mail.recipient, str(parsed["List-Unsubscribe"]))
    if len(bodies) != sum(mail.place >= 0 for mail in received):
        problems.append("two readers got the same body")
    return problems


def faults(recipient: str, parsed: EmailMessage, html: str) -> list[str]:
    """What is not as it should be in one mail."""
    name = f"Reader {recipient.removeprefix('reader').partition('@')[0]}"
    found = [] if name in html and name in str(parsed["Subject"]) else [f"{recipient}: not called by name"]
    if html.count("/c/") < crowd.N_LINKS:
        found.append(f"{recipient}: {html.count('/c/')} links of its own")
    size = len(parsed.as_bytes())
    if not 25_000 < size < 45_000:
        found.append(f"{recipient}: {size} bytes")
    return found


def leave(client: Client, recipient: str, header: str) -> list[str]:
    """Use the link of RFC 8058 as a mail program does; what went wrong."""
    url = header.partition("<")[2].partition(">")[0]
    answer = client.post(urlsplit(url).path, {"List-Unsubscribe": "One-Click"})
    is_left = not Permission.objects.filter(
        subscriber__address_key=recipient, purpose__kind="newsletter", is_given=True
    ).exists()
    return [] if answer.status_code == 200 and is_left else [f"{recipient}: leaving answered {answer.status_code}"]


def peer(place: Path, server: Sink, example: EmailMessage) -> Run:
    """django-newsletter sends a mail that we sent, the reader's name as its variable, from a database of its own."""
    reader = str(example["To"].addresses[0].display_name)
    for kind in ("html", "plain"):
        content = example.get_body((kind,)).get_content().replace(reader, "NAME")
        (place / kind).write_text(content.replace("{", "&#123;"), encoding="utf-8")
    name = f"test_bench_peer_{os.getpid()}"
    with databases.server() as link:
        link.execute(f'CREATE DATABASE "{name}"')
    try:
        program = ["-m", "tests.bench.programs.peer", str(N_PEER), str(server.port), place / "html", place / "plain"]
        env = environment(name, place, "bench:")
        done = subprocess.run([sys.executable, *program], cwd=ROOT, env=env, capture_output=True, text=True)
    finally:
        databases.drop(name)
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(server.received()) == N_PEER
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def example_of(server: Sink) -> EmailMessage:
    """One of the mails that were kept."""
    mail = next(mail for mail in server.received() if mail.place >= 0)
    return message_from_bytes(server.body(mail), policy=policy.default)


def rested(stage: Stage) -> list[float]:
    """Seconds from due to accepted of single mails, at different moments of the clock."""
    _page, purpose, _tracking = crowd.purposes()
    crowd.readers(N_AT_REST, purpose)
    people = list(purpose.permissions.values_list("subscriber", flat=True))
    standing = mailings.standing("service:link", purpose_class="service", title="Link", service_kind="link")
    with stage.worker(), stage.beat():
        time.sleep(3)
        for number, person_id in enumerate(people):
            time.sleep(1 + number / N_AT_REST)
            queue_one(standing, person_id)
        rows = standing.deliveries
        stage.wait(lambda: rows.filter(state="accepted").count() == len(people), 30, "the last mail")
    return [(row.done_at - row.due_at).total_seconds() for row in standing.deliveries.all()]


def queue_one(standing: Mailing, person_id: int) -> None:
    """One mail due from this moment on, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    person = Permission.objects.get(subscriber=person_id, purpose__kind="newsletter").subscriber
    mailings.enqueue(standing, person, intent_key=f"rest:{person_id}", locale="it", now=now)
