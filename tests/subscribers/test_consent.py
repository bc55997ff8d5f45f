"""Consent: an append-only ledger, what it adds up to, and the addresses never to write to."""

import os
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from subscribers import consent, digests, standing
from subscribers.models import (
    Consent,
    ConsentProof,
    Event,
    Kind,
    Permission,
    Purpose,
    Signup,
    State,
    Subscriber,
    Suppression,
    Wording,
)
from tests import databases
from tests.factories import subscribers as make

pytestmark = pytest.mark.django_db
NOW = make.NOW
LATER = NOW + timedelta(hours=1)
PROOF = consent.Proof("203.0.113.9", "Mozilla/5.0 test")
Step = Consent.Step
Reason = Suppression.Reason


def steps(person: Subscriber) -> list[tuple[str, str]]:
    return list(person.consents.values_list("purpose__key", "step"))


def given(person: Subscriber) -> set[str]:
    return set(person.permissions.filter(is_given=True).values_list("purpose__key", flat=True))


def told(person: Subscriber) -> list[tuple[str, str]]:
    return list(Event.objects.filter(subscriber=person).order_by("id").values_list("kind", "object_key"))


def asked(person: Subscriber, *purposes: Purpose, **fields: object) -> Signup:
    signup = make.signup(person, *purposes, **fields)
    consent.ask(person, purposes, signup=signup, proof=PROOF, now=NOW)
    return signup


def test_asking_is_noted_with_wording_and_proof_and_permits_nothing() -> None:
    person, letter = make.subscriber("anna@letters.example", state=State.WAITING), make.purpose("letter")

    signup = asked(person, letter, page_url="/it/articoli/uno/")

    row = person.consents.get()
    assert (row.step, row.source, row.page_url, row.locale) == ("asked", "form:form-test", "/it/articoli/uno/", "it")
    assert row.wording == Wording.objects.get(purpose=letter, locale="it")
    assert (row.proof.ip, row.proof.user_agent, row.proof.at) == ("203.0.113.9", "Mozilla/5.0 test", NOW)
    assert given(person) == set()
    assert told(person) == [(Kind.SIGNUP_ASKED, str(signup.pk))]


def test_confirming_gives_all_that_was_asked_with_the_words_that_were_shown() -> None:
    person, letter = make.subscriber(state=State.WAITING), make.purpose("letter")
    signup = asked(person, letter, make.tracking())
    shown = Wording.objects.get(purpose=letter, locale="it")
    Wording.objects.create(purpose=letter, locale="it", version=2, text="Altre parole.")

    rows = consent.confirm(signup, proof=PROOF, now=LATER, delivery_id=77)

    assert [(row.purpose.key, row.step, row.delivery_id, row.at) for row in rows] == [
        ("letter", "confirmed", 77, LATER),
        ("tracking", "confirmed", 77, LATER),
    ]
    assert rows[0].wording == shown
    assert given(person) == {"letter", "tracking"}
    person.refresh_from_db()
    assert person.state == State.ACTIVE
    assert consent.may_track(person.pk) is True
    assert told(person)[1:] == [(Kind.CONSENT_CONFIRMED, "letter"), (Kind.CONSENT_CONFIRMED, "tracking")]


def test_confirming_twice_is_confirming_once() -> None:
    person, letter = make.subscriber(state=State.WAITING), make.purpose("letter")
    signup = asked(person, letter)

    first, second = (consent.confirm(signup, proof=PROOF, now=LATER) for _ in range(2))

    assert (len(first), len(second)) == (1, 0)
    assert steps(person) == [("letter", "asked"), ("letter", "confirmed")]


def test_what_a_stranger_typed_becomes_the_persons_only_by_confirming() -> None:
    person, letter = make.subscriber(state=State.WAITING), make.purpose()
    known = make.subscriber(name="Bruna")
    first, second = (asked(one, letter, name="Anna", role="Insegnante") for one in (person, known))
    assert Subscriber.objects.get(pk=person.pk).name == ""

    consent.confirm(first, proof=None, now=LATER)
    consent.confirm(second, proof=None, now=LATER)

    assert Subscriber.objects.values_list("name", "role").get(pk=person.pk) == ("Anna", "Insegnante")
    assert Subscriber.objects.values_list("name", "role").get(pk=known.pk) == ("Bruna", "Insegnante")


