"""Quiet hours, over midnight, over changes of the clock, and around the world."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import quiet

ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("", "2026-11-23T02:00", None),
        ("8-8", "2026-11-23T02:00", None),
        ("21-8", "2026-11-23T19:59", None),
        ("21-8", "2026-11-23T20:00", "2026-11-24T07:00"),
        ("21-8", "2026-11-23T23:30", "2026-11-24T07:00"),
        ("21-8", "2026-11-23T06:59", "2026-11-23T07:00"),
        ("21-8", "2026-11-23T07:00", None),
        ("13-15", "2026-11-23T12:00", "2026-11-23T14:00"),
        ("13-15", "2026-11-23T14:00", None),
        ("22-24", "2026-11-23T22:00", "2026-11-23T23:00"),
        ("21-2", "2027-03-27T23:00", "2027-03-28T01:00"),  # 2:00 does not exist that night: 3:00 summer time
        ("21-3", "2026-10-25T00:30", "2026-10-25T02:00"),  # 2:30 comes twice; 3:00 once
    ],
)
def test_quiet_until_the_end_of_the_window_in_rome(hours: str, now: str, until: str | None) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None

    assert quiet.quiet_until(hours, ROME, moment) == expected


@pytest.mark.parametrize("text", ["21", "21-", "-8", "9pm-8am", "25-8", "21-25", "21–8"])
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(quiet.BadHours, match="21-8"):
        quiet.read(text)


@given(
    st.integers(0, 23),
    st.integers(0, 23),
    st.integers(1_767_225_600, 1_861_920_000),  # seconds: 2026 to 2028
    st.sampled_from(["Europe/Rome", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu"]),
)
def test_the_end_lies_ahead_by_less_than_a_day_and_is_not_quiet_itself(
    begin: int, end: int, seconds: int, zone: str
) -> None:
    now = datetime.fromtimestamp(seconds, UTC)

    until = quiet.quiet_until(f"{begin}-{end}", ZoneInfo(zone), now)

    if until is not None:
        assert 0 < (until - now).total_seconds() <= 25 * 3600
        assert quiet.quiet_until(f"{begin}-{end}", ZoneInfo(zone), until) is None
