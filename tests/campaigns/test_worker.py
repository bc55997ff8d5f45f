"""One hand's chunk, with the real gate, the real writer and a real server on loopback."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from campaigns import fence
from campaigns.models import Account, CapturedMail, Delivery, DomainBrake, Mailing
from campaigns.sending import rates, worker
from campaigns.sending.ledger import Reason, State
from campaigns.transports import accounts
from subscribers import consent
from subscribers.models import Event, Kind, Subscriber, Suppression
from tests import sinks
from tests.factories import campaigns as make
from tests.factories import subscribers as people
from tests.sinks import Sink

pytestmark = pytest.mark.django_db
LONG_AGO = make.NOW - timedelta(days=400)
HOST = "letters.example"


@pytest.fixture
def sink(tmp_path: Path, settings) -> Iterator[Sink]:
    settings.CIRCOLARE_MAIL_IS_CAUGHT = True  # it takes mail for reserved domains
    with sinks.smtp(tmp_path / "sink") as server:
        settings.EMAIL_URL = server.url
        Account.objects.update(n_connections=2)
        yield server
        accounts.close()


def mailing(**fields: object) -> Mailing:
    """An issue's mailing whose message is compiled."""
    purpose = people.purpose()
    one = make.mailing(purpose=purpose, **fields)
    make.version(one)
    return one


def readers(one: Mailing, n: int, *, domain: str = HOST) -> list[Delivery]:
    """Due mails of that mailing to so many people who agreed."""
    rows = []
    for number in range(n):
        person = people.subscriber(f"reader{one.pk}-{number}@{domain}", name=f"Reader {number}")
        people.agreed(person, one.purpose, at=LONG_AGO)
        rows.append(make.delivery(one, person, due_at=LONG_AGO))
    return rows


def states(one: Mailing) -> dict[str, int]:
    return dict(Counter(one.deliveries.values_list("state", flat=True)))


def fate(row: Delivery) -> tuple[str, str, str]:
    row.refresh_from_db()
    return row.state, row.reason, row.code


def run(**options: float) -> int:
    return worker.run_chunk("hand", **options)


# -- it leaves ----------------------------------------------------------------------------------------------
def test_every_due_mail_reaches_its_reader_once_and_says_who_they_are(sink: Sink) -> None:
    one = mailing()
    rows = readers(one, 60)

    n_answered = run()
    n_more = run()

    assert (n_answered, n_more, states(one)) == (60, 0, {"accepted": 60})
    received = sink.received()
    assert Counter(mail.recipient for mail in received) == Counter(row.address for row in rows)
    for mail in received:
        parsed = message_from_bytes(sink.body(mail), policy=policy.default)
        assert parsed["To"].addresses[0].addr_spec == mail.recipient
        number = mail.recipient.partition("-")[2].partition("@")[0]
        assert f"Ciao Reader {number}" in parsed.get_body(("plain",)).get_content()
    assert len({mail.message_id for mail in received}) == len({mail.sender for mail in received}) == 60
    row = one.deliveries.first()
    assert (row.code, row.version.number, row.lease_until, row.n_tries) == ("250 2.0.0", 1, None, 1)
    assert row.done_at is not None
    assert re.fullmatch(r"\d+", row.provider_id)


def test_without_a_server_mails_are_kept_in_the_inbox() -> None:
    one = mailing()
    rows = readers(one, 3)

    run()

    assert states(one) == {"accepted": 3}
    assert set(CapturedMail.objects.values_list("delivery_id", "recipient")) == {(r.pk, r.address) for r in rows}


def test_what_is_not_due_or_not_sending_stays(sink: Sink) -> None:
    tomorrow, paused = mailing(), mailing(state=Mailing.State.PAUSED)
    make.delivery(tomorrow, due_at=timezone.now() + timedelta(days=1))
    readers(paused, 1)

    assert run() == 0
    assert (states(tomorrow), states(paused), sink.received()) == ({"queued": 1}, {"queued": 1}, [])


