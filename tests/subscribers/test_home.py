"""The reader's home, the way out, the link by address: what each press does, and what a forwarded mail may not."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from content.models import Topic
from subscribers import consent, mail_requests, tokens
from subscribers.home import machine_urls
from subscribers.models import Consent, Event, Frequency, Kind, MailRequest, Purpose, State, Subscriber, Suppression
from subscribers.signup import trap
from tests.factories import subscribers as make
from tests.subscribers.markup import focused

pytestmark = pytest.mark.django_db
NOW = make.NOW
SOON = NOW + timedelta(minutes=5)
BODY = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def letters() -> list[Purpose]:
    return [make.purpose("one"), make.purpose("two")]


@pytest.fixture
def anna(letters: list[Purpose]) -> Subscriber:
    person = make.subscriber("anna@letters.example", name="Anna Rossi")
    make.agreed(person, *letters, make.tracking())
    return person


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(SOON, tick=False):
        yield


def without_seal(html: str) -> str:
    return re.sub(r'name="seal" value="[^"]+"', "", html)


def home(person: Subscriber, lang: str = "en") -> str:
    return f"/{lang}/yours/{tokens.make(tokens.HOME, person.pk, now=NOW)}/"


def leave(person: Subscriber, purpose: Purpose | None = None, lang: str = "en") -> str:
    token = tokens.make(tokens.LEAVE, person.pk, purpose.pk if purpose else 0, 9, now=NOW)
    return f"/{lang}/leave/{token}/"


def one_click(person: Subscriber, purpose: Purpose | None = None) -> str:
    return f"/u/{tokens.make(tokens.LEAVE, person.pk, purpose.pk if purpose else 0, 9, now=NOW)}"


def given(person: Subscriber) -> set[str]:
    return set(person.permissions.filter(is_given=True).values_list("purpose__key", flat=True))


def save(client: Client, person: Subscriber, section: str, **values: object):
    return client.post(home(person), {"section": section, **values})


# --- the home, section by section ---


def test_the_home_shows_what_one_gets_and_no_more_of_the_address_than_a_letter(
    client: Client, anna: Subscriber
) -> None:
    make.purpose("three")
    make.purpose("hidden", is_open=False)

    html = client.get(home(anna)).content.decode()

    assert "a•••@letters.example" in html
    assert "anna@letters.example" not in html
    assert "Rossi" not in html
    boxes = re.findall(r'name="letters" value="([^"]+)"( checked)?', html)
    assert boxes == [("one", " checked"), ("two", " checked"), ("three", "")]
    assert consent.newest_wording(make.tracking(), "en").text in html


def test_newsletters_are_switched_one_by_one_and_what_was_not_shown_stays(
    client: Client, anna: Subscriber, letters: list[Purpose]
) -> None:
    third, unseen = make.purpose("three"), make.purpose("unseen")
    make.agreed(anna, unseen)

    response = save(client, anna, "letters", letters=["one", "three"], shown=["one", "two", "three"])

    assert given(anna) == {"one", "three", "tracking", "unseen"}
    rows = Consent.objects.filter(source="home").values_list("purpose__key", "step", "wording")
    assert list(rows) == [("two", "withdrawn", None), ("three", "confirmed", consent.newest_wording(third, "en").pk)]
    assert response["Location"] == f"{home(anna)}?saved=letters#letters"
    page = client.get(response["Location"]).content.decode()
    assert page.count("✓") == 1


def test_how_often_topics_name_and_language_are_kept_and_told(
    client: Client, anna: Subscriber, english: object
) -> None:
    topic = Topic.objects.create(name="T", slug="t", locale=english)

    save(client, anna, "often", frequency="weekly")
    save(client, anna, "topics", topics_chosen=[topic.pk])
    save(client, anna, "name", name="  Nina\r\nBcc: x@y.it ")
    moved = save(client, anna, "language", language="en")

    anna.refresh_from_db()
    assert (anna.frequency, anna.name, anna.locale) == (Frequency.WEEKLY, "Nina Bcc: x@y.it", "en")
    assert list(anna.topics.all()) == [topic]
    assert moved["Location"].startswith("/en/yours/")
    assert list(Event.objects.order_by("id").values_list("kind", "payload")) == [
        (Kind.PREFERENCE_CHANGED, {"frequency": "weekly"}),
        (Kind.TOPICS_CHOSEN, {"topics": [topic.translation_key.hex]}),
        (Kind.PREFERENCE_CHANGED, {"changed": "name"}),
        (Kind.PREFERENCE_CHANGED, {"locale": "en"}),
    ]


def test_the_name_can_be_forgotten(client: Client, anna: Subscriber) -> None:
    save(client, anna, "no-name")

    assert Subscriber.objects.get().name == ""


@pytest.mark.parametrize(("length", "days"), [("2w", 14), ("1m", 30), ("3m", 91)])
def test_a_pause_says_when_we_are_back(client: Client, anna: Subscriber, length: str, days: int) -> None:
    response = save(client, anna, "pause", pause=length)

    anna.refresh_from_db()
    assert (anna.state, anna.paused_until) == (State.PAUSED, SOON + timedelta(days=days))
    assert "You hear nothing from us until" in client.get(response["Location"]).content.decode()
    save(client, anna, "pause", pause="end")
    anna.refresh_from_db()
    assert (anna.state, anna.paused_until) == (State.ACTIVE, None)


def test_tracking_is_switched_without_leaving_anything(client: Client, anna: Subscriber) -> None:
    save(client, anna, "tracking")
    assert given(anna) == {"one", "two"}
    save(client, anna, "tracking", tracking="on")
    assert given(anna) == {"one", "two", "tracking"}


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("often", {"frequency": "hourly"}),
        ("pause", {"pause": "forever"}),
        ("language", {"language": "xx"}),
        ("name", {"name": " "}),
        ("name", {"name": "x" * 201}),
        ("topics", {"topics_chosen": ["999999"]}),
        ("nonsense", {}),
        ("", {}),
    ],
)
def test_what_cannot_be_saved_changes_nothing_and_says_so(
    client: Client, anna: Subscriber, english: object, section: str, values: dict[str, object]
) -> None:
    Topic.objects.create(name="T", slug="t", locale=english)
    before = Subscriber.objects.values().get()

    response = save(client, anna, section, **values)

    assert "This was not saved." in client.get(response["Location"]).content.decode()
    assert Subscriber.objects.values().get() == before
    assert Event.objects.count() == 0


def test_an_empty_name_is_asked_for_where_it_is_missing(client: Client, anna: Subscriber) -> None:
    response = save(client, anna, "name", name=" ")
    html = client.get(response["Location"]).content.decode()

    assert "#" not in response["Location"]  # a browser passes autofocus over where the address names a place
    assert "Write a name of up to 200 characters, or press “Forget my name”." in html
    assert "Everything is as it was before. Try again." not in html
    assert focused(html) == ["new-name"]


def test_stopping_all_looks_unlike_saving(client: Client, anna: Subscriber) -> None:
    html = client.get(home(anna)).content.decode()

    assert '<button class="button plain">Stop all mails</button>' in html


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing_and_sets_no_cookie(
    client: Client, anna: Subscriber, letters: list[Purpose], method: str
) -> None:
    token = home(anna).split("/")[3]
    places = [home(anna), leave(anna), leave(anna, letters[0]), one_click(anna), f"/en/erase/{erasing(anna)}/"]

    for place in places * 3:
        assert getattr(client, method)(place).status_code in (200, 302)

    assert token
    assert given(anna) == {"one", "two", "tracking"}
    assert Event.objects.count() == 0
    assert client.cookies == {}


def test_the_home_costs_the_same_with_one_and_three_newsletters(
    client: Client, django_assert_num_queries: object
) -> None:
    person = make.subscriber()
    make.agreed(person, make.purpose())
    client.get(home(person))
    with django_assert_num_queries(N_HOME_QUERIES):
        client.get(home(person))
    make.agreed(person, make.purpose(), make.purpose())
    with django_assert_num_queries(N_HOME_QUERIES):
        client.get(home(person))


N_HOME_QUERIES = 11


# --- what a forwarded newsletter may not do ---


@pytest.mark.parametrize("section", ["export", "erase", "address"])
def test_what_only_the_owner_may_do_goes_by_a_fresh_mail(client: Client, anna: Subscriber, section: str) -> None:
    response = save(client, anna, section)
    save(client, anna, section)

    assert list(MailRequest.objects.values_list("kind", "subscriber")) == [(section, anna.pk)]
    assert "works for one day" in client.get(response["Location"]).content.decode()
    anna.refresh_from_db()
    assert (anna.address, anna.state) == ("anna@letters.example", State.ACTIVE)


def test_erasing_is_never_refused_because_other_mails_left_that_day(client: Client, anna: Subscriber) -> None:
    signup = make.signup(anna, at=NOW)
    for n in (1, 2):
        mail_requests.ask("confirm", anna, key=f"c:{n}", locale="en", payload={"signup": signup.pk}, now=NOW)
    for section in ("export", "address"):
        save(client, anna, section)
    ask_for_link(client, "anna@letters.example")

    response = save(client, anna, "erase")

    assert "✓ Asked for." in client.get(response["Location"]).content.decode()
    assert MailRequest.objects.filter(kind="erase").count() == 1


def test_beyond_three_mails_of_one_kind_a_day_the_page_says_so(client: Client, anna: Subscriber) -> None:
    for hour in range(3):
        with time_machine.travel(SOON + timedelta(hours=hour), tick=False):
            save(client, anna, "erase")
    with time_machine.travel(SOON + timedelta(hours=3), tick=False):
        response = save(client, anna, "erase")
        page = client.get(response["Location"]).content.decode()

    assert "Not today." in page
    assert MailRequest.objects.count() == 3


def test_the_token_of_a_newsletter_opens_neither_export_nor_erasure_nor_address(
    client: Client, anna: Subscriber
) -> None:
    for token in (home(anna).split("/")[3], leave(anna).split("/")[3]):
        for word in ("export", "erase", "address"):
            assert client.get(f"/en/{word}/{token}/").status_code == 404
            assert client.post(f"/en/{word}/{token}/").status_code in (404, 405)
    assert Subscriber.objects.get().state == State.ACTIVE


def erasing(person: Subscriber) -> str:
    return tokens.make(tokens.ERASE, person.pk, now=NOW)


def test_erasing_asks_once_and_leaves_nothing(client: Client, anna: Subscriber) -> None:
    address = f"/en/erase/{erasing(anna)}/"

    assert "Erase everything?" in client.get(address).content.decode()
    assert Subscriber.objects.get().state == State.ACTIVE
    assert "We no longer know you" in client.post(address).content.decode()

    anna.refresh_from_db()
    assert (anna.state, anna.address, anna.name) == (State.ERASED, None, "")
    assert client.post(address).status_code == 200
    assert client.get(home(anna)).status_code == 200


@pytest.mark.parametrize("word", ["erase", "export", "yours", "address"])
def test_a_genuine_but_old_link_says_so_and_offers_a_new_one(client: Client, anna: Subscriber, word: str) -> None:
    request = make_address_request(anna)
    made = {
        "erase": erasing(anna),
        "export": tokens.make(tokens.EXPORT, anna.pk, now=NOW),
        "yours": tokens.make(tokens.HOME, anna.pk, now=NOW),
        "address": tokens.make(tokens.ADDRESS, anna.pk, request.pk, now=NOW),
    }
    with time_machine.travel(NOW + timedelta(days=91), tick=False):
        html = client.get(f"/en/{word}/{made[word]}/").content.decode()

    assert "This link has grown old" in html
    assert "/en/yours/" in html


# --- another address ---


def make_address_request(person: Subscriber, **payload: object) -> MailRequest:
    return MailRequest.objects.create(
        key=f"address:{MailRequest.objects.count()}",
        kind=MailRequest.Kind.ADDRESS,
        subscriber=person,
        locale="en",
        payload={"from": person.address_key, "step": "old", **payload},
        due_at=NOW,
    )


def address_link(request: MailRequest) -> str:
    return f"/en/address/{tokens.make(tokens.ADDRESS, request.subscriber_id, request.pk, now=NOW)}/"


def test_an_address_changes_when_the_old_mailbox_allowed_it_and_the_new_one_proved_itself(
    client: Client, anna: Subscriber
) -> None:
    old = address_link(make_address_request(anna))

    asked = client.post(old, {"address": "Nina@letters.example"})
    assert "Look into the new inbox" in asked.content.decode()
    anna.refresh_from_db()
    assert anna.address == "anna@letters.example"
    wish = MailRequest.objects.exclude(payload__step="old").get()
    assert wish.payload == {"step": "new", "to": "Nina@letters.example", "from": "anna@letters.example"}

    new = address_link(wish)
    assert "Write here from now on?" in client.get(new).content.decode()
    assert "Moved" in client.post(new).content.decode()
    anna.refresh_from_db()
    assert (anna.address, anna.address_key, anna.state) == (
        "Nina@letters.example",
        "nina@letters.example",
        State.ACTIVE,
    )
    assert "grown old" in client.post(new).content.decode()
    assert "grown old" in client.get(old).content.decode()


def test_an_address_that_is_another_readers_is_not_taken(client: Client, anna: Subscriber) -> None:
    make.subscriber("bruna@letters.example")
    link = address_link(make_address_request(anna))
    asked = client.post(link, {"address": "bruna@letters.example"})
    with time_machine.travel(SOON + timedelta(minutes=2), tick=False):
        free = client.post(link, {"address": "carla@letters.example"})
    assert asked.content == free.content

    wish = MailRequest.objects.get(payload__to="bruna@letters.example")
    html = client.post(address_link(wish)).content.decode()

    assert "This address reads us already" in html
    anna.refresh_from_db()
    assert anna.address == "anna@letters.example"


# --- leaving ---


def test_the_page_asks_and_one_press_stops_everything_at_once(client: Client, anna: Subscriber) -> None:
    assert "Stop all mails?" in client.get(leave(anna)).content.decode()

    html = client.post(leave(anna), {"what": "all"}).content.decode()

    assert "You no longer get: The letter one, The letter two." in html
    assert given(anna) == set()
    anna.refresh_from_db()
    assert anna.state == State.UNSUBSCRIBED
    assert set(Consent.objects.filter(step="withdrawn").values_list("source", flat=True)) == {"leave:9"}
    assert "It had stopped already." in client.post(leave(anna), {"what": "all"}).content.decode()


def test_only_this_one_can_be_stopped_and_the_page_says_what_still_comes(
    client: Client, anna: Subscriber, letters: list[Purpose]
) -> None:
    assert "Stop only “The letter one”" in client.get(leave(anna, letters[0])).content.decode()

    html = client.post(leave(anna, letters[0]), {"what": "this"}).content.decode()

    assert "You no longer get: The letter one." in html
    assert "Still coming: The letter two." in html
    assert given(anna) == {"two", "tracking"}


def test_fewer_and_a_pause_are_offered_beside(client: Client, anna: Subscriber) -> None:
    client.post(leave(anna), {"what": "weekly"})
    html = client.post(leave(anna), {"what": "1m"}).content.decode()

    anna.refresh_from_db()
    assert (anna.frequency, anna.state, anna.paused_until) == ("weekly", State.PAUSED, SOON + timedelta(days=30))
    assert "You hear nothing from us till then." in html
    assert given(anna) == {"one", "two", "tracking"}


REASONS = ["too-many", "not-expected", "no-interest", "never-subscribed", "other"]


def test_why_somebody_left_is_asked_afterwards_and_kept_by_one_press(
    client: Client, anna: Subscriber, letters: list[Purpose]
) -> None:
    url = leave(anna, letters[0])
    asking = re.compile(r'name="reason" value="([^"]+)"')

    assert asking.findall(client.get(url).content.decode()) == []
    left = client.post(url, {"what": "all"}).content.decode()
    undo = undo_token(left)
    thanks = client.post(url, {"what": "reason", "reason": "too-many", "undo": undo}).content.decode()
    client.post(url, {"what": "reason", "reason": "other"})

    assert asking.findall(left) == REASONS
    assert "We have noted it." in thanks
    kept = Event.objects.filter(kind=Kind.LEAVING_EXPLAINED)
    assert list(kept.values_list("subscriber", "object_kind", "object_key", "evidence", "payload")) == [
        (anna.pk, "purpose", "one", "human", {"reason": "too-many"})
    ]
    client.post(url, {"what": "undo", "undo": undo_token(thanks)})
    assert given(anna) == {"one", "two", "tracking"}


def test_a_reason_that_is_none_of_ours_is_not_kept_and_stops_nothing(client: Client, anna: Subscriber) -> None:
    html = client.post(leave(anna), {"what": "reason", "reason": "<b>x", "undo": '"><b>'}).content.decode()

    assert "Nothing was noted" in html
    assert "<b>" not in html
    assert Event.objects.count() == 0
    assert given(anna) == {"one", "two", "tracking"}


@pytest.mark.parametrize("what", ["weekly", "1m"])
def test_whoever_takes_less_or_had_left_already_is_asked_nothing(client: Client, anna: Subscriber, what: str) -> None:
    less = client.post(leave(anna), {"what": what}).content.decode()
    client.post(leave(anna), {"what": "all"})
    again = client.post(leave(anna), {"what": "all"}).content.decode()

    assert 'name="reason"' not in less + again


def undo_token(html: str) -> str:
    return re.search(r'name="undo" value="([^"]+)"', html).group(1)


def test_undo_gives_back_what_the_press_took(client: Client, anna: Subscriber, letters: list[Purpose]) -> None:
    words = {row.purpose_id: row.wording_id for row in anna.consents.all()}
    consent.withdraw(anna, letters[1], source="home", now=NOW)
    token = undo_token(client.post(leave(anna), {"what": "all"}).content.decode())

    html = client.post(leave(anna), {"what": "undo", "undo": token}).content.decode()

    assert "As before" in html
    assert given(anna) == {"one", "tracking"}
    back = Consent.objects.filter(source="undo")
    assert {row.purpose_id: row.wording_id for row in back} == {
        purpose: wording for purpose, wording in words.items() if purpose != letters[1].pk
    }
    assert "Nothing to undo" in client.post(leave(anna), {"what": "undo", "undo": token}).content.decode()


def test_undo_does_not_overrule_a_later_decision_or_another_day(
    client: Client, anna: Subscriber, letters: list[Purpose]
) -> None:
    token = undo_token(client.post(leave(anna), {"what": "all"}).content.decode())
    with time_machine.travel(SOON + timedelta(minutes=1), tick=False):
        save(client, anna, "letters", letters=["one"], shown=["one", "two"])
        save(client, anna, "letters", letters=[], shown=["one", "two"])
    with time_machine.travel(SOON + timedelta(minutes=2), tick=False):
        client.post(leave(anna), {"what": "undo", "undo": token})
    assert given(anna) == {"two", "tracking"}

    with time_machine.travel(SOON + timedelta(days=1, minutes=1), tick=False):
        html = client.post(leave(anna), {"what": "undo", "undo": token}).content.decode()
    assert "Too late to undo" in html


def test_an_undo_of_another_person_or_a_forged_one_is_a_bad_link(
    client: Client, anna: Subscriber, letters: list[Purpose]
) -> None:
    other = make.subscriber()
    make.agreed(other, *letters)
    token = undo_token(client.post(leave(anna), {"what": "all"}).content.decode())
    consent.withdraw_all(other, source="home", now=NOW)

    for forged in (token, token[:-1] + "A", "", leave(other).split("/")[3]):
        assert client.post(leave(other), {"what": "undo", "undo": forged}).status_code == 404
    assert given(other) == set()


# --- RFC 8058 ---


@pytest.fixture
def strict() -> Client:
    """A client that would be refused wherever CSRF protection stood in the way."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("encoding", ["urlencoded", "multipart"])
