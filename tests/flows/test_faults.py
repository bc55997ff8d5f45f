"""What a mailing rests on goes away in the middle of it: connections to the database, the memory of the broker."""

import time
from pathlib import Path

import redis
from django.db import connection
from django.utils import timezone

from campaigns.models import Mailing
from campaigns.sending import mailing as sending
from tests import databases, sinks
from tests.bench import crowd
from tests.flows import kills
from tests.flows.broker import own_broker
from tests.flows.stage import Stage

N_READERS = 400


def cut_connections(name: str) -> int:
    """End every other process's connections to a database; gives how many there were."""
    connection.close()
    with databases.server() as link:
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        return int(link.execute(query, [name]).fetchone()[0])


def test_cut_database_connections_lose_nobody_and_double_nobody(stage: Stage, tmp_path: Path) -> None:
    with sinks.smtp(tmp_path / "sink", "--keep-each", "0", "--latency", "0.02") as sink, own_broker(tmp_path) as broker:
        kills.prepare(stage, sink, broker)
        page = kills.issue()
        crowd.readers(N_READERS, page.newsletter.purpose)
        n_cut = n_open = 0
        with stage.beat(), stage.worker(queues="send,upkeep"):
            one = sending.for_issue(page, user=None, now=timezone.now(), at=timezone.now())
            for n_mails in (60, 130, 200, 270):
                sink.wait_for(n_mails, 60)
                n_open += len(sink.facts("open")) - len(sink.facts("closed"))
                n_cut += cut_connections(stage.database)
                time.sleep(0.5)
            stage.wait(lambda: Mailing.objects.get(pk=one.pk).state == "finished", 60, "the end of the mailing")
        verdict = kills.judge(sink.received(), one, [])

    assert n_cut >= 4
    assert (verdict.lost, verdict.doubled, verdict.uninvited) == ([], [], [])
    assert len(verdict.unknown) <= n_open


def test_a_broker_that_forgets_everything_again_and_again_delays_and_loses_nobody(stage: Stage, tmp_path: Path) -> None:
    with sinks.smtp(tmp_path / "sink", "--keep-each", "0", "--latency", "0.02") as sink, own_broker(tmp_path) as broker:
        kills.prepare(stage, sink, broker)
        page = kills.issue()
        crowd.readers(N_READERS, page.newsletter.purpose)
        with stage.beat(), stage.worker(queues="send,upkeep"):
            one = sending.for_issue(page, user=None, now=timezone.now(), at=timezone.now())
            for n_mails in (1, 100, 200, 300):
                sink.wait_for(n_mails, 60)
                redis.Redis.from_url(broker.url).flushall()
            stage.wait(lambda: Mailing.objects.get(pk=one.pk).state == "finished", 60, "the end of the mailing")
        verdict = kills.judge(sink.received(), one, [])

    assert (verdict.lost, verdict.doubled, verdict.unknown) == ([], [], [])
