"""The five A's: highest live evidence, with its reason and the time it expires."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.models import Stage
from subscribers.stages import Reason, Signs, Standing, Visit, read

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def visits(*days_and_things: tuple[float, str]) -> list[Visit]:
    return [Visit(ago(days), thing) for days, thing in days_and_things]


@pytest.mark.parametrize(
    ("signs", "standing"),
    [
        (Signs(), Standing(Stage.NONE, "", None)),
        (Signs(marks={"confirmed": ago(29)}), Standing(Stage.AWARE, Reason.CONFIRMED, ago(-1))),
        (Signs(marks={"confirmed": ago(31)}), Standing(Stage.NONE, "", None)),
        (Signs(last_seen_at=ago(179)), Standing(Stage.AWARE, Reason.READ, ago(-1))),
        (Signs(last_seen_at=ago(181)), Standing(Stage.NONE, "", None)),
        (Signs(marks={"chose": ago(10)}), Standing(Stage.APPEAL, Reason.CHOSE, ago(-80))),
        (
            Signs(visits=visits((1, "a"), (2, "b"), (3, "c")), last_seen_at=ago(1)),
            Standing(Stage.APPEAL, Reason.ARTICLES, ago(-87)),
        ),
        (
            Signs(visits=visits((1, "a"), (1.1, "b"), (1.2, "c")), last_seen_at=ago(1)),  # three on one day
            Standing(Stage.AWARE, Reason.READ, ago(-179)),
        ),
        (
            Signs(visits=[Visit(ago(1), "a", ("t",)), Visit(ago(1), "b", ("s", "t"))], last_seen_at=ago(1)),
            Standing(Stage.APPEAL, Reason.TOPIC, ago(-89)),
        ),
        (
            Signs(visits=visits((1, "a"), (3, "a")), last_seen_at=ago(1)),
            Standing(Stage.ASK, Reason.CAME_BACK, ago(-57)),
        ),
        (
            Signs(visits=visits((1, "a"), (61, "a")), last_seen_at=ago(1)),  # the first reading is forgotten
            Standing(Stage.AWARE, Reason.READ, ago(-179)),
        ),
        (Signs(marks={"ask": ago(59), "chose": ago(1)}), Standing(Stage.ASK, Reason.ASKED, ago(-1))),
        (Signs(marks={"ask": ago(61), "chose": ago(1)}), Standing(Stage.APPEAL, Reason.CHOSE, ago(-89))),
        (Signs(marks={"act": ago(300), "ask": ago(1)}), Standing(Stage.ACT, Reason.ACTED, ago(-65))),
        (Signs(marks={"advocate": ago(1), "act": ago(1)}), Standing(Stage.ADVOCATE, Reason.ADVOCATED, ago(-364))),
    ],
)
def test_the_highest_live_evidence_counts(signs: Signs, standing: Standing) -> None:
    assert read(signs, NOW) == standing


things = st.sampled_from("abcd")
moments = st.floats(0, 400).map(ago)
all_signs = st.builds(
    Signs,
    visits=st.lists(st.builds(Visit, moments, things, st.just(("t",))), max_size=16).map(
        lambda seen: sorted(seen, key=lambda v: v.at, reverse=True)
    ),
    marks=st.dictionaries(st.sampled_from(["confirmed", "chose", "ask", "act", "advocate"]), moments),
    last_seen_at=st.none() | moments,
)
ORDER = [Stage.NONE, Stage.AWARE, Stage.APPEAL, Stage.ASK, Stage.ACT, Stage.ADVOCATE]


@given(all_signs, st.floats(0, 500))
def test_without_new_evidence_a_stage_stays_until_its_time_and_never_rises(signs: Signs, days: float) -> None:
    later = NOW + timedelta(days=days)
    now, then = read(signs, NOW), read(signs, later)

    assert ORDER.index(then.stage) <= ORDER.index(now.stage)
    if now.until and later < now.until:
        assert then == now


@given(all_signs)
def test_every_stage_has_a_reason_and_an_end(signs: Signs) -> None:
    standing = read(signs, NOW)

    assert (standing.stage == Stage.NONE) == (standing.reason == "") == (standing.until is None)
