"""Segments in the admin: a rule that cannot be read is refused at its place, a good one is said and counted."""

import json

import pytest
from django.test import Client

from campaigns.office.segments import EXAMPLE, quick_count
from subscribers.models import Segment
from subscribers.segments import rules
from tests.factories import campaigns as make
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
ADD = "/admin/snippets/subscribers/segment/add/"
LIST = "/admin/snippets/subscribers/segment/"
ITALIANS = {"field": "locale", "is": "it"}


@pytest.fixture
def marketer() -> Client:
    client = Client()
    client.force_login(make.staff("Marketers"))
    return client


def edit(segment: Segment) -> str:
    return f"{LIST}edit/{segment.pk}/"


def test_the_example_beside_the_field_is_a_rule() -> None:
    rules.parse(json.loads(EXAMPLE))


def test_a_rule_that_cannot_be_read_is_refused_with_its_place(marketer: Client) -> None:
    typed = json.dumps({"all": [{"did": "page.read", "times": 0}]})

    page = marketer.post(ADD, {"name": "Readers", "rule": typed})

    assert page.status_code == 200
    assert "all[0].did.times" in page.content.decode()
    assert not Segment.objects.exists()


def test_a_segment_cannot_name_itself_by_a_detour(marketer: Client) -> None:
    first = Segment.objects.create(name="First", rule=ITALIANS)
    second = Segment.objects.create(name="Second", rule={"in_segment": first.pk})

    page = marketer.post(edit(first), {"name": "First", "rule": json.dumps({"in_segment": second.pk})})

    assert page.status_code == 200
    first.refresh_from_db()
    assert first.rule == ITALIANS


def test_a_good_rule_is_kept_said_and_counted(marketer: Client) -> None:
    people.subscriber(locale="it")
    people.subscriber(locale="en")

    saved = marketer.post(ADD, {"name": "Italians", "rule": json.dumps(ITALIANS)})

    assert saved.status_code == 302
    segment = Segment.objects.get()
    page = marketer.get(edit(segment))
    assert page.context["n_people"] == 1
    assert page.context["sentence"] == "lingua è italiano"
    assert marketer.get(LIST).status_code == 200


def test_a_rule_that_was_written_past_the_form_is_shown_with_its_trouble(marketer: Client) -> None:
    segment = Segment.objects.create(name="Old", rule={"nonsense": 1})

    page = marketer.get(edit(segment))

    assert page.status_code == 200
    assert "error-message" in page.content.decode()
    assert marketer.get(LIST).status_code == 200


def test_the_list_counts_each_segment_and_leaves_out_what_cannot_be_counted(marketer: Client) -> None:
    people.subscriber(locale="en")
    people.subscriber(locale="it")
    Segment.objects.create(name="A", rule={"field": "locale", "is": "en"})
    Segment.objects.create(name="B", rule={"nonsense": 1})

    page = marketer.get(LIST)

    assert [one.n_people for one in page.context["object_list"]] == [1, ""]
    assert quick_count(Segment.objects.get(name="A"), 0.0) == ""
