"""Mail requests: wished once, within the limits of one mailbox, taken once."""

from collections import Counter
from datetime import timedelta

import pytest

from subscribers import consent, mail_requests
from subscribers.models import MailRequest, Signup, State, Subscriber, Suppression
from tests.factories import subscribers as make

pytestmark = pytest.mark.django_db
NOW = make.NOW
Kind = MailRequest.Kind


def ask(person: Subscriber, key: str, **more: object) -> MailRequest | None:
    return mail_requests.ask(more.pop("kind", Kind.LINK), person, key=key, locale="it", **{"now": NOW, **more})


def waiting() -> Signup:
    return make.signup(make.subscriber(state=State.WAITING))


def test_the_same_wish_is_written_once() -> None:
    person = make.subscriber()

    first, second = ask(person, "link:1"), ask(person, "link:1")

    assert (first.kind, first.subscriber, first.locale, first.due_at, second) == ("link", person, "it", NOW, None)


def test_what_anybody_can_cause_reaches_one_mailbox_three_times_a_day_however_it_is_written() -> None:
    plain, tagged = make.subscriber("anna.r@gmail.com"), make.subscriber("annar+uno@googlemail.com")
    other = make.subscriber("bruna@gmail.com")

    wishes = [
        ask(plain, "a", kind=Kind.CONFIRM),
        ask(tagged, "b", kind=Kind.RESOURCE),
        ask(plain, "c", kind=Kind.ALREADY, due_at=NOW + timedelta(hours=23)),
        ask(tagged, "d", kind=Kind.RESOURCE),
        ask(other, "e", kind=Kind.RESOURCE),
        ask(plain, "f", kind=Kind.CONFIRM, now=NOW + timedelta(hours=30), due_at=NOW + timedelta(hours=47)),
    ]

    assert [wish is not None for wish in wishes] == [True, True, True, False, True, True]


def test_a_readers_rights_are_not_used_up_by_mails_of_other_kinds() -> None:
    person = make.subscriber()
    for n in range(5):
        ask(person, f"resource:{n}", kind=Kind.RESOURCE)
        for kind in (Kind.EXPORT, Kind.ADDRESS):
            ask(person, f"{kind}:{n}", kind=kind)

    assert ask(person, "erase:1", kind=Kind.ERASE) is not None
    assert Counter(MailRequest.objects.values_list("kind", flat=True)) == {
        Kind.RESOURCE: 3,
        Kind.EXPORT: 3,
        Kind.ADDRESS: 3,
        Kind.ERASE: 1,
    }


@pytest.mark.parametrize(("kind", "most"), [(Kind.LINK, 3), (Kind.EXPORT, 3), (Kind.ERASE, 3), (Kind.ADDRESS, 3)])
def test_each_right_has_a_bound_of_its_own_within_a_day(kind: str, most: int) -> None:
    person = make.subscriber()

    wishes = [ask(person, f"{n}", kind=kind, due_at=NOW + timedelta(hours=n)) for n in range(5)]

    assert sum(wish is not None for wish in wishes) == most
    assert ask(person, "tomorrow", kind=kind, due_at=NOW + timedelta(hours=24)) is not None


def test_a_stranger_causes_three_mails_a_day_at_worst_whatever_is_typed_where() -> None:
    victim, reader = make.subscriber("anna@letters.example"), make.subscriber()
    to_victim = {"step": "new", "to": "anna@letters.example"}
    for n in range(9):
        ask(victim, f"link:{n}", kind=Kind.LINK)
        ask(reader, f"address:{n}", kind=Kind.ADDRESS, payload=to_victim)
        ask(victim, f"confirm:{n}", kind=Kind.CONFIRM, remind_at=NOW + timedelta(hours=20))
        ask(victim, f"resource:{n}", kind=Kind.RESOURCE)

    assert MailRequest.objects.count() == 3


def test_a_mail_to_another_address_counts_for_that_address() -> None:
    person, new = make.subscriber(), "new@letters.example"

    wishes = [ask(person, f"address:{n}", kind=Kind.ADDRESS, payload={"step": "new", "to": new}) for n in range(4)]

    assert [wish is not None for wish in wishes] == [True, True, True, False]
    assert ask(person, "export:1", kind=Kind.EXPORT) is not None


