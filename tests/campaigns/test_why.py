"""“Why did I get this?”: told in plain words, stopped by one press."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from campaigns.models import Delivery, Journey, JourneyVersion, PurposeClass, Run
from campaigns.why import tracing
from subscribers import consent, events, tokens
from subscribers.models import Consent, Kind, Permission, Purpose, State, Subscriber
from tests.campaigns import letters
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
NOW = letters.NOW


def address(delivery: Delivery, name: str = "why") -> str:
    with translation.override("en"):
        return reverse(name, args=[tokens.make(tokens.WHY, delivery.pk, now=NOW)])


def reader(*purposes: Purpose, **fields: Any) -> Subscriber:
    person = people.subscriber("anna@letters.example", **{"locale": "en", **fields})
    people.agreed(person, *purposes, at=NOW - timedelta(days=9), source="form:fine")
    return person


def letter_to(person: Subscriber, purpose: Purpose, **fields: Any) -> Delivery:
    mailing = letters.mailing(purpose=purpose, is_standing=False, **fields)
    return letters.delivery(mailing, person)


def given(person: Subscriber) -> set[str]:
    rows = Permission.objects.filter(subscriber=person, is_given=True)
    return set(rows.values_list("purpose__key", flat=True))


def test_the_page_tells_when_where_and_to_which_words(client: Any) -> None:
    letters.publisher()
    purpose = people.purpose("giro", title_en="The ring", rhythm_en="every Thursday")
    people.signup_form(purpose, key="fine", locale="en", title="At the end of the article")
    person = reader(purpose)

    page = client.get(address(letter_to(person, purpose))).content.decode()

    for expected in (
        "a•••@letters.example",
        "The ring, every Thursday",
        "14 November 2026, 10:30",
        "the form “At the end of the article”",
        "“Send me The ring.”",
        "Edizioni del Giro, Via dell&#x27;Anello 4, 40100 Bologna",
        "privacy@giro.example",
        "Nothing of what you read or click is counted.",
    ):
        assert expected in page
    assert "anna@letters.example" not in page


def test_looking_changes_nothing_and_is_kept_nowhere(client: Any) -> None:
    purpose = people.purpose()
    person = reader(purpose)
    delivery = letter_to(person, purpose)

    answers = [client.get(address(delivery, name)) for name in ("why", "untrack")]

    assert given(person) == {purpose.key}
    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "http-equiv" not in answer.content.decode()


@pytest.mark.parametrize(
    ("what", "remaining", "frequency"),
    [
        ("stop", {"other", "tracking"}, "each"),
        ("weekly", {"giro", "other", "tracking"}, "weekly"),
        ("pause", {"giro", "other", "tracking"}, "each"),
        ("untrack", {"giro", "other"}, "each"),
        ("not-me", set(), "each"),
        ("nonsense", {"giro", "other", "tracking"}, "each"),
    ],
)
def test_each_button_does_its_one_thing_and_may_be_pressed_twice(
    client: Any, what: str, remaining: set[str], frequency: str
) -> None:
    purpose, other = people.purpose("giro"), people.purpose("other")
    person = reader(purpose, other, people.tracking())
    url = address(letter_to(person, purpose))

    answers = [client.post(url, {"what": what}) for _n in range(2)]

    person.refresh_from_db()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert given(person) == remaining
    assert person.frequency == frequency
    assert consent.is_suppressed(person.address_key or "") == (what == "not-me")


def test_a_pause_lasts_a_month_and_is_then_offered_no_more(client: Any) -> None:
    purpose = people.purpose("giro")
    person = reader(purpose)
    url = address(letter_to(person, purpose))

    with time_machine.travel(NOW, tick=False):
        offered = client.get(url).content.decode()
        done = client.post(url, {"what": "pause"}).content.decode()
        again = client.get(url).content.decode()

    person.refresh_from_db()
    assert (person.state, person.paused_until) == (State.PAUSED, NOW + timedelta(days=30))
    assert "Silence until 23 December 2026" in offered
    assert "You hear nothing from us until 23 December 2026." in done
    assert 'value="pause"' not in again


def test_days_are_written_small_in_italian(client: Any) -> None:
    purpose = people.purpose("giro")
    delivery = letter_to(reader(purpose), purpose)
    with translation.override("it"):
        url = reverse("why", args=[tokens.make(tokens.WHY, delivery.pk, now=NOW)])

    assert ">14 novembre 2026, 10:30</time>" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("page", "is_link"),
    [
        ("/it/articoli/giro/", True),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_the_page_of_the_consent_is_a_link_where_it_is_ours(client: Any, page: str, is_link: bool) -> None:
    purpose = people.purpose("giro")
    person = reader()
    words = purpose.wordings.first()
    Consent.objects.create(
        subscriber=person, purpose=purpose, step="confirmed", wording=words, locale="en", page_url=page, at=NOW
    )

    html = client.get(address(letter_to(person, purpose))).content.decode()

    assert f">{page}</" in html
    assert (f'<a href="{page}">' in html) == is_link


def test_stopping_leaves_a_step_that_names_the_mail(client: Any) -> None:
    purpose = people.purpose()
    person = reader(purpose)
    delivery = letter_to(person, purpose)

    client.post(address(delivery), {"what": "stop"})

    last = Consent.objects.filter(subscriber=person).last()
    assert last
    assert (last.step, last.source) == ("withdrawn", f"why:{delivery.pk}")


def test_counting_is_switched_off_by_one_press_while_the_letters_go_on(client: Any) -> None:
    purpose = people.purpose("giro")
    person = reader(purpose, people.tracking())
    url = address(letter_to(person, purpose), "untrack")
    asked = client.get(url).content.decode()

    done = client.post(url, {"what": "untrack"}).content.decode()

    assert "Stop counting?" in asked
    assert "Nothing is counted" in done
    assert given(person) == {"giro"}


def journey_mail(person: Subscriber, purpose: Purpose) -> tuple[Delivery, Run]:
    journey = Journey.objects.create(name="Primi passi", purpose=purpose, state=Journey.State.LIVE)
    version = JourneyVersion.objects.create(journey=journey, number=1, graph={})
    event = events.record(
        Kind.RESOURCE_DOWNLOADED,
        subscriber_id=person.pk,
        occurred_at=NOW,
        now=NOW,
        source="site",
        payload={"title": "Guida al giro"},
    )
    assert event
    run = Run.objects.create(
        journey=journey,
        version=version,
        subscriber=person,
        entry_key=f"event:{event.pk}",
        step="a",
        entered_at=NOW,
        entered_step_at=NOW,
    )
    mailing = letters.mailing(
        purpose=purpose, purpose_class=PurposeClass.JOURNEY, key=f"journey:{journey.pk}:step:a", title="Primi passi"
    )
    return letters.delivery(mailing, person, intent_key=f"run:{run.pk}:step:a:lap:1"), run


def test_a_journeys_mail_tells_what_began_it_and_its_path_may_be_stopped_alone(client: Any) -> None:
    purpose = people.purpose("giro")
    person = reader(purpose)
    delivery, run = journey_mail(person, purpose)
    url = address(delivery)

    page = client.get(url).content.decode()
    done = client.post(url, {"what": "path"}).content.decode()

    assert "On 23 November 2026 you downloaded “Guida al giro”" in page
    assert "<dt>Path</dt><dd>Primi passi<br>since 23 November 2026</dd>" in page
    run.refresh_from_db()
    assert (run.state, run.why) == ("left", "reader")
    assert given(person) == {"giro"}
    assert "This path ends here" in done


def test_an_erased_reader_is_told_nothing(client: Any) -> None:
    purpose = people.purpose()
    person = reader(purpose)
    delivery = letter_to(person, purpose)
    Subscriber.objects.filter(pk=person.pk).update(state=State.ERASED, address=None, address_key=None, name="")

    page = client.get(address(delivery)).content.decode()

    assert "Nothing left here" in page
    assert "letters.example" not in page


def test_a_staff_test_says_so_and_stops_nothing(client: Any) -> None:
    mailing = letters.mailing(purpose=people.purpose(), purpose_class=PurposeClass.TEST)
    delivery = letters.delivery(mailing, None, address="staff@letters.example")
    url = address(delivery)

    assert "to try it out" in client.get(url).content.decode()
    assert client.post(url, {"what": "not-me"}).status_code == 200
    assert not consent.is_suppressed("staff@letters.example")


@pytest.mark.parametrize("purpose", [tokens.HOME, tokens.LEAVE, tokens.CLICK])
def test_a_token_for_another_page_opens_nothing(client: Any, purpose: str) -> None:
    token = tokens.make(purpose, 1, now=NOW)

    assert client.get(f"/en/why/{token}/").status_code == 404
    assert client.post(f"/en/counting/{token}x/", {"what": "untrack"}).status_code == 404


def test_a_delivery_that_is_gone_is_told_as_such() -> None:
    assert tracing.read(tokens.make(tokens.WHY, 0, now=NOW), now=NOW) is None