def test_one_click_stops_that_stream_without_cookie_redirect_or_page(
    strict: Client, anna: Subscriber, letters: list[Purpose], encoding: str
) -> None:
    body = (
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
        if encoding == "urlencoded"
        else {"data": BODY}
    )

    answers = [strict.post(one_click(anna, letters[0]), **body) for _time in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert {answer.content for answer in answers} == {b"OK\n"}
    assert strict.cookies == {}
    assert given(anna) == {"two", "tracking"}
    assert list(Consent.objects.filter(step="withdrawn").values_list("source", flat=True)) == ["one-click:9"]


def test_one_click_without_a_stream_stops_all(strict: Client, anna: Subscriber) -> None:
    assert strict.post(one_click(anna), BODY).status_code == 200
    assert given(anna) == set()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"List-Unsubscribe": "one-click"},
        {"List-Unsubscribe": ""},
        {"list-unsubscribe": "One-Click"},
        {"List-Unsubscribe": ["One-Click", "No"]},
        {"other": "One-Click"},
    ],
)
def test_another_body_is_refused_and_changes_nothing(strict: Client, anna: Subscriber, body: dict[str, object]) -> None:
    assert strict.post(one_click(anna), body).status_code == 400
    assert given(anna) == {"one", "two", "tracking"}