def test_a_chunk_ends_with_its_time_and_gives_back_what_it_did_not_begin(sink: Sink) -> None:
    sink.tell(latency=0.05)
    one = mailing()
    readers(one, 100)

    begun_at = time.monotonic()
    n_answered = run(budget_seconds=0.5)
    seconds = time.monotonic() - begun_at

    assert seconds < 3
    assert 0 < n_answered < 60
    assert states(one) == {"accepted": n_answered, "queued": 100 - n_answered}
    assert len(sink.received()) == n_answered


def test_service_mails_leave_before_issues(sink: Sink) -> None:
    issue = mailing()
    readers(issue, 30)
    hurry = make.delivery(make.standing("link"), due_at=LONG_AGO)

    run()

    assert sink.recipients()[0] == hurry.address


def test_a_closed_fence_lets_nothing_leave(sink: Sink) -> None:
    one = mailing()
    readers(one, 2)
    fence.close("a copy")

    assert (run(), states(one), sink.received()) == (0, {"queued": 2}, [])


# -- it does not leave --------------------------------------------------------------------------------------
def test_who_left_after_the_freeze_is_excluded_with_the_reason_and_the_others_get_it(sink: Sink) -> None:
    one = mailing()
    withdrawn, complained, erased, pausing, stays = readers(one, 5)
    consent.withdraw(withdrawn.subscriber, one.purpose, source="home", now=make.NOW)
    consent.suppress(complained.address_key, Suppression.Reason.COMPLAINT, now=make.NOW)
    Delivery.objects.filter(pk=erased.pk).update(address=None, address_key=None)
    Subscriber.objects.filter(pk=pausing.subscriber_id).update(paused_until=timezone.now() + timedelta(days=9))

    run()

    assert [fate(row)[:2] for row in (withdrawn, complained, erased, pausing, stays)] == [
        ("excluded", "no_consent"),
        ("excluded", "suppressed"),
        ("excluded", "erased"),
        ("excluded", "paused"),
        ("accepted", ""),
    ]
    assert sink.recipients() == [stays.address]


LEAVING = {
    "withdraw": lambda row: consent.withdraw(row.subscriber, row.mailing.purpose, source="home", now=make.NOW),
    "suppress": lambda row: consent.suppress(row.address_key, Suppression.Reason.NOT_ME, now=make.NOW),
    "erase": lambda row: Delivery.objects.filter(pk=row.pk).update(address=None, address_key=None),
}
STOPPING = {"pause": Mailing.State.PAUSED, "cancel": Mailing.State.CANCELLED}