def test_withdrawing_is_effective_at_once_and_noted_once() -> None:
    person, letter = make.subscriber(), make.purpose("letter")
    make.agreed(person, letter, make.tracking())

    first, second = (consent.withdraw(person, letter, source="home", now=LATER) for _ in range(2))

    assert (first is not None, second) == (True, None)
    assert steps(person) == [("letter", "confirmed"), ("tracking", "confirmed"), ("letter", "withdrawn")]
    assert given(person) == {"tracking"}
    assert Subscriber.objects.get(pk=person.pk).state == State.UNSUBSCRIBED
    assert told(person) == [(Kind.CONSENT_WITHDRAWN, "letter")]


def test_tracking_is_withdrawn_alone_without_leaving_the_newsletter() -> None:
    person, letter = make.subscriber(), make.purpose("letter")
    make.agreed(person, letter, make.tracking())

    consent.withdraw(person, make.tracking(), source="mail", now=LATER)

    assert given(person) == {"letter"}
    assert consent.may_track(person.pk) is False
    assert Subscriber.objects.get(pk=person.pk).state == State.ACTIVE


def test_leaving_all_takes_everything_back() -> None:
    person, one, two = make.subscriber(), make.purpose("one"), make.purpose("two")
    make.agreed(person, one, two, make.tracking())

    rows = consent.withdraw_all(person, source="one-click", now=LATER)

    assert sorted(row.purpose.key for row in rows) == ["one", "tracking", "two"]
    assert given(person) == set()
    assert consent.withdraw_all(person, source="one-click", now=LATER) == []


def test_giving_on_ones_own_page_needs_no_mail_and_is_noted_once() -> None:
    person, letter = make.subscriber(state=State.UNSUBSCRIBED), make.purpose("letter")

    first, second = (consent.give(person, letter, source="home", locale="en", now=LATER) for _ in range(2))

    assert second is None
    assert (first.step, first.source, first.wording.locale) == ("confirmed", "home", "en")
    assert person.state == State.ACTIVE


def test_giving_for_many_writes_what_giving_one_by_one_writes(django_assert_max_num_queries: Any) -> None:
    letter, other = make.purpose("letter"), make.purpose("other")
    alone, together, known = (make.subscriber(state=State.UNSUBSCRIBED) for _ in range(3))
    consent.give(known, letter, source="home", locale="en", now=NOW)
    consent.give(alone, letter, source="home", locale="en", now=LATER)
    consent.give(alone, other, source="home", locale="it", now=LATER)
    wanted = [(together, letter, "en"), (together, other, "it"), (together, letter, "en"), (known, letter, "en")]

    with django_assert_max_num_queries(14):
        rows = consent.give_many(
            [consent.Agreement(who, what, consent.Origin("home", locale), LATER) for who, what, locale in wanted],
            now=LATER + timedelta(days=1),
        )

    assert [(row.subscriber, row.purpose, row.wording.locale, row.at) for row in rows] == [
        (together, letter, "en", LATER),
        (together, other, "it", LATER),
    ]
    assert together.state == Subscriber.objects.get(pk=together.pk).state == State.ACTIVE
    columns = ("purpose", "step", "wording", "locale", "source", "at")
    assert list(together.consents.values_list(*columns)) == list(alone.consents.values_list(*columns))
    assert told(together) == told(alone)
    permitted = ("purpose", "is_given", "since")
    assert set(together.permissions.values_list(*permitted)) == set(alone.permissions.values_list(*permitted))
    assert Event.objects.filter(subscriber=together, occurred_at=LATER).count() == 2


