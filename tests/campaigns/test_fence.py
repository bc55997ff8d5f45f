"""A copy sends nothing until somebody confirms."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from campaigns import fence
from campaigns.models import Account, Delivery, Fence, Mailing, PurposeClass

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_fence() -> None:
    Fence.objects.all().delete()


def mailing(key: str, *, is_standing: bool, state: str = Mailing.State.SENDING) -> Mailing:
    account = Account.objects.filter(is_default=True).first() or Account.objects.create(name="a", is_default=True)
    return Mailing.objects.create(
        key=key, title=key, account=account, is_standing=is_standing, state=state, purpose_class=PurposeClass.ISSUE
    )


def delivery(of: Mailing, state: str, key: str = "a@letters.example") -> Delivery:
    return Delivery.objects.create(mailing=of, state=state, address_key=key, locale="it", intent_key="issue")


def test_a_database_that_never_asked_notes_itself_and_may_send() -> None:
    assert (fence.is_open(), Fence.objects.count()) == (True, 1)
    own, noted, _ = fence.look()
    assert own == noted
    assert own.count(":") == 1


def test_a_database_that_is_itself_asks_by_one_query(django_assert_num_queries: object) -> None:
    fence.is_open()

    with django_assert_num_queries(1):
        assert fence.is_open()


def test_a_database_with_the_identity_of_another_is_closed() -> None:
    Fence.objects.create(pk=fence.ROW, identity="7000000000000000000:16384")

    assert (fence.is_open(), fence.is_open(), fence.reason()) == (False, False, fence.OTHER_DATABASE)


def test_a_real_copy_of_a_database_is_closed(template_database: str) -> None:
    fence.is_open()
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::text FROM pg_database WHERE datname = %s", [template_database])
        other_oid = cursor.fetchone()[0]
    own, _, _ = fence.look()

    # The template has the same cluster and another oid: what a copy of it would have noted.
    Fence.objects.update(identity=f"{own.split(':')[0]}:{other_oid}")

    assert not fence.is_open()


def test_closing_works_before_anything_was_noted_and_after() -> None:
    fence.close(fence.RESTORED)
    assert (fence.is_open(), fence.reason()) == (False, fence.RESTORED)

    fence.confirm("maria", sends_waiting=True, now=NOW)
    fence.close("another reason")
    assert fence.reason() == "another reason"


def test_confirming_a_move_opens_and_leaves_what_waits() -> None:
    issue = mailing("issue:1:1", is_standing=False)
    delivery(issue, Delivery.State.QUEUED)
    Fence.objects.create(pk=fence.ROW, identity="7:1", is_open=False)

    done = fence.confirm("maria", sends_waiting=True, now=NOW)

    issue.refresh_from_db()
    row = Fence.objects.get()
    assert (done, issue.state, Delivery.objects.get().state) == (fence.Confirmed(0, 0), "sending", "queued")
    assert (fence.is_open(), row.confirmed_by, row.confirmed_at, row.closed_reason) == (True, "maria", NOW, "")


def test_confirming_a_restored_copy_sends_nothing_again() -> None:
    issue = mailing("issue:1:1", is_standing=False)
    ended = mailing("issue:2:1", is_standing=False, state=Mailing.State.FINISHED)
    welcome = mailing("journey:1:step:welcome", is_standing=True)
    rows = [
        delivery(issue, Delivery.State.QUEUED),
        delivery(welcome, Delivery.State.DEFERRED),
        delivery(welcome, Delivery.State.QUEUED, "b@letters.example"),
        delivery(welcome, Delivery.State.ACCEPTED, "c@letters.example"),
    ]
    assert fence.waiting() == fence.Waiting(n_deliveries=3, n_mailings=1)

    done = fence.confirm("maria", sends_waiting=False, now=NOW)

    for row in (issue, ended, *rows):
        row.refresh_from_db()
    assert done == fence.Confirmed(n_held=1, n_excluded=2)
    assert (issue.state, ended.state) == (Mailing.State.HELD, Mailing.State.FINISHED)
    assert [(row.state, row.reason) for row in rows] == [
        ("queued", ""),
        ("excluded", "expired"),
        ("excluded", "expired"),
        ("accepted", ""),
    ]