def test_a_get_of_the_one_click_address_shows_the_page(
    client: Client, anna: Subscriber, letters: list[Purpose]
) -> None:
    response = client.get(one_click(anna, letters[0]))

    assert (response.status_code, response["Location"]) == (302, leave(anna, letters[0], lang="it"))
    assert given(anna) == {"one", "two", "tracking"}


def test_one_click_works_after_erasure_and_after_the_newsletter_is_gone(strict: Client, anna: Subscriber) -> None:
    gone = f"/u/{tokens.make(tokens.LEAVE, anna.pk, 999_999, 9, now=NOW)}"
    client_answer = strict.post(gone, BODY)
    strict.post(f"/en/leave/{gone.split('/')[2]}/", {"what": "this"})
    assert given(anna) == {"one", "two", "tracking"}
    strict.post(f"/en/erase/{erasing(anna)}/")

    assert client_answer.status_code == 200
    assert strict.post(one_click(anna), BODY).status_code == 200


def test_leaving_never_grows_old(strict: Client, anna: Subscriber) -> None:
    with time_machine.travel(NOW + timedelta(days=3650), tick=False):
        assert strict.post(one_click(anna), BODY).status_code == 200
    assert given(anna) == set()


# --- bad links ---

WORDS = {
    "yours": tokens.HOME,
    "leave": tokens.LEAVE,
    "erase": tokens.ERASE,
    "address": tokens.ADDRESS,
    "export": tokens.EXPORT,
}