def test_a_pause_ends_by_itself_and_is_told() -> None:
    person, letter = make.subscriber(), make.purpose()
    make.agreed(person, letter)

    consent.pause(person, NOW + timedelta(days=14), now=NOW)
    assert Subscriber.objects.get(pk=person.pk).state == State.PAUSED
    assert consent.end_pauses(now=NOW + timedelta(days=13)) == 0
    assert consent.end_pauses(now=NOW + timedelta(days=14)) == 1

    person.refresh_from_db()
    assert (person.state, person.paused_until) == (State.ACTIVE, None)
    assert told(person) == [(Kind.PREFERENCE_CHANGED, "")]


def test_resuming_ends_a_pause_early() -> None:
    person, letter = make.subscriber(), make.purpose()
    make.agreed(person, letter)
    consent.pause(person, NOW + timedelta(days=14), now=NOW)

    consent.resume(person, now=LATER)

    person.refresh_from_db()
    assert (person.state, person.paused_until) == (State.ACTIVE, None)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (Reason.HARD_BOUNCE, State.BOUNCING),
        (Reason.SOFT_BOUNCE, State.BOUNCING),
        (Reason.COMPLAINT, State.COMPLAINED),
        (Reason.NOT_ME, State.BLOCKED),
        (Reason.BY_HAND, State.BLOCKED),
        (Reason.IMPORTED, State.BLOCKED),
    ],
)
def test_a_suppressed_address_changes_the_state_of_its_person(reason: str, state: str) -> None:
    person, letter = make.subscriber("Anna@letters.example"), make.purpose()
    make.agreed(person, letter)

    assert consent.suppress("anna@letters.example", reason, now=NOW) is True
    assert consent.suppress("anna@letters.example", reason, now=NOW) is False

    assert Subscriber.objects.get(pk=person.pk).state == state
    assert Suppression.objects.count() == 1
    assert consent.lift("anna@letters.example", reasons=[reason], now=NOW) == 1
    assert Subscriber.objects.get(pk=person.pk).state == State.ACTIVE


def test_suppressed_addresses_are_found_among_many_in_one_query(django_assert_num_queries: object) -> None:
    consent.suppress("a@letters.example", Reason.NOT_ME, now=NOW)
    consent.suppress("b@letters.example", Reason.HARD_BOUNCE, now=NOW)
    keys = [f"{letter}@letters.example" for letter in "abcdefgh"]

    with django_assert_num_queries(1):
        found = consent.suppressed_among(keys)

    assert found == {"a@letters.example", "b@letters.example"}
    assert consent.suppressed_among(keys, reasons=consent.STOPS_SERVICE) == {"a@letters.example"}
    assert consent.is_suppressed("b@letters.example") is True
    assert consent.is_suppressed("c@letters.example") is False


def test_a_suppression_is_found_after_the_digest_key_was_changed(settings: object) -> None:
    consent.suppress("a@letters.example", Reason.NOT_ME, now=NOW)

    settings.CIRCOLARE_DIGEST_KEY_FALLBACKS = [settings.CIRCOLARE_DIGEST_KEY]
    settings.CIRCOLARE_DIGEST_KEY = "another-digest-key-that-is-long-enough"

    assert consent.is_suppressed("a@letters.example") is True
    assert consent.suppress("a@letters.example", Reason.NOT_ME, now=NOW) is False


def test_a_suppression_holds_no_address() -> None:
    consent.suppress("anna@letters.example", Reason.HARD_BOUNCE, now=NOW, detail="550 5.1.1")

    row = Suppression.objects.get()
    assert bytes(row.digest) == digests.of("anna@letters.example")
    assert b"anna" not in bytes(row.digest)


def test_a_bounce_older_than_the_new_confirmation_does_not_suppress_again() -> None:
    person, letter = make.subscriber("anna@letters.example", state=State.WAITING), make.purpose()
    consent.suppress("anna@letters.example", Reason.HARD_BOUNCE, now=NOW - timedelta(days=2))
    signup = asked(person, letter)
    consent.confirm(signup, proof=None, now=NOW)
    assert consent.is_suppressed("anna@letters.example") is False

    late = consent.suppress("anna@letters.example", Reason.HARD_BOUNCE, now=LATER, occurred_at=NOW - timedelta(days=2))
    new = consent.suppress("anna@letters.example", Reason.HARD_BOUNCE, now=LATER, occurred_at=LATER)

    assert (late, new) == (False, True)


