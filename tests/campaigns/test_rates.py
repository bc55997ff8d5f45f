"""Speed shared by all hands: buckets in the cache, brakes in rows."""

import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.utils import timezone

from campaigns import attention, heartbeats
from campaigns.models import Account, DomainBrake
from campaigns.sending import rates
from tests.factories import campaigns as make


def test_without_a_limit_everything_is_permitted() -> None:
    assert rates.take("free", 0, 500) == 500


def test_a_new_bucket_holds_one_second_and_fills_with_time() -> None:
    first, second = rates.take("new", 50, 500), rates.take("new", 50, 500)
    time.sleep(0.2)
    third = rates.take("new", 50, 500)

    assert first == 50
    assert second <= 2
    assert 8 <= third <= 20


def test_a_bucket_never_holds_more_than_two_seconds() -> None:
    rates.take("rested", 20, 20)
    rates.take("rested", 20, -500)

    assert rates.take("rested", 20, 500) == 40


def test_permits_that_were_not_used_come_back() -> None:
    rates.take("back", 30, 30)
    rates.take("back", 30, -10)

    assert 10 <= rates.take("back", 30, 500) <= 12


def test_hands_at_once_share_one_limit() -> None:
    taken: list[int] = []
    start = Barrier(8)

    def hand() -> None:
        start.wait()
        taken.extend(rates.take("shared", 100, 7) for _ in range(10))

    begun_at = time.monotonic()
    threads = [Thread(target=hand) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 100 <= sum(taken) <= 100 * (1 + time.monotonic() - begun_at) + 1


def test_a_limit_of_one_a_second_lets_one_leave_a_second() -> None:
    assert [rates.take("slow", 1, 5), rates.take("slow", 1, 5)] == [1, 0]


# -- brakes -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_brake_holds_longer_each_time_in_a_row_and_forgets_after_an_hour() -> None:
    account, now, minutes = make.account(), timezone.now(), []

    for _ in range(6):
        until = rates.brake(account.pk, "big.example", "550 5.7.1", now=now)
        minutes.append((until - now).total_seconds() / 60)
        now = until + timedelta(seconds=1)
    now += timedelta(hours=2)
    anew = (rates.brake(account.pk, "big.example", "x", now=now) - now).total_seconds() / 60

    assert minutes == [15, 30, 60, 120, 240, 240]
    assert anew == 15


@pytest.mark.django_db
def test_two_hands_at_the_same_wall_brake_once() -> None:
    account, now = make.account(), timezone.now()

    first = rates.brake(account.pk, "big.example", "one", now=now)
    second = rates.brake(account.pk, "big.example", "two", now=now + timedelta(seconds=1))

    assert first == second
    assert DomainBrake.objects.get().n_in_a_row == 1


@pytest.mark.django_db
def test_a_server_that_names_its_wait_is_believed() -> None:
    account, now = make.account(), timezone.now()

    assert rates.brake(account.pk, rates.SERVER, "429", now=now, at_least=600) == now + timedelta(seconds=600)


@pytest.mark.django_db
def test_an_account_is_open_unless_paused_or_its_server_rests() -> None:
    account, now = make.account(), timezone.now()
    seen = [rates.Rates(account, now=now).is_open]
    rates.brake(account.pk, "big.example", "x", now=now)
    seen.append(rates.Rates(account, now=now).is_open)
    rates.brake(account.pk, rates.SERVER, "x", now=now)
    seen.append(rates.Rates(account, now=now).is_open)
    seen.append(rates.Rates(account, now=now + timedelta(minutes=1)).is_open)
    rates.pause(account.pk, "535", now=now)
    seen.append(rates.Rates(Account.objects.get(), now=now + timedelta(minutes=1)).is_open)
    rates.resume(account.pk)
    seen.append(rates.Rates(Account.objects.get(), now=now).is_open)

    assert seen == [True, True, False, True, False, True]


@pytest.mark.django_db
def test_the_first_reason_of_a_pause_is_kept() -> None:
    account, now = make.account(), timezone.now()

    rates.pause(account.pk, "535 first", now=now)
    rates.pause(account.pk, "535 second", now=now)

    assert Account.objects.get().pause_reason == "535 first"


@pytest.mark.django_db
def test_who_stopped_us_is_told_to_somebody_until_it_is_over() -> None:
    account, now = make.account(), timezone.now()
    heartbeats.say(heartbeats.BEAT)
    rates.brake(account.pk, "big.example", "550 5.7.26 DMARC", now=now)
    for _ in range(5):
        DomainBrake.objects.filter(domain="").update(stopped_until=now - timedelta(seconds=1))
        rates.brake(account.pk, rates.SERVER, "connection refused", now=now)

    told = {notice.key: (notice.is_urgent, str(notice.text)) for notice in attention.notices(now)}
    later = {notice.key for notice in attention.notices(now + timedelta(hours=1))}

    assert told["domain:big.example"][0] is False
    assert "550 5.7.26 DMARC" in told["domain:big.example"][1]
    assert told[f"server:{account.pk}"][0] is True
    assert not {key for key in later if key.startswith(("domain:", "server:"))}
