"""Erasure: nothing that names the person is left in any table, but a keyed digest and counts without a name."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from campaigns import erasure as upper
from campaigns.models import CapturedMail, Delivery, Run
from subscribers import consent, digests, erasure
from subscribers.models import (
    Consent,
    Erasure,
    Event,
    Facts,
    PendingEvent,
    Permission,
    State,
    Subscriber,
    Suppression,
)
from subscribers.signup import pruning
from tests.factories import subscribers as make
from tests.factories import traces

pytestmark = pytest.mark.django_db
NOW = make.NOW
ROOMS = ("content", "subscribers", "campaigns")
# Every table with a key to Subscriber; a new one must be planted, exported and erased before it may stand here.
NAMING = {
    "Consent", "Permission", "Event", "Facts", "Grant", "Signup", "MailRequest", "Delivery", "Run",
    "Subscriber_topics",
}  # fmt: skip


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return [name for name in connection.introspection.table_names(cursor) if not name.startswith("pg_")]


def rows_with(*pieces: str) -> dict[str, int]:
    """{table: how many of its rows hold one of the pieces, as text or as bytes}."""
    wanted = [f"%{piece}%" for piece in pieces] + [f"%{piece.encode().hex()}%" for piece in pieces]
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {quoted} AS t WHERE t::text ILIKE ANY(%s)", [wanted])
            if n := cursor.fetchone()[0]:
                found[table] = n
    return found


def test_the_planting_reaches_every_table_that_names_a_person() -> None:
    naming = {
        model.__name__
        for app in ROOMS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is Subscriber
    }

    assert naming == NAMING
    traces.plant()
    assert len(rows_with(traces.MARK, traces.IP)) >= 13


def test_after_erasure_no_table_knows_the_person_any_more() -> None:
    person, other = traces.plant(), make.subscriber("other@letters.example", name="Somebody Else")
    make.agreed(other, make.purpose())
    uid = str(person.uid)
    assert rows_with(traces.MARK, traces.IP, uid) != {}
    Delivery.objects.filter(state__in=upper.IN_HAND).update(state="accepted")

    assert erasure.erase(person, now=NOW) is True
    upper.follow(NOW)

    assert rows_with(traces.MARK, traces.IP, uid, "Pacific/Chatham") == {}
    assert rows_with("Somebody Else").keys() == {"subscribers_subscriber"}


def test_what_stays_is_an_empty_row_counts_and_a_digest() -> None:
    person = traces.plant()
    n_before = (Consent.objects.count(), Event.objects.count(), Delivery.objects.count())

    erasure.erase(person, now=NOW)
    upper.follow(NOW)

    assert (person.state, person.address, person.name) == (State.ERASED, None, "")
    assert n_before[0] == Consent.objects.count() == Consent.objects.filter(subscriber=None).count()
    assert n_before[2] == Delivery.objects.count()
    assert Event.objects.filter(kind="page.read").values_list("payload", flat=True)[0] == {"title": "A page"}
    assert Event.objects.filter(kind="noted").exclude(payload={}).count() == 0
    digest = Suppression.objects.get()
    assert (bytes(digest.digest), digest.reason) == (digests.of(traces.ADDRESS), "erased")
    assert list(Permission.objects.all()) == list(Facts.objects.all()) == []
    assert PendingEvent.objects.filter(event__subscriber=person).count() == 0


def test_waiting_mails_are_excluded_and_open_runs_left() -> None:
    person = traces.plant()

    erasure.erase(person, now=NOW)
    upper.follow(NOW)

    own = Delivery.objects.filter(subscriber=person)
    assert dict(own.values_list("intent_key", "state")) == {
        "planted:0": "excluded",
        "planted:1": "claimed",
        "planted:2": "handing_over",
        "planted:3": "accepted",
        "planted:4": "excluded",
        "planted:5": "failed",
        "planted:6": "excluded",
        "planted:7": "unknown",
    }
    assert set(own.filter(intent_key__in=("planted:0", "planted:4")).values_list("reason", flat=True)) == {"erased"}
    assert Run.objects.values_list("state", "why").get() == ("left", "erased")
    assert CapturedMail.objects.count() == 0


def test_a_mail_in_a_workers_hand_is_forgotten_at_a_later_call() -> None:
    person = traces.plant()
    erasure.erase(person, now=NOW)
    upper.follow(NOW)
    assert Delivery.objects.exclude(address=None).count() == 2
    Delivery.objects.filter(state__in=upper.IN_HAND).update(state="accepted")
    Facts.objects.create(subscriber=person, updated_at=NOW)  # a hand that was late

    assert upper.follow(NOW + timedelta(minutes=1)) == 1

    assert Delivery.objects.exclude(address=None).count() == 0
    assert Facts.objects.count() == 0
    assert Erasure.objects.get().followed_at is None
    assert upper.follow(NOW + timedelta(hours=1)) == 1
    assert Erasure.objects.get().followed_at == NOW + timedelta(hours=1)
    assert upper.follow(NOW + timedelta(hours=2)) == 0


def test_erasing_twice_is_erasing_once() -> None:
    person = make.subscriber()

    assert [erasure.erase(person, now=NOW), erasure.erase(person, now=NOW)] == [True, False]
    assert Erasure.objects.count() == 1


def test_nothing_is_erased_when_one_part_fails() -> None:
    person = traces.plant()
    before = rows_with(traces.MARK)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE subscribers_erasure ADD CONSTRAINT broken CHECK (subscriber_id < 0)")

    with pytest.raises(Exception, match="broken"):
        erasure.erase(person, now=NOW)

    assert rows_with(traces.MARK) == before
    assert Subscriber.objects.get(pk=person.pk).address == traces.ADDRESS


def test_an_erased_address_stays_suppressed_until_its_owner_comes_back() -> None:
    person, letter = make.subscriber("anna@letters.example"), make.purpose()
    erasure.erase(person, now=NOW)
    imported = make.subscriber("anna@letters.example")
    make.agreed(imported, letter, source="import:list.csv")
    assert consent.refresh_state(imported, now=NOW) == State.BLOCKED

    signup = make.signup(imported, letter)
    consent.ask(imported, [letter], signup=signup, proof=None, now=NOW)
    consent.confirm(signup, proof=None, now=NOW)

    assert imported.state == State.ACTIVE
    assert consent.is_suppressed("anna@letters.example") is False


# --- what is forgotten by itself ---


def test_whoever_never_confirmed_is_forgotten_without_a_digest(settings: object) -> None:
    settings.CIRCOLARE_UNCONFIRMED_DAYS = 30
    letter = make.purpose()
    old, confirmed, fresh, left = (make.subscriber(state=State.WAITING, created_at=NOW) for _number in range(4))
    for person in (old, confirmed, left):
        consent.ask(person, [letter], signup=make.signup(person, letter), proof=None, now=NOW)
    consent.confirm(confirmed.signups.get(), proof=None, now=NOW)
    consent.confirm(left.signups.get(), proof=None, now=NOW)
    consent.withdraw_all(left, source="home", now=NOW)
    make.signup(fresh, letter, at=NOW + timedelta(days=20), expires_at=NOW + timedelta(days=27))
    late = NOW + timedelta(days=31)

    assert pruning.prune(NOW + timedelta(days=29))["unconfirmed_people"] == 0
    assert pruning.prune(late)["unconfirmed_people"] == 1
    assert pruning.prune(late)["unconfirmed_people"] == 0

    states = {person.pk: Subscriber.objects.get(pk=person.pk).state for person in (old, confirmed, fresh, left)}
    assert states == {
        old.pk: State.ERASED,
        confirmed.pk: State.ACTIVE,
        fresh.pk: State.WAITING,
        left.pk: State.UNSUBSCRIBED,
    }
    assert Suppression.objects.count() == 0


def test_old_unconfirmed_requests_of_a_reader_go_with_what_was_typed(settings: object) -> None:
    settings.CIRCOLARE_UNCONFIRMED_DAYS = 30
    person, letter = make.subscriber(), make.purpose()
    make.agreed(person, letter)
    make.signup(person, letter, name="A stranger's joke")

    assert pruning.prune(NOW + timedelta(days=31))["unconfirmed_signups"] == 1
    assert rows_with("joke") == {}


def test_proofs_go_when_they_are_old_and_the_consents_stay(settings: object) -> None:
    settings.CIRCOLARE_PROOF_DAYS = 10
    person, letter = make.subscriber(), make.purpose()
    consent.give(person, letter, source="home", locale="it", now=NOW, proof=consent.Proof(traces.IP, "agent"))

    assert pruning.prune(NOW + timedelta(days=9))["proofs"] == 0
    assert pruning.prune(NOW + timedelta(days=11))["proofs"] == 1
    assert Consent.objects.count() == 1