def test_confirming_does_not_lift_what_the_owner_or_we_forbade() -> None:
    person, letter = make.subscriber("anna@letters.example", state=State.WAITING), make.purpose()
    signup = asked(person, letter)
    for reason in Reason.values:
        consent.suppress("anna@letters.example", reason, now=NOW)

    consent.confirm(signup, proof=None, now=LATER)

    assert consent.reasons_among(["anna@letters.example"]) == {"anna@letters.example": {"not_me", "by_hand"}}


def test_this_was_not_me_blocks_the_address_and_drops_what_was_typed() -> None:
    person, letter = make.subscriber("anna@letters.example", state=State.WAITING), make.purpose()
    signup = asked(person, letter, name="Someone else")

    assert consent.refuse(signup, now=LATER) is True
    assert consent.refuse(signup, now=LATER) is False

    assert consent.reasons_among(["anna@letters.example"]) == {"anna@letters.example": {"not_me"}}
    assert Signup.objects.values_list("name", "refused_at").get() == ("", LATER)
    assert consent.confirm(signup, proof=None, now=LATER) == []
    assert given(person) == set()


def test_this_was_not_me_leaves_what_the_person_agreed_to_before() -> None:
    person, one, two = make.subscriber("anna@letters.example"), make.purpose("one"), make.purpose("two")
    make.agreed(person, one)
    signup = asked(person, two)

    consent.refuse(signup, now=LATER)

    assert consent.is_suppressed("anna@letters.example") is False
    assert given(person) == {"one"}


def test_nothing_a_writer_did_stays_when_its_transaction_fails() -> None:
    person, letter = make.subscriber(state=State.WAITING), make.purpose()
    signup = asked(person, letter)

    with pytest.raises(RuntimeError), transaction.atomic():
        consent.confirm(signup, proof=PROOF, now=LATER)
        raise RuntimeError

    assert steps(person) == [(letter.key, "asked")]
    assert Permission.objects.count() == 0
    assert [kind for kind, _key in told(person)] == [Kind.SIGNUP_ASKED]


def test_rebuild_reproduces_permissions_and_states_from_the_ledger() -> None:
    letter, other = make.purpose("letter"), make.purpose("other")
    people = [make.subscriber(f"p{number}@letters.example") for number in range(4)]
    for person in people[:3]:
        make.agreed(person, letter, other)
    consent.withdraw(people[1], letter, source="home", now=LATER)
    consent.withdraw_all(people[2], source="home", now=LATER)
    consent.suppress("p0@letters.example", Reason.COMPLAINT, now=LATER)
    before = (permissions(), dict(Subscriber.objects.values_list("address", "state")))

    Permission.objects.filter(subscriber=people[0]).delete()
    Permission.objects.filter(subscriber=people[1]).update(is_given=True)
    stray = people[0].consents.first()
    Permission.objects.create(subscriber=people[3], purpose=other, is_given=True, since=NOW, consent=stray)
    Subscriber.objects.update(state=State.ACTIVE)

    # two missing, one wrong, one unfounded; the states of p0, p2 and p3
    assert standing.rebuild(now=LATER) == 2 + 1 + 1 + 3
    assert before[0] == permissions()
    assert dict(Subscriber.objects.values_list("address", "state")) == {
        "p0@letters.example": State.COMPLAINED,
        "p1@letters.example": State.ACTIVE,
        "p2@letters.example": State.UNSUBSCRIBED,
        "p3@letters.example": State.WAITING,
    }
    assert standing.rebuild(now=LATER) == 0


def permissions() -> list[tuple[object, ...]]:
    return sorted(Permission.objects.values_list("subscriber", "purpose", "is_given", "since", "consent"))


def test_the_queries_of_a_rebuild_do_not_grow_with_the_people(django_assert_num_queries: object) -> None:
    letter = make.purpose()
    make.agreed(make.subscriber(), letter)
    with django_assert_num_queries(9):
        standing.rebuild(now=NOW)
    for _number in range(2):
        make.agreed(make.subscriber(), letter)
    with django_assert_num_queries(9):
        standing.rebuild(now=NOW)