@pytest.mark.parametrize("word", WORDS)
def test_every_bad_link_gets_one_text_and_changes_nothing(client: Client, anna: Subscriber, word: str) -> None:
    genuine = tokens.make(WORDS[word], anna.pk, 0, now=NOW)
    bad = [
        genuine[:-1] + ("A" if genuine[-1] != "A" else "B"),
        tokens.make("elsewhere", anna.pk, 0, now=NOW),
        tokens.make(WORDS[word], "abc", now=NOW),
        str(anna.uid),
        "x",
    ]

    answers = [client.get(f"/en/{word}/{token}/") for token in bad]
    answers += [client.post(f"/en/{word}/{token}/", BODY) for token in bad if word != "export"]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert '<form class="form" method="post" action="/en/yours/"' in answers[0].content.decode()
    assert {answer["Referrer-Policy"] for answer in answers} == {"no-referrer"}
    assert given(anna) == {"one", "two", "tracking"}
    assert Subscriber.objects.get().state == State.ACTIVE


def test_a_bad_one_click_is_not_found(strict: Client, anna: Subscriber) -> None:
    assert strict.post("/u/x", BODY).status_code == 404
    assert strict.post(f"/u/{home(anna).split('/')[3]}", BODY).status_code == 404
    assert [pattern.name for pattern in machine_urls.urlpatterns] == ["one_click"]


