"""The kill test at length: ten thousand readers, forty kills, a broker restart; `make chaos`."""

from pathlib import Path

import pytest

from tests import sinks
from tests.bench import crowd
from tests.flows import kills
from tests.flows.broker import own_broker
from tests.flows.stage import Stage

pytestmark = pytest.mark.chaos


@pytest.mark.parametrize("seed", [5, 8])
def test_forty_kills_lose_nobody_and_double_nobody(stage: Stage, tmp_path: Path, seed: int) -> None:
    with sinks.smtp(tmp_path / "sink", "--keep-each", "0") as sink, own_broker(tmp_path) as broker:
        kills.prepare(stage, sink, broker)
        page = kills.issue()
        crowd.readers(10_000, page.newsletter.purpose)
        with stage.beat():
            verdict = kills.send_through_kills(stage, sink, broker, page, seed=seed, n_kills=40)

    print(f"{len(verdict.unknown)} unknown of {verdict.n_unknown_allowed} allowed")
    assert (verdict.lost, verdict.doubled, verdict.uninvited) == ([], [], [])
    assert verdict.is_finished
    assert len(verdict.unknown) <= verdict.n_unknown_allowed
