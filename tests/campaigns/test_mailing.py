"""The life of a mailing, from the button to the balanced sum."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from wagtail.models import Locale

from campaigns.models import Delivery, IssuePage, Mailing, PurposeClass
from campaigns.sending import leaving, ledger, mailing
from campaigns.sending.mailing import WrongMoment
from subscribers.models import Segment
from tests.campaigns import letters
from tests.factories import campaigns as make
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
UNDO = timedelta(seconds=30)
State = Mailing.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def issue() -> IssuePage:
    letters.publisher()
    return letters.issue(Locale.objects.get(language_code="it"))


def readers(issue: IssuePage, n: int) -> list:
    made = [people.subscriber() for _ in range(n)]
    for person in made:
        people.agreed(person, issue.newsletter.purpose)
    return made


def begun(issue: IssuePage, **options: object) -> Mailing:
    return mailing.for_issue(issue, user=None, now=NOW, **options)


def state_of(one: Mailing) -> str:
    one.refresh_from_db()
    return one.state


def settle_all(one: Mailing, state: str = "accepted") -> None:
    one.deliveries.filter(state="queued").update(state=state, done_at=NOW)


# -- to the end ---------------------------------------------------------------------------------------------
def test_an_issue_waits_for_the_undo_window_is_frozen_sent_and_finished(issue: IssuePage) -> None:
    readers(issue, 3)
    one = begun(issue)

    leaving.move_on(NOW + UNDO - timedelta(seconds=1))
    in_the_window = (state_of(one), one.deliveries.count())
    leaving.move_on(NOW + UNDO)
    after = (state_of(one), one.deliveries.count(), one.n_candidates, one.is_snapshot_complete, one.started_at)
    settle_all(one)
    leaving.move_on(NOW + UNDO)

    assert in_the_window == ("holding", 0)
    assert after == ("sending", 3, 3, True, NOW + UNDO)
    assert (state_of(one), one.finished_at) == ("finished", NOW + UNDO)
    assert one.versions.get().locale == "it"


@pytest.mark.parametrize("state", ["queued", "claimed", "handing_over", "deferred"])
def test_a_mailing_does_not_end_while_anything_waits(issue: IssuePage, state: str) -> None:
    readers(issue, 2)
    one = begun(issue)
    leaving.move_on(NOW + UNDO)
    settle_all(one)
    Delivery.objects.filter(pk=one.deliveries.first().pk).update(state=state)

    leaving.move_on(NOW + UNDO)

    assert state_of(one) == "sending"


@pytest.mark.parametrize("state", ["failed", "excluded", "unknown"])
def test_what_failed_was_excluded_or_is_unknown_does_not_keep_it_open(issue: IssuePage, state: str) -> None:
    readers(issue, 2)
    one = begun(issue)
    leaving.move_on(NOW + UNDO)
    settle_all(one, state)

    leaving.move_on(NOW + UNDO)

    assert state_of(one) == "finished"


def test_a_sum_that_does_not_balance_is_shown_to_somebody_instead_of_finished(issue: IssuePage) -> None:
    readers(issue, 3)
    one = begun(issue)
    leaving.move_on(NOW + UNDO)
    settle_all(one)
    one.deliveries.first().delete()

    with translation.override("en"):
        leaving.move_on(NOW + UNDO)

    assert (state_of(one), one.held_reason) == ("held", "2 rows stand for 3 people.")


def test_a_row_that_waits_again_between_two_looks_keeps_it_open(
    issue: IssuePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers(issue, 2)
    one = begun(issue)
    leaving.move_on(NOW + UNDO)
    monkeypatch.setattr(ledger, "has_waiting", lambda mailing_id: False)  # seen just before a sweep gave rows back

    leaving.move_on(NOW + UNDO)

    assert state_of(one) == "sending"


# -- to whom ------------------------------------------------------------------------------------------------
def test_a_segment_that_cannot_be_read_any_more_holds_its_mailing_and_no_other(issue: IssuePage) -> None:
    readers(issue, 2)
    inner = Segment.objects.create(name="Inner", rule={"field": "locale", "is": "it"})
    issue.segment = Segment.objects.create(name="Outer", rule={"in_segment": inner.pk})
    issue.save()
    one = begun(issue)
    other = begun(letters.issue(Locale.objects.get(language_code="it")))
    inner.delete()

    with translation.override("en"):
        leaving.move_on(NOW + UNDO)

    assert state_of(one) == "held"
    assert "“Outer” cannot be read" in one.held_reason
    assert state_of(other) == "finished"  # nobody reads that newsletter


def test_an_issue_to_a_segment_that_cannot_be_read_does_not_begin(issue: IssuePage) -> None:
    issue.segment = Segment.objects.create(name="Broken", rule={"nonsense": 1})

    with pytest.raises(WrongMoment, match="Broken"):
        begun(issue)

    assert not Mailing.objects.exists()


# -- once ---------------------------------------------------------------------------------------------------
def test_a_second_click_starts_nothing_more(issue: IssuePage) -> None:
    begun(issue)

    with pytest.raises(WrongMoment):
        begun(issue)

    assert Mailing.objects.count() == 1


def test_a_sent_issue_is_not_sent_again_from_its_translation_either(issue: IssuePage) -> None:
    one = begun(issue)
    Mailing.objects.filter(pk=one.pk).update(state=State.FINISHED)
    english = issue.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)

    for page in (issue, english):
        with translation.override("en"), pytest.raises(WrongMoment, match="sent already"):
            begun(page)


def test_after_undo_the_issue_may_be_sent_as_if_nothing_had_been(issue: IssuePage) -> None:
    readers(issue, 1)
    first = begun(issue)
    mailing.undo(first, now=NOW)

    second = begun(issue)
    leaving.move_on(NOW + UNDO)

    assert (state_of(first), first.deliveries.count()) == ("cancelled", 0)
    assert (state_of(second), second.deliveries.count()) == ("sending", 1)


def test_two_ticks_at_once_freeze_once(issue: IssuePage) -> None:
    readers(issue, 2)
    one = begun(issue)

    moved = [leaving.move_on(NOW + UNDO), leaving.move_on(NOW + UNDO)]

    assert moved == [2, 0]
    assert one.deliveries.count() == 2


# -- buttons ------------------------------------------------------------------------------------------------
VERBS = {"undo": mailing.undo, "pause": mailing.pause, "resume": mailing.resume, "cancel": mailing.cancel}
ALLOWED = {
    "undo": {State.HOLDING: "cancelled", State.SCHEDULED: "cancelled"},
    "pause": {State.FREEZING: "paused", State.SENDING: "paused"},
    "resume": {State.PAUSED: "sending", State.HELD: "sending"},
    "cancel": dict.fromkeys(mailing.OPEN, "cancelled"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", State)
def test_each_button_works_in_its_states_and_changes_nothing_in_others(verb: str, state: str) -> None:
    one = make.mailing(state=state)

    if state in ALLOWED[verb]:
        VERBS[verb](one, now=NOW)
        assert state_of(one) == ALLOWED[verb][state]
    else:
        with pytest.raises(WrongMoment):
            VERBS[verb](one, now=NOW)
        assert state_of(one) == state


def test_cancelling_excludes_those_who_wait_and_leaves_what_is_in_flight_to_finish(issue: IssuePage) -> None:
    readers(issue, 4)
    one = begun(issue)
    leaving.move_on(NOW + UNDO)
    flying, given_back, *_ = one.deliveries.all()
    Delivery.objects.filter(pk__in=[flying.pk, given_back.pk]).update(state="claimed", worker="hand")

    mailing.cancel(one, now=NOW)
    Delivery.objects.filter(pk=flying.pk).update(state="accepted")
    ledger.release([given_back.pk], worker="hand")
    leaving.move_on(NOW)

    assert list(one.deliveries.order_by("state", "reason").values_list("state", "reason")) == [
        ("accepted", ""), ("excluded", "cancelled"), ("excluded", "cancelled"), ("excluded", "cancelled"),
    ]  # fmt: skip
    assert state_of(one) == "cancelled"


def test_pausing_before_people_are_counted_goes_on_with_counting(issue: IssuePage) -> None:
    readers(issue, 1)
    one = begun(issue)
    Mailing.objects.filter(pk=one.pk).update(state=State.FREEZING)
    mailing.pause(one, now=NOW)
    leaving.move_on(NOW + UNDO)
    paused = (state_of(one), one.deliveries.count())

    mailing.resume(one, now=NOW)
    leaving.move_on(NOW + UNDO)

    assert (paused, state_of(one), one.deliveries.count()) == (("paused", 0), "sending", 1)


# -- checks that hold it ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("hours", "state"), [(1.9, "sending"), (2.1, "held")])
def test_a_schedule_that_was_slept_through_is_held_for_somebody_to_decide(
    issue: IssuePage, hours: float, state: str
) -> None:
    readers(issue, 1)
    one = begun(issue, at=NOW + timedelta(hours=1))

    leaving.move_on(NOW + timedelta(hours=1 + hours))

    assert state_of(one) == state
    assert bool(one.held_reason) == (state == "held")


def test_who_resumes_a_late_mailing_has_decided(issue: IssuePage) -> None:
    readers(issue, 1)
    one = begun(issue, at=NOW)
    leaving.move_on(NOW + timedelta(days=1))
    assert state_of(one) == "held"

    mailing.resume(one, now=NOW + timedelta(days=1))
    leaving.move_on(NOW + timedelta(days=1))

    assert state_of(one) == "sending"


def test_a_schedule_of_somebody_who_may_no_longer_send_is_held(issue: IssuePage) -> None:
    readers(issue, 1)
    user = make.staff("Marketers")
    one = mailing.for_issue(issue, user=user, now=NOW, at=NOW + UNDO)
    user.groups.clear()

    leaving.move_on(NOW + UNDO)

    assert state_of(one) == "held"


@pytest.mark.parametrize(("before", "after", "state"), [(5, 30, "held"), (300, 330, "sending"), (300, 200, "held")])
def test_an_audience_that_changed_much_since_the_review_is_held(
    issue: IssuePage, before: int, after: int, state: str
) -> None:
    readers(issue, 1)
    one = begun(issue)
    Mailing.objects.filter(pk=one.pk).update(n_expected=before)
    readers(issue, after - 1)

    leaving.move_on(NOW + UNDO)

    assert state_of(one) == state
    assert one.deliveries.filter(state="queued").count() == after
    if state == "held":
        mailing.resume(one, now=NOW)
        assert (state_of(one), one.deliveries.count()) == ("sending", after)


def test_a_message_that_cannot_be_compiled_is_held_with_its_reason(issue: IssuePage) -> None:
    readers(issue, 1)
    type(letters.PublisherSettings.current()).objects.update(contact="")
    one = begun(issue)

    leaving.move_on(NOW + UNDO)

    assert (state_of(one), one.deliveries.count()) == ("held", 0)
    assert one.held_reason


def test_what_was_saved_after_scheduling_is_looked_at_again_and_holds_until_it_is_mended(issue: IssuePage) -> None:
    readers(issue, 1)
    one = begun(issue, at=NOW + UNDO)
    subject = issue.subject
    issue.subject = "TK"
    issue.save_revision()

    leaving.move_on(NOW + UNDO)
    held = (state_of(one), one.deliveries.count())
    one.refresh_from_db()
    why = one.held_reason
    mailing.resume(one, now=NOW + UNDO)
    leaving.move_on(NOW + UNDO)
    held_again = state_of(one)
    issue.subject = subject
    issue.save_revision()
    mailing.resume(one, now=NOW + UNDO)
    leaving.move_on(NOW + UNDO)

    assert held == ("held", 0)
    assert "TK" in why
    assert held_again == "held"
    assert (state_of(one), one.deliveries.count()) == ("sending", 1)


# -- standing mailings --------------------------------------------------------------------------------------
def test_a_standing_mailing_is_made_once_and_follows_its_source() -> None:
    purpose = people.purpose()
    first = mailing.standing("journey:3:step:a", purpose_class=PurposeClass.JOURNEY, title="A", purpose=purpose)
    again = mailing.standing("journey:3:step:a", purpose_class=PurposeClass.JOURNEY, title="B", purpose=purpose)

    assert first.pk == again.pk
    assert Mailing.objects.get().title == "B"
    assert (again.is_standing, again.state) == (True, "sending")


def test_one_intent_is_one_mail() -> None:
    one, person = make.standing("link"), people.subscriber()

    answers = [mailing.enqueue(one, person, intent_key=key, locale="it", now=NOW) for key in ("a", "a", "b")]

    assert answers == [True, False, True]
    assert one.deliveries.count() == 2


def test_a_mail_may_be_due_later_and_go_to_another_address() -> None:
    one, person = make.standing("address"), people.subscriber("old@letters.example")
    later = NOW + timedelta(days=1)

    mailing.enqueue(one, person, intent_key="a", locale="en", now=NOW, due_at=later, address="New@Letters.example")

    row = one.deliveries.get()
    assert (row.address, row.address_key, row.domain) == (
        "New@letters.example",
        "new@letters.example",
        "letters.example",
    )
    assert (row.due_at, row.locale, row.subscriber_id) == (later, "en", person.pk)


def test_an_erased_person_gets_no_mail() -> None:
    person = people.subscriber()
    person.address = person.address_key = None

    assert mailing.enqueue(make.standing("link"), person, intent_key="a", locale="it", now=NOW) is False