def test_a_reminder_is_wished_in_the_same_breath_once_and_within_the_limit() -> None:
    person, later = make.subscriber(), NOW + timedelta(hours=24)

    ask(person, "confirm:1:1", kind=Kind.CONFIRM, remind_at=later)
    ask(person, "confirm:2:1", kind=Kind.CONFIRM, remind_at=later + timedelta(minutes=1))

    assert dict(MailRequest.objects.values_list("key", "due_at")) == {
        "confirm:1:1": NOW,
        "remind:confirm:1:1": later,
        "confirm:2:1": NOW,
    }


def test_due_wishes_are_taken_once_oldest_first() -> None:
    people = [make.subscriber() for _number in range(3)]
    second = ask(people[0], "second", due_at=NOW - timedelta(minutes=1))
    first = ask(people[1], "first", due_at=NOW - timedelta(minutes=2))
    ask(people[2], "later", due_at=NOW + timedelta(minutes=1))

    assert mail_requests.take(1, now=NOW) == [first]
    assert mail_requests.take(10, now=NOW) == [second]
    assert mail_requests.take(10, now=NOW) == []
    assert [request.key for request in mail_requests.take(10, now=NOW + timedelta(minutes=1))] == ["later"]


@pytest.mark.parametrize("kind", [Kind.CONFIRM, Kind.REMIND])
def test_whoever_decided_meanwhile_is_not_asked_again(kind: str) -> None:
    signups = [waiting() for _number in range(4)]
    for signup in signups:
        ask(signup.subscriber, f"{kind}:{signup.pk}", kind=kind, payload={"signup": signup.pk})
    consent.confirm(signups[0], proof=None, now=NOW)
    Signup.objects.filter(pk=signups[1].pk).update(refused_at=NOW)
    Signup.objects.filter(pk=signups[2].pk).update(expires_at=NOW)

    taken = mail_requests.take(10, now=NOW)

    assert [request.payload for request in taken] == [{"signup": signups[3].pk}]
    assert list(MailRequest.objects.exclude(dropped="").values_list("dropped", flat=True)) == ["no longer waiting"] * 3


def test_an_address_that_said_not_me_gets_no_mail_and_a_bouncing_one_does() -> None:
    blocked, bouncing = make.subscriber("a@letters.example"), make.subscriber("b@letters.example")
    consent.suppress("a@letters.example", Suppression.Reason.NOT_ME, now=NOW)
    consent.suppress("b@letters.example", Suppression.Reason.HARD_BOUNCE, now=NOW)
    wishes = [ask(blocked, "a"), ask(bouncing, "b")]

    assert mail_requests.take(10, now=NOW) == [wishes[1]]
    assert MailRequest.objects.get(key="a").dropped == "suppressed"


def test_taking_costs_the_same_for_one_and_for_three(django_assert_num_queries: object) -> None:
    for n_people in (1, 3):
        for _number in range(n_people):
            signup = waiting()
            ask(signup.subscriber, f"c:{signup.pk}", kind=Kind.CONFIRM, payload={"signup": signup.pk})
        with django_assert_num_queries(6):  # with the savepoint's two
            assert len(mail_requests.take(10, now=NOW)) == n_people


def test_wishes_not_yet_taken_can_be_given_up() -> None:
    person = make.subscriber()
    ask(person, "remind", kind=Kind.REMIND)
    ask(person, "link")

    assert mail_requests.drop_waiting(person, kinds=(Kind.REMIND,), why="refused", now=NOW) == 1
    assert [request.key for request in mail_requests.take(10, now=NOW)] == ["link"]


def test_old_requests_go_and_waiting_ones_stay() -> None:
    person, other = make.subscriber(), make.subscriber()
    ask(person, "taken")
    mail_requests.take(1, now=NOW)
    ask(other, "waiting", due_at=NOW + timedelta(days=200))

    assert mail_requests.prune(now=NOW + timedelta(days=91)) == 1
    assert list(MailRequest.objects.values_list("key", flat=True)) == ["waiting"]