# --- what the database itself refuses ---


def ledger_row(*, is_sample: bool = False) -> Consent:
    person = make.subscriber(is_sample=is_sample)
    return Consent.objects.create(
        subscriber=person,
        purpose=make.tracking(),
        step=Step.CONFIRMED,
        locale="it",
        source="form:test",
        page_url="/it/",
        evidence="a line",
        at=NOW,
        is_sample=is_sample,
    )


def is_refused(statement: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        assert "append-only" in str(error)
        return True
    return False


@pytest.mark.parametrize(
    "change",
    [
        "step = 'withdrawn'",
        "subscriber_id = NULL",
        "page_url = ''",
        "at = at + interval '1 day'",
        "is_sample = true",
        "wording_id = NULL",
        "source = 'home'",
    ],
)
def test_the_database_refuses_to_change_a_consent(change: str) -> None:
    row = ledger_row()

    assert is_refused(f"UPDATE subscribers_consent SET {change} WHERE id = %s", row.pk)


def test_the_database_refuses_to_delete_a_consent_but_not_a_sample() -> None:
    row, sample = ledger_row(), ledger_row(is_sample=True)

    assert is_refused("DELETE FROM subscribers_consent WHERE id = %s", row.pk)
    assert not is_refused("DELETE FROM subscribers_consent WHERE id = %s", sample.pk)
    assert is_refused("UPDATE subscribers_consent SET is_sample = true WHERE id = %s", row.pk)


@pytest.mark.parametrize(
    "change",
    [
        "subscriber_id = NULL, page_url = '', evidence = '', step = 'withdrawn'",
        "subscriber_id = NULL, page_url = '', evidence = '', is_sample = true",
        "subscriber_id = NULL, page_url = '/x/', evidence = ''",
        "page_url = '', evidence = ''",
    ],
)
def test_even_an_erasure_may_only_empty_the_personal_columns(change: str) -> None:
    row = ledger_row()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL circolare.erasing = 'on'")
        assert is_refused(f"UPDATE subscribers_consent SET {change} WHERE id = %s", row.pk)
        assert is_refused("DELETE FROM subscribers_consent WHERE id = %s", row.pk)
        cursor.execute("SET LOCAL circolare.erasing = 'off'")


def test_forgetting_empties_the_ledgers_personal_columns_and_closes_the_door_behind_it() -> None:
    row, other = ledger_row(), ledger_row()
    ConsentProof.objects.create(consent=row, ip="203.0.113.9", at=NOW)

    consent.forget(row.subscriber)

    row.refresh_from_db()
    assert (row.subscriber, row.page_url, row.evidence, row.step) == (None, "", "", "confirmed")
    assert ConsentProof.objects.count() == 0
    assert is_refused(
        "UPDATE subscribers_consent SET subscriber_id = NULL, page_url = '', evidence = '' WHERE id = %s", other.pk
    )


def test_a_failed_forgetting_closes_the_door_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE subscribers_consent ADD CONSTRAINT broken CHECK (subscriber_id IS NOT NULL)")
    row = ledger_row()

    with pytest.raises(DatabaseError):
        consent.forget(row.subscriber)

    assert is_refused("UPDATE subscribers_consent SET page_url = '' WHERE id = %s", row.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('circolare.erasing', true)")
        assert cursor.fetchone()[0] != "on"


def test_the_ledger_is_emptied_only_where_the_database_is_one_of_the_tests(template_database: str) -> None:
    name = f"guard_{template_database}_{os.getpid()}"
    databases.copy(template_database, name)
    try:
        given = connection.settings_dict
        with (
            psycopg.connect(
                host=given["HOST"] or None,
                port=given["PORT"] or None,
                user=given["USER"] or None,
                password=given["PASSWORD"] or None,
                dbname=name,
            ) as link,
            pytest.raises(psycopg.DatabaseError, match="append-only: TRUNCATE refused"),
        ):
            link.execute("TRUNCATE subscribers_consent CASCADE")
    finally:
        databases.drop(name)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE subscribers_consent CASCADE")
        transaction.set_rollback(True)
