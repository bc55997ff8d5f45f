"""The list of subscribers and one person's page, in words: filters, the file of people, the history."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Locale, ModelLogEntry

from campaigns.models import Delivery, Mailing, PurposeClass
from campaigns.office import deeds, timeline, words
from content.models import Topic
from subscribers import consent
from subscribers.models import Event, Kind, Purpose, Segment, Subscriber
from subscribers.signup import welcoming
from tests.campaigns import journey_graphs as draw
from tests.campaigns import journey_rows as rows
from tests.factories import campaigns as make
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def italian() -> Iterator[None]:
    with translation.override("it"):
        yield


def staff(role: str = "Marketers") -> Client:
    client = Client()
    client.force_login(make.staff(role))
    return client


LIST = "wagtailsnippets_subscribers_subscriber:list"


def listed(client: Client, **asked: str | int) -> set[str]:
    """Addresses in the list as asked for."""
    return {one.address for one in client.get(reverse(LIST), asked).context["object_list"]}


def topic(locale: str, name: str, **fields: object) -> Topic:
    return Topic.objects.create(name=name, slug=name.lower(), locale=Locale.objects.get(language_code=locale), **fields)


# -- the list -----------------------------------------------------------------------------------------------
def test_the_list_is_filtered_by_what_people_agreed_to_chose_are_and_came_by() -> None:
    letter = people.purpose()
    form = people.signup_form(letter)
    italian = topic("it", "Negozi")
    english = topic("en", "Shops", translation_key=italian.translation_key)
    anna = people.subscriber("anna@posta.example", locale="en", source=f"form:{form.key}")
    bob = people.subscriber("bob@posta.example", source="import:vecchi.csv")
    people.agreed(anna, letter)
    anna.topics.add(english)
    consent_of_bob = people.purpose()
    people.agreed(bob, consent_of_bob)
    segment = Segment.objects.create(name="Inglesi", rule={"field": "locale", "is": "en"})
    marketer = staff()

    assert listed(marketer, agreed=letter.pk) == {anna.address}
    assert listed(marketer, topic=italian.translation_key.hex) == {anna.address}
    assert listed(marketer, source=f"form:{form.key}") == {anna.address}
    assert listed(marketer, source="import") == {bob.address}
    assert listed(marketer, segment=segment.pk) == {anna.address}
    assert listed(marketer, locale="it") == {bob.address}
    assert listed(marketer) == {anna.address, bob.address}


def test_a_segment_that_cannot_be_read_shows_nobody_and_says_so() -> None:
    people.subscriber()
    segment = Segment.objects.create(name="Rotto", rule={"nonsense": 1})

    page = staff().get(reverse(LIST), {"segment": segment.pk})

    assert list(page.context["object_list"]) == []
    assert "Rotto" in page.content.decode()


def test_only_who_may_export_people_gets_the_file_and_the_log_keeps_it() -> None:
    people.subscriber("anna@posta.example", name="=HYPERLINK(1)")
    marketer, administrator = staff("Marketers"), staff("Administrators")

    refused = marketer.get(reverse(LIST), {"export": "csv"})
    text = administrator.get(reverse(LIST), {"export": "csv"}).getvalue().decode()

    assert refused.status_code == 302
    assert "export=csv" not in marketer.get(reverse(LIST)).content.decode()
    assert "export=csv" in administrator.get(reverse(LIST)).content.decode()
    assert "anna@posta.example" in text
    assert "'=HYPERLINK(1)" in text
    entry = ModelLogEntry.objects.get(action="circolare.people.export")
    assert entry.data == {"people": 1}


def test_the_file_can_be_a_workbook() -> None:
    people.subscriber()

    assert staff("Administrators").get(reverse(LIST), {"export": "xlsx"}).status_code == 200


def test_an_empty_list_says_what_it_is_for_and_one_filtered_to_nothing_how_to_see_all() -> None:
    marketer = staff()

    empty = marketer.get(reverse(LIST)).content.decode()
    filtered = marketer.get(reverse(LIST), {"state": "paused"}).content.decode()

    first = reverse("wagtailsnippets_subscribers_signupform:list")
    assert f'<a class="button" href="{first}">' in empty
    assert f'<a class="button button-secondary" href="{reverse(LIST)}">' in filtered


@pytest.mark.parametrize(
    "name",
    [
        "wagtailsnippets_subscribers_segment:list",
        "wagtailsnippets_subscribers_signupform:list",
        "wagtailsnippets_campaigns_newsletter:list",
        "wagtailsnippets_campaigns_email:list",
        "journeys:list",
    ],
)
def test_an_empty_list_has_one_sentence_and_the_button_that_begins(name: str) -> None:
    page = staff("Administrators").get(reverse(name))

    words = page.content.decode()
    assert str(page.context["what_for"]) in words
    assert f'<a class="button" href="{page.context["add_url"]}">' in words
    assert "Why not" not in words


def test_an_empty_list_of_mailings_leads_to_the_issues() -> None:
    page = staff().get(reverse("office_mailings"))

    assert f'<a class="button" href="{page.context["first_url"]}">' in page.content.decode()


# -- words --------------------------------------------------------------------------------------------------
def test_origins_are_words_and_unknown_ones_stay_as_they_are() -> None:
    form = people.signup_form(people.purpose(), title="Una lettera")
    colleague = make.staff(name="nora")

    with translation.override("en"):
        said = words.origins(
            [f"form:{form.key}", "form:gone", "import:a.csv", f"admin:{colleague.pk}", "home", "x:1", ""]
        )

    assert said[f"form:{form.key}"] == "the form “Una lettera”"
    assert "nora" in said[f"admin:{colleague.pk}"]
    assert "a.csv" in said["import:a.csv"]
    assert (said["x:1"], said[""]) == ("x:1", "")
    assert not any(code in said[code] for code in ("form:gone", "home"))


def lines_of(person: Subscriber) -> list[tuple[str, str, str]]:
    return [(line.what, line.text, line.note) for line in timeline.of(person)]


def test_the_history_names_topics_and_preferences() -> None:
    person = people.subscriber()
    shops = topic("it", "Negozi")
    welcoming.keep_topics(person, [shops], now=NOW)
    welcoming.keep_frequency(person, "weekly", now=NOW)
    consent.pause(person, NOW + timedelta(days=14), now=NOW)

    texts = {text for _what, text, _note in lines_of(person)}

    assert "Negozi" in texts
    assert any("settimana" in text for text in texts)
    assert any("4 dicembre 2026" in text for text in texts)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"locale": "en"}, "language: English"),
        ({"paused_until": None}, "the pause is over"),
        ({"changed": "name"}, "the name"),
        ({}, ""),
    ],
)
def test_a_changed_preference_is_said(payload: dict, said: str) -> None:
    with translation.override("en"):
        assert deeds.preference(payload) == said


def test_a_mail_not_sent_says_why_in_words_with_the_day_a_pause_ends() -> None:
    person = people.subscriber(paused_until=datetime(2027, 1, 14, 9, tzinfo=UTC))
    mailing = make.mailing(title="Lettera 41")
    make.delivery(mailing, person, state=Delivery.State.EXCLUDED, reason=Delivery.Reason.PAUSED, done_at=NOW)

    [(_what, text, note)] = lines_of(person)

    assert text == "«Lettera 41»"
    assert "14 gennaio 2027" in note
    assert "aperto" not in note


def test_steps_of_journeys_have_their_names_and_no_machine_walks_them() -> None:
    graph = draw.graph_of(
        {**draw.step("rest-1", "wait", {"seconds": 86_400}, next="over"), "name": "Un giorno di calma"},
        draw.step("over", "end"),
    )
    journey = rows.journey(graph, name="Benvenuto")
    person = rows.person()
    rows.begin(journey, person, now=timezone.now())

    page = staff().get(reverse("office_person", args=[person.pk]))

    told = [line for line in page.context["lines"] if "Benvenuto" in line.text]
    assert any("Un giorno di calma" in line.text for line in told)
    assert not any("rest-1" in line.text for line in told)
    assert {line.note for line in told} == {""}
    assert "Un giorno di calma" in page.context["runs"][0][1]


def test_a_mail_of_a_journey_is_not_called_by_the_key_of_its_step() -> None:
    person = people.subscriber()
    mailing = make.mailing(purpose_class=PurposeClass.JOURNEY, title="Benvenuto · hello-2", is_standing=True)
    make.delivery(mailing, person, state=Delivery.State.ACCEPTED)

    assert [text for _what, text, _note in lines_of(person)] == ["«Benvenuto»"]


def test_the_page_of_a_person_names_language_and_origin_and_has_no_envelope_on_who_left() -> None:
    form = people.signup_form(people.purpose(), title="Una lettera")
    person = people.subscriber(locale="en", source=f"form:{form.key}", state="unsubscribed")

    page = staff("Administrators").get(reverse("office_person", args=[person.pk])).content.decode()

    assert "Inglese" in page
    assert "Una lettera" in page
    assert f"form:{form.key}" not in page
    tag = page[page.index("office-tag--unsubscribed") :][:200]
    assert "icon-mail" not in tag


def test_the_history_costs_the_same_for_one_row_and_for_three() -> None:
    person = people.subscriber()
    colleague, purpose = make.staff(), Purpose.objects.get(key="tracking")

    def add() -> None:
        shown = {"occurred_at": NOW, "recorded_at": NOW, "source": "site"}
        key = topic("it", f"T{Topic.objects.count()}").translation_key.hex
        Event.objects.create(kind=Kind.TOPICS_CHOSEN, subscriber=person, payload={"topics": [key]}, **shown)
        people.agreed(person, purpose, source=f"admin:{colleague.pk}")
        make.delivery(make.mailing(state=Mailing.State.FINISHED), person)

    add()
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            timeline.of(person)
        counts.append(len(queries))
        add()
        add()

    assert counts[0] == counts[1]