# --- the link by address ---


def ask_for_link(client: Client, address: str, **extra: str):
    with time_machine.travel(SOON - timedelta(seconds=9), tick=False):
        html = client.get("/en/yours/").content.decode()
    seal = re.search(r'name="seal" value="([^"]+)"', html).group(1)
    return client.post("/en/yours/", {"address": address, "seal": seal}, **extra)


def test_a_link_is_sent_to_whom_we_know_and_everybody_reads_the_same(anna: Subscriber, letters: list[Purpose]) -> None:
    consent.suppress("block@letters.example", Suppression.Reason.BY_HAND, now=NOW)
    make.subscriber("left@letters.example", state=State.UNSUBSCRIBED)

    answers = [
        (response := ask_for_link(Client(), f"{name}@letters.example"), Client().get(response["Location"]).content)
        for name in ("anna", "left", "block", "stranger")
    ]

    assert {(response.status_code, response["Location"]) for response, _body in answers} == {(303, "/en/yours/?sent=1")}
    assert len({re.sub(rb'name="seal" value="[^"]+"', b"", body) for _response, body in answers}) == 1
    assert list(MailRequest.objects.order_by("id").values_list("subscriber__address", "kind")) == [
        ("anna@letters.example", "link"),
        ("left@letters.example", "link"),
    ]


