"""Journeys in the admin: who may see and do what, the outline's address, publishing, people."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from campaigns.journeys import runs, versions
from campaigns.models import Journey, JourneyVersion, Run
from tests.campaigns import journey_rows as rows
from tests.campaigns.journey_graphs import clicked, graph_of, step
from tests.factories import campaigns as factories

pytestmark = pytest.mark.django_db
OVER = step("over", "end")
ROLES = ("Authors", "Editors", "Analysts", "Marketers", "Administrators")
MAY = {"Marketers", "Administrators"}


@pytest.fixture
def now():
    return timezone.now()


def as_role(role: str) -> Client:
    client = Client()
    client.force_login(factories.staff(role))
    return client


@pytest.fixture
def marketer() -> Client:
    client = Client()
    user = factories.staff("Marketers")
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return client


@pytest.fixture
def walked(now):
    """A live journey with one person inside."""
    journey = rows.waiting()
    run = rows.begin(journey, rows.person(name="Anna"), now=now)
    runs.look_at_due(now=now)
    return Run.objects.get(pk=run.pk)


@pytest.mark.parametrize("role", ROLES)
def test_each_screen_is_for_those_who_run_journeys(role, walked):
    journey = walked.journey
    screens = [
        reverse("journeys:list"),
        reverse("journeys:add"),
        reverse("journeys:edit", args=[journey.pk]),
        reverse("journeys:publish", args=[journey.pk]),
        *(reverse("journeys:state", args=[journey.pk, act]) for act in ("pause", "resume", "drain", "end")),
        reverse("journeys:people", args=[journey.pk]),
        reverse("journeys:enter", args=[journey.pk]) + "?q=anna",
        reverse("journeys:run", args=[walked.pk]),
    ]
    client = as_role(role)

    answers = {client.get(screen).status_code for screen in screens}

    assert answers == ({200} if role in MAY else {302})


@pytest.mark.parametrize("role", [role for role in ROLES if role not in MAY])
def test_nobody_else_acts(role, walked):
    journey, client = walked.journey, as_role(role)
    for address, data in [
        (reverse("journeys:publish", args=[journey.pk]), {}),
        (reverse("journeys:state", args=[journey.pk, "end"]), {}),
        (reverse("journeys:enter", args=[journey.pk]), {"subscriber": rows.person().pk}),
        (reverse("journeys:run_act", args=[walked.pk]), {"act": "take_out", "step": "rest", "lap": 1}),
        (reverse("journeys:outline"), {}),
    ]:
        assert client.post(address, data).status_code in (302, 403)

    journey.refresh_from_db()
    assert (journey.state, journey.runs.count(), journey.runs.get().state) == (Journey.State.LIVE, 1, Run.State.OPEN)
    assert JourneyVersion.objects.count() == 1


def test_a_stranger_is_asked_to_log_in(client, walked):
    answer = client.get(reverse("journeys:people", args=[walked.journey_id]))

    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def ask(client: Client, graph: object, wish: dict, journey: int | None = None):
    body = json.dumps({"graph": json.dumps(graph), "wish": wish, "journey": journey})
    return client.post(reverse("journeys:outline"), body, content_type="application/json")


def test_a_change_asked_for_comes_back_as_graph_and_outline_and_saves_nothing(marketer, walked):
    graph = walked.journey.graph

    answer = ask(marketer, graph, {"do": "add", "kind": "mail", "after": "rest"}, walked.journey_id).json()

    assert [row["id"] for row in json.loads(answer["graph"])["steps"]] == ["rest", "mail-1", "over"]
    assert (answer["focus"], answer["opens"], answer["said"]) == ("mail-1", True, "Step 2 was added: Send a mail.")
    assert 'id="step-mail-1"' in answer["html"]
    assert "Choose the email it sends." in answer["html"]
    walked.journey.refresh_from_db()
    assert walked.journey.graph == graph


def test_an_id_of_an_earlier_version_is_not_given_again(marketer, now):
    journey = rows.journey(graph_of(step("wait-1", "wait", {"seconds": 60}, next="over"), OVER))

    answer = ask(marketer, graph_of(OVER), {"do": "add", "kind": "wait", "after": ""}, journey.pk).json()

    assert answer["focus"] == "wait-2"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"wish": 7}',
        '{"wish": {"do": "dance"}}',
        '{"wish": {"do": "add"}, "graph": "{oops"}',
        '{"wish": {"do": "add", "kind": "mail", "after": "gone"}, "graph": "{}"}',
        '{"wish": {"do": "show"}, "graph": "' + "x" * 1_000_001 + '"}',
    ],
)
def test_nonsense_is_refused_with_a_sentence(marketer, body):
    answer = marketer.post(reverse("journeys:outline"), body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["said"].startswith("The change could not be made; nothing was lost.")


def test_what_is_typed_is_shown_escaped(marketer):
    evil = '<img src=x onerror="alert(1)">'
    graph = graph_of({**step("a", "end"), "name": evil}, {"id": "b", "name": evil, "kind": evil})

    html = ask(marketer, graph, {"do": "show"}).json()["html"]

    assert evil not in html
    assert "&lt;img src=x" in html


def form(journey: Journey, graph: object, **rest: str) -> dict[str, str]:
    return {"name": journey.name, "purpose": str(journey.purpose_id), "graph": json.dumps(graph), **rest}


def test_a_draft_is_saved_exactly_with_all_its_mistakes(marketer, walked):
    wrong = graph_of({"id": "a", "kind": "dance", "mine": [1]}, step("a", "wait", {"seconds": "soon"}))

    answer = marketer.post(reverse("journeys:edit", args=[walked.journey_id]), form(walked.journey, wrong))

    assert answer.status_code == 302
    assert versions.draft(Journey.objects.get(pk=walked.journey_id)).graph == wrong
    assert JourneyVersion.objects.count() == 1


def test_what_is_no_graph_is_not_saved(marketer, walked):
    before = walked.journey.graph
    for text in ("{oops", "[1]", '"x"'):
        data = {**form(walked.journey, {}), "graph": text}
        assert marketer.post(reverse("journeys:edit", args=[walked.journey_id]), data).status_code == 200

    assert versions.draft(Journey.objects.get(pk=walked.journey_id)).graph == before


def test_wagtails_publish_only_saves_and_ours_leads_on(marketer, walked):
    edit = reverse("journeys:edit", args=[walked.journey_id])
    changed = graph_of(OVER)

    marketer.post(edit, form(walked.journey, changed, **{"action-publish": "1"}))
    journey = Journey.objects.get(pk=walked.journey_id)
    assert (journey.graph != changed, JourneyVersion.objects.count()) == (True, 1)

    answer = marketer.post(edit, form(walked.journey, changed, **{"action-review": "1"}))
    assert answer["Location"] == reverse("journeys:publish", args=[walked.journey_id])


def test_a_new_journey_is_a_draft_and_published_by_its_own_page(marketer):
    data = form(Journey(name="New", purpose=rows.purpose()), graph_of(OVER), **{"action-review": "1"})

    answer = marketer.post(reverse("journeys:add"), data)

    journey = Journey.objects.get()
    assert (journey.state, answer["Location"]) == (
        Journey.State.DRAFT,
        reverse("journeys:publish", args=[journey.pk]),
    )
    page = marketer.get(answer["Location"]).content.decode()
    assert "This is the first version" in page
    marketer.post(answer["Location"])
    journey.refresh_from_db()
    assert journey.state == Journey.State.LIVE


def test_the_publishing_page_says_who_is_inside_what_changes_and_what_is_missing(marketer, walked):
    marketer.post(
        reverse("journeys:edit", args=[walked.journey_id]), form(walked.journey, graph_of(step("mail-1", "mail")))
    )

    page = marketer.get(reverse("journeys:publish", args=[walked.journey_id])).content.decode()
    posted = marketer.post(reverse("journeys:publish", args=[walked.journey_id]), follow=True).content.decode()

    assert "1 person is on the way and finishes on the version they entered with." in page
    assert "Choose the email it sends." in page
    assert "disabled" in page
    assert "taken out; its figures are kept" in page
    assert "Not published: something is still missing." in posted
    assert JourneyVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "before", "after", "state"),
    [
        ("pause", "1 person is on the way.", "Paused; 1 person waits.", Journey.State.PAUSED),
        ("drain", "1 person is on the way and walks", "Nobody enters any more; 1 person", Journey.State.DRAINING),
        ("end", "1 person is on the way and is taken", "Ended; 1 person left.", Journey.State.ENDED),
    ],
)
def test_acts_on_the_whole_say_the_count_first_and_need_a_post(marketer, walked, act, before, after, state):
    address = reverse("journeys:state", args=[walked.journey_id, act])

    page = marketer.get(address).content.decode()
    assert before in page
    walked.journey.refresh_from_db()
    assert walked.journey.state == Journey.State.LIVE

    assert after in marketer.post(address, follow=True).content.decode()
    walked.journey.refresh_from_db()
    assert walked.journey.state == state
    assert marketer.get(reverse("journeys:state", args=[walked.journey_id, "dance"])).status_code == 404
    assert "cannot be done now" in marketer.post(address, follow=True).content.decode()


def test_moving_a_person_on_is_logged_and_done_by_the_next_tick(marketer, walked, now):
    people = marketer.get(reverse("journeys:people", args=[walked.journey_id]) + "?step=rest").content.decode()
    assert "Anna" in people
    assert "Move on now" in people

    act = {"act": "move", "step": walked.step, "lap": walked.lap}
    answer = marketer.post(reverse("journeys:run_act", args=[walked.pk]), act, follow=True)
    runs.look_at_due(now=timezone.now())

    assert "Anna moves on." in answer.content.decode()
    assert rows.way(walked)[0] == ("rest", 1, "next")
    entry = ModelLogEntry.objects.get(action="circolare.journey.move")
    assert entry.data == {"run": walked.pk, "subscriber": walked.subscriber_id, "step": "rest", "lap": 1}
    again = marketer.post(reverse("journeys:run_act", args=[walked.pk]), act, follow=True).content.decode()
    assert "Anna is not there any more; nothing was changed." in again


@pytest.mark.parametrize("data", [{}, {"act": "dance", "step": "rest", "lap": "1"}, {"act": "move", "lap": "x"}])
def test_an_unknown_button_changes_nothing(marketer, walked, data):
    answer = marketer.post(reverse("journeys:run_act", args=[walked.pk]), data, follow=True)

    assert "That button is not known; nothing was changed." in answer.content.decode()
    assert not Run.objects.get(pk=walked.pk).is_moved_by_hand
    assert marketer.get(reverse("journeys:run_act", args=[walked.pk])).status_code == 405


def test_letting_a_person_in_finds_them_says_why_not_and_begins(marketer, walked):
    new, address = rows.person(name="Bruna"), reverse("journeys:enter", args=[walked.journey_id])

    found = marketer.get(address + "?q=a").content.decode()
    assert "This person is on the way in it already." in found
    assert f'value="{new.pk}"' in found

    assert "Bruna is on the way." in marketer.post(address, {"subscriber": new.pk}, follow=True).content.decode()
    assert walked.journey.runs.filter(subscriber=new, state=Run.State.OPEN).count() == 1
    refused = marketer.post(address, {"subscriber": new.pk}, follow=True).content.decode()
    assert "This person is on the way in it already." in refused
    assert ModelLogEntry.objects.filter(action="circolare.journey.enter").count() == 1
    assert marketer.post(address, {"subscriber": "x"}).status_code == 404


def test_one_persons_way_tells_each_visit_and_why(marketer, now):
    journey = rows.journey(graph_of(clicked("clicks", yes="over", no="over"), OVER))
    run = rows.begin(journey, rows.person(), now=now)
    payload = {"title": "The long walk"}
    rows.told("link.clicked", run.subscriber, now, object_kind="page", object_key="1", payload=payload)
    runs.look_at_due(now=now)

    page = marketer.get(reverse("journeys:run", args=[run.pk])).content.decode()

    assert "as soon as it happens: they did it" in page
    assert "The long walk" in page
    assert "arrived" in page


def test_a_walked_journey_is_not_deleted_alone_or_with_others(marketer, walked):
    empty = Journey.objects.create(name="Empty", purpose=rows.purpose())
    alone = reverse("journeys:delete", args=[walked.journey_id])
    both = reverse("wagtail_bulk_action", args=["campaigns", "journey", "delete"])

    marketer.post(alone)
    marketer.post(f"{both}?id={walked.journey_id}&id={empty.pk}")
    assert Journey.objects.count() == 2

    marketer.post(reverse("journeys:delete", args=[empty.pk]))
    assert [journey.pk for journey in Journey.objects.all()] == [walked.journey_id]


def test_unpublishing_leads_to_the_pause(marketer, walked):
    answer = marketer.post(reverse("journeys:unpublish", args=[walked.journey_id]))

    assert answer["Location"] == reverse("journeys:state", args=[walked.journey_id, "pause"])
    walked.journey.refresh_from_db()
    assert walked.journey.live


@pytest.mark.parametrize("screen", ["list", "people"])
def test_lists_ask_the_database_as_often_for_three_as_for_one(marketer, now, screen, django_assert_max_num_queries):
    def n_queries() -> int:
        address = reverse("journeys:list") if screen == "list" else reverse("journeys:people", args=[journey.pk])
        marketer.get(address)
        with django_assert_max_num_queries(60) as context:
            assert marketer.get(address).status_code == 200
        return len(context)

    journey = rows.waiting(name="First")
    rows.begin(journey, rows.person(), now=now)
    one = n_queries()
    for number in range(2):
        rows.begin(journey, rows.person(), now=now)
        rows.begin(rows.waiting(name=f"Other {number}"), rows.person(), now=now)

    assert n_queries() == one