def act_at_the_fourth(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen when the fourth mail of a batch has passed the gate and is asked for."""
    envelopes = worker.Source.envelopes

    def interrupted(self: worker.Source) -> Iterator[object]:
        for number, envelope in enumerate(envelopes(self), start=1):
            if number == 4:
                act()
            yield envelope

    monkeypatch.setattr(worker.Source, "envelopes", interrupted)


@pytest.mark.parametrize("how", LEAVING)
def test_who_leaves_between_the_gate_and_the_content_gets_nothing(
    sink: Sink, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = mailing()
    rows = readers(one, 6)
    act_at_the_fourth(monkeypatch, lambda: LEAVING[how](rows[-1]))

    run()

    assert sorted(sink.recipients()) == sorted(row.address for row in rows[:-1])
    assert fate(rows[-1])[0] == "queued"  # given back: the gate writes down the reason at its next turn


@pytest.mark.parametrize("how", STOPPING)
def test_a_mailing_that_is_stopped_begins_no_further_mail(
    sink: Sink, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = mailing()
    readers(one, 6)
    n_begun: list[int] = []

    def stop() -> None:
        Mailing.objects.filter(pk=one.pk).update(state=STOPPING[how])
        n_begun.append(one.deliveries.filter(state__in=[State.HANDING_OVER, State.ACCEPTED]).count())

    act_at_the_fourth(monkeypatch, stop)

    run()

    assert n_begun[0] <= 3
    assert states(one) == {"accepted": n_begun[0], "queued": 6 - n_begun[0]}
    assert len(sink.received()) == n_begun[0]


def test_a_mail_that_cannot_be_written_is_left_out_and_the_others_leave(sink: Sink) -> None:
    one = mailing()
    good, bad = readers(one, 2)
    Delivery.objects.filter(pk=bad.pk).update(address="two words@letters.example")

    run()

    assert (fate(good)[0], fate(bad)[:2]) == ("accepted", ("excluded", "render"))


def test_a_message_that_somebody_must_mend_waits(sink: Sink) -> None:
    one = make.mailing(purpose=people.purpose())
    readers(one, 2)

    run()

    assert set(one.deliveries.values_list("state", "reason")) == {("deferred", "render")}
    assert sink.received() == []


# -- refusals -----------------------------------------------------------------------------------------------
def test_a_mailbox_that_does_not_exist_is_never_written_to_again(sink: Sink) -> None:
    sink.tell({"at": "rcpt", "to": "-0@", "say": "550 5.1.1 no such user here"})
    one, other = mailing(), mailing()
    gone, stays = readers(one, 2)

    run()

    assert (fate(gone), fate(stays)[0]) == (("failed", "refused", "550 5.1.1"), "accepted")
    assert list(Suppression.objects.values_list("reason", flat=True)) == ["hard_bounce"]
    bounce = Event.objects.get(kind=Kind.MAIL_BOUNCED)
    assert (bounce.subscriber_id, bounce.object_key, bounce.payload["hard"]) == (gone.subscriber_id, str(gone.pk), True)
    people.agreed(gone.subscriber, other.purpose, at=LONG_AGO)
    again = make.delivery(other, gone.subscriber, due_at=LONG_AGO)
    run()
    assert fate(again)[:2] == ("excluded", "suppressed")


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        ("rcpt", "451 4.7.1 greylisted, try again later"),
        ("dot", "451 4.7.1 greylisted, try again later"),
        ("data", "450 4.2.0 busy"),
        ("rcpt", "452 4.2.2 mailbox full"),
        ("rcpt", "452 4.5.3 too many recipients"),
        ("dot", "421 4.3.2 closing"),
    ],
)
def test_later_means_later_and_nobody_is_suppressed(sink: Sink, phase: str, said: str) -> None:
    sink.tell({"at": phase, "to": "-0@", "say": said, "times": 1})
    one = mailing()
    waiting, _stays = readers(one, 2)

    run()

    assert fate(waiting)[:2] == ("deferred", "server")
    assert 230 < (waiting.due_at - timezone.now()).total_seconds() < 370
    assert (states(one), waiting.n_tries) == ({"deferred": 1, "accepted": 1}, 1)
    assert not Suppression.objects.exists()
    Delivery.objects.filter(pk=waiting.pk).update(due_at=LONG_AGO)
    run()
    assert (fate(waiting)[0], waiting.n_tries) == ("accepted", 2)
    assert Counter(sink.recipients()) == dict.fromkeys(one.deliveries.values_list("address", flat=True), 1)


def test_later_is_believed_for_three_days_and_then_given_up_without_suppression(sink: Sink) -> None:
    sink.tell({"at": "rcpt", "say": "451 4.7.1 greylisted"})
    one = mailing()
    (row,) = readers(one, 1)
    n_runs = 0

    while fate(row)[0] != "failed" and n_runs < 40:
        Delivery.objects.filter(pk=row.pk).update(due_at=LONG_AGO)
        run()
        n_runs += 1

    assert fate(row) == ("failed", "server", "451 4.7.1")
    assert 18 < n_runs < 30
    assert not Suppression.objects.exists()


def test_a_full_mailbox_is_a_soft_bounce(sink: Sink) -> None:
    sink.tell({"at": "dot", "say": "552 5.2.2 mailbox full"})
    one = mailing()
    (row,) = readers(one, 1)

    run()

    assert fate(row)[:2] == ("failed", "refused")
    assert Event.objects.get(kind=Kind.MAIL_BOUNCED).payload["hard"] is False
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        "550 5.7.515 access denied, sending domain does not meet the required authentication level",
        "421 4.7.28 unusual rate of unsolicited mail originating from your IP address",
        "554 5.7.1 service unavailable; client host blocked using zen.spamhaus.org",
    ],
)
def test_a_domain_that_holds_something_against_us_is_left_alone_and_nobody_is_suppressed(sink: Sink, said: str) -> None:
    sink.tell({"at": "rcpt", "to": "big.example$", "say": said})
    one = mailing()
    big = readers(one, 3, domain="big.example")
    readers(one, 3, domain="small.example")

    run()
    run()

    brake = DomainBrake.objects.get()
    assert (brake.domain, brake.n_in_a_row) == ("big.example", 1)
    assert said[4:20] in brake.reason
    assert {fate(row)[:2] for row in big} == {("deferred", "domain")}
    assert states(one) == {"deferred": 3, "accepted": 3}
    assert not Suppression.objects.exists()
    later = make.delivery(one, people_who_agreed(one, "late@big.example"), due_at=LONG_AGO)
    run()
    assert fate(later)[:2] == ("deferred", "domain")
    assert (brake.stopped_until - later.due_at).total_seconds() < 2
    assert later.n_tries == 0


def people_who_agreed(one: Mailing, address: str) -> Subscriber:
    person = people.subscriber(address)
    people.agreed(person, one.purpose, at=LONG_AGO)
    return person


# -- the way out itself -------------------------------------------------------------------------------------
def test_a_refused_login_pauses_the_account_at_once_and_uses_up_nobody(tmp_path: Path, settings) -> None:
    settings.CIRCOLARE_MAIL_IS_CAUGHT = True
    one = mailing()
    readers(one, 30)
    with sinks.smtp(tmp_path, "--auth", "PLAIN", "--login", "anna:right") as sink:
        settings.EMAIL_URL = f"smtp://anna:wrong@127.0.0.1:{sink.port}"
        run()
        run()
        n_logins = len(sink.facts("auth"))

        account = Account.objects.get()
        assert account.paused_at is not None
        assert "535" in account.pause_reason
        assert "wrong" not in account.pause_reason
        assert n_logins == 1
        assert set(one.deliveries.values_list("state", "n_tries", "reason")) == {("queued", 0, "")}

        settings.EMAIL_URL = f"smtp://anna:right@127.0.0.1:{sink.port}"
        rates.resume(account.pk)
        run()
        assert states(one) == {"accepted": 30}


def test_a_server_that_is_away_rests_for_growing_pauses_and_nobody_is_counted(settings) -> None:
    settings.EMAIL_URL, settings.CIRCOLARE_MAIL_IS_CAUGHT = "smtp://127.0.0.1:1", True
    one = mailing()
    readers(one, 3)
    pauses = []

    for _ in range(4):
        run()
        brake = DomainBrake.objects.get(domain="")
        pauses.append(round((brake.stopped_until - timezone.now()).total_seconds()))
        assert run() == 0
        DomainBrake.objects.update(stopped_until=timezone.now() - timedelta(seconds=1))

    assert pauses == [5, 10, 20, 40]
    assert set(one.deliveries.values_list("state", "n_tries")) == {("queued", 0)}


def test_a_server_that_comes_back_gets_everything_once(sink: Sink) -> None:
    sink.tell({"at": "connect", "say": "421 4.3.2 too many connections", "times": 2})
    one = mailing()
    rows = readers(one, 20)

    for _ in range(3):
        run()
        DomainBrake.objects.update(stopped_until=timezone.now() - timedelta(seconds=1))

    assert states(one) == {"accepted": 20}
    assert Counter(sink.recipients()) == Counter(row.address for row in rows)


def test_an_answer_that_never_came_is_unknown_and_is_not_asked_again(sink: Sink) -> None:
    sink.tell({"at": "dot", "to": "-1@", "cut": "before"})
    one = mailing()
    rows = readers(one, 5)

    run()
    run()

    assert [fate(row)[0] for row in rows] == ["accepted", "unknown", "accepted", "accepted", "accepted"]
    assert rows[1].reason == Reason.LOST
    assert Counter(sink.recipients()) == Counter(row.address for row in rows)


def test_a_connection_that_breaks_before_the_content_is_complete_loses_nobody(sink: Sink) -> None:
    sink.tell({"at": "rcpt", "to": "-2@", "cut": "before", "times": 1})
    one = mailing()
    rows = readers(one, 6)

    run()
    DomainBrake.objects.update(stopped_until=None)
    run()

    assert states(one) == {"accepted": 6}
    assert Counter(sink.recipients()) == Counter(row.address for row in rows)


# -- speed --------------------------------------------------------------------------------------------------
def test_the_accounts_limit_holds_over_chunks_and_may_change_between_them(sink: Sink) -> None:
    one = mailing()
    readers(one, 60)
    Account.objects.update(n_per_second=10)

    first = run(budget_seconds=0.5)
    at_once = run(budget_seconds=0.2)
    Account.objects.update(n_per_second=0)
    unlimited = run()

    assert 10 <= first <= 16
    assert at_once <= 4
    assert first + at_once + unlimited == 60


def test_a_mailing_that_is_slowed_down_does_not_hold_back_others_and_may_be_let_go(sink: Sink) -> None:
    slow, other = mailing(), mailing()
    readers(slow, 30)
    readers(other, 30)
    Mailing.objects.filter(pk=slow.pk).update(n_per_second=2)
    Account.objects.update(n_per_second=1_000)

    run(budget_seconds=0.5)
    n_slow = states(slow)["accepted"]
    Mailing.objects.filter(pk=slow.pk).update(n_per_second=0)
    run()

    assert 2 <= n_slow <= 4
    assert states(other) == {"accepted": 30}
    assert states(slow) == {"accepted": 30}


def test_a_domains_limit_holds_and_does_not_hold_back_others(sink: Sink) -> None:
    one = mailing()
    DomainBrake.objects.create(account=make.account(), domain="slow.example", n_per_second=2)
    slow = readers(one, 10, domain="slow.example")
    readers(one, 10, domain="quick.example")

    run()

    n_slow = sum("slow.example" in recipient for recipient in sink.recipients())
    assert n_slow == 2
    waiting = [row for row in slow if fate(row)[0] == "deferred"]
    assert [row.reason for row in waiting] == ["domain"] * 8
    dues = sorted((row.due_at - timezone.now()).total_seconds() for row in waiting)
    assert 0 < dues[0] < dues[-1] < 6
    assert one.deliveries.filter(domain="quick.example", state=State.ACCEPTED).count() == 10


def test_while_the_cache_is_away_a_limited_way_sends_nothing_and_an_unlimited_one_goes_on(sink: Sink, settings) -> None:
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    rates.client.cache_clear()
    one = mailing()
    readers(one, 4)
    Account.objects.update(n_per_second=100)
    try:
        limited = run()
        Account.objects.update(n_per_second=0)
        unlimited = run()
    finally:
        rates.client.cache_clear()

    assert (limited, unlimited, states(one)) == (0, 4, {"accepted": 4})


def test_commits_wait_for_the_disk_again_when_the_chunk_is_over(sink: Sink) -> None:
    one = mailing()
    readers(one, 2)

    run()

    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
