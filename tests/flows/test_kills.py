"""Workers are killed in the middle of a mailing: nobody is lost, nobody gets it twice, the mailing ends by itself."""

from pathlib import Path

import pytest

from subscribers import consent
from subscribers.models import Subscriber
from tests import sinks
from tests.bench import crowd
from tests.flows import kills
from tests.flows.broker import own_broker
from tests.flows.stage import Stage
from tests.short import IS_SHORT, ONCE

N_READERS = 400
SEEDS = (11,) if IS_SHORT else (11, 23, 47)


@pytest.mark.parametrize("seed", SEEDS)
def test_four_kills_and_a_broker_restart_lose_nobody_and_double_nobody(stage: Stage, tmp_path: Path, seed: int) -> None:
    with sinks.smtp(tmp_path / "sink", "--keep-each", "0") as sink, own_broker(tmp_path) as broker:
        kills.prepare(stage, sink, broker)
        page = kills.issue()
        crowd.readers(N_READERS, page.newsletter.purpose)
        leaver = Subscriber.objects.get(address="reader7@letters.example")
        with stage.beat():
            consent.withdraw(leaver, page.newsletter.purpose, source="home", now=leaver.created_at)
            verdict = kills.send_through_kills(stage, sink, broker, page, seed=seed)

    assert (verdict.lost, verdict.doubled, verdict.uninvited) == ([], [], [])
    assert verdict.is_finished
    assert len(verdict.unknown) <= verdict.n_unknown_allowed
    assert verdict.kills[1].between, "no kill lay between DATA and the reply"


@ONCE
def test_without_the_hand_over_record_the_same_kills_send_twice(stage: Stage, tmp_path: Path) -> None:
    with sinks.smtp(tmp_path / "sink", "--keep-each", "0") as sink, own_broker(tmp_path) as broker:
        kills.prepare(stage, sink, broker)
        page = kills.issue()
        crowd.readers(N_READERS, page.newsletter.purpose)
        with stage.beat():
            broken = "tests.chaos.unprotected"
            verdict = kills.send_through_kills(stage, sink, broker, page, seed=SEEDS[0], n_kills=2, app=broken)

    assert verdict.doubled != []
    assert verdict.unknown == []