def test_a_wrong_address_is_kept_in_the_field_and_the_cursor_stands_in_it(client: Client) -> None:
    response = ask_for_link(client, "anna@<b>")

    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="anna@&lt;b&gt;"' in html
    assert focused(html) == ["link-address"]
    assert focused(client.get("/en/yours/").content.decode()) == []


def test_the_page_of_the_link_promises_no_mail_that_the_limit_holds_back(client: Client, anna: Subscriber) -> None:
    pages = []
    for hour in range(3):
        mail_requests.ask("link", anna, key=f"earlier:{hour}", locale="en", now=NOW)
        pages.append(client.get(ask_for_link(client, "anna@letters.example")["Location"]).content.decode())

    assert MailRequest.objects.count() == 3
    assert len(set(map(without_seal, pages))) == 1
    assert "at most once an hour, and three mails a day" in pages[0]
    assert "on its way" not in pages[0]


def test_a_robot_gets_the_usual_answer_and_no_mail_leaves(client: Client, anna: Subscriber) -> None:
    name = trap.honeypot_name(SOON.date())
    response = client.post("/en/yours/", {"address": "anna@letters.example", name: "x"})

    assert response["Location"] == "/en/yours/?sent=1"
    assert MailRequest.objects.count() == 0


def test_a_network_that_asks_for_too_many_links_waits(client: Client) -> None:
    statuses = [ask_for_link(client, f"p{n}@letters.example").status_code for n in range(31)]

    assert statuses == [303] * 30 + [429]
