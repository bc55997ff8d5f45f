"""Signing up: the form, its guards, the same answer for everybody, the confirmation, the welcome."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation

from content.models import Topic
from subscribers import consent, mail_requests, tokens
from subscribers.models import (
    Consent,
    Event,
    Kind,
    MailRequest,
    Purpose,
    Signup,
    SignupForm,
    State,
    Subscriber,
    Suppression,
)
from subscribers.signup import known, trap
from tests.factories import subscribers as make
from tests.subscribers.markup import focused

pytestmark = pytest.mark.django_db
NOW = make.NOW
THINKING = timedelta(seconds=7)
Reason = Suppression.Reason


@pytest.fixture
def letter() -> Purpose:
    return make.purpose("letter")


@pytest.fixture
def form(letter: Purpose) -> SignupForm:
    return make.signup_form(letter, key="main", roles="Insegnante\nLibraia")


def hidden(html: str) -> dict[str, str]:
    """Names and values of the hidden inputs, unescaped enough for our own values."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return dict(found)


def shown(client: Client, at: datetime = NOW, **query: str) -> dict[str, str]:
    with time_machine.travel(at, tick=False):
        response = client.get("/en/subscribe/" if query.pop("lang", "it") == "en" else "/it/subscribe/", query)
    assert response.status_code == 200
    return hidden(response.content.decode())


def post(client: Client, typed: dict[str, object], *, at: datetime = NOW, think: timedelta = THINKING, **extra: object):
    """Open the page, think, press the button."""
    values = {**shown(client, at), **typed}
    with time_machine.travel(at + think, tick=False):
        return client.post("/it/subscribe/", values, **extra)


def page_of(client: Client, response, at: datetime = NOW + THINKING) -> str:
    with time_machine.travel(at, tick=False):
        return client.get(response["Location"]).content.decode()


def confirm_link(signup: Signup, *, delivery_id: int = 5, purpose: str = tokens.CONFIRM) -> str:
    word = "confirm" if purpose == tokens.CONFIRM else "not-me"
    return f"/it/{word}/{tokens.make(purpose, signup.pk, delivery_id, now=signup.at)}/"


# --- the form ---


def test_the_form_shows_exact_words_and_nothing_is_ticked(client: Client, form: SignupForm) -> None:
    html = client.get("/it/subscribe/").content.decode()

    assert consent.newest_wording(make.tracking(), "it").text in html
    assert 'name="tracking"' in html
    assert " checked" not in html
    assert "<script>" not in html
    assert "style=" not in html
    for field in ("name", "address", "role", trap.honeypot_name(datetime.now(tz=NOW.tzinfo).date())):
        assert f'name="{field}"' in html


def test_the_tag_shows_a_form_wherever_it_is_placed_and_twice_on_a_page(form: SignupForm) -> None:
    request = RequestFactory().get("/it/articoli/uno/")
    page = Template("{% load signup %}{% signup_form form %}{% signup_form 'main' %}{% signup_form 'missing' %}")

    with translation.override("it"):
        html = page.render(Context({"request": request, "form": form}))

    assert html.count("<form") == 2
    assert html.count('value="/it/articoli/uno/"') == 2
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_tag_shows_nothing_of_a_closed_form_or_newsletter(form: SignupForm, letter: Purpose) -> None:
    page = Template("{% load signup %}{% signup_form 'main' %}")
    context = Context({"request": RequestFactory().get("/it/")})

    with translation.override("it"):
        Purpose.objects.filter(pk=letter.pk).update(is_open=False)
        assert "<form" not in page.render(context)
        Purpose.objects.filter(pk=letter.pk).update(is_open=True)
        assert "<form" in page.render(context)
        SignupForm.objects.update(is_open=False)
        assert "<form" not in page.render(context)


def test_a_known_reader_sees_a_button_and_the_form_folded_away(form: SignupForm) -> None:
    person = make.subscriber()
    request = RequestFactory().get("/it/")
    request.COOKIES[known.READER_COOKIE] = tokens.make(known.READER, person.pk, now=datetime.now(tz=NOW.tzinfo))

    with translation.override("it"):
        html = Template("{% load signup %}{% signup_form 'main' %}").render(Context({"request": request}))

    assert "<details>" in html
    assert 'href="/it/yours/"' in html
    assert person.address not in html


def test_the_tag_costs_the_same_with_one_and_three_newsletters(django_assert_num_queries: object) -> None:
    page = Template("{% load signup %}{% signup_form 'main' %}")
    context = {"request": RequestFactory().get("/it/")}
    with translation.override("it"):
        form = make.signup_form(make.purpose(), key="main")
        with django_assert_num_queries(2):
            page.render(Context(context))
        form.purposes.add(make.purpose(), make.purpose())
        form.save()
        with django_assert_num_queries(2):
            page.render(Context(context))


# --- what a posting writes ---


def test_a_new_address_waits_for_its_confirmation(client: Client, form: SignupForm) -> None:
    response = post(
        client,
        {"name": "Anna", "address": "Anna@letters.example", "role": "Libraia", "zone": "Europe/Rome", "tracking": "on"},
        HTTP_USER_AGENT="Mozilla/5.0 test",
    )

    assert (response.status_code, response["Location"]) == (303, "/it/subscribe/sent/")
    person = Subscriber.objects.get()
    assert (person.address, person.state, person.name, person.source) == (
        "Anna@letters.example",
        State.WAITING,
        "",
        "form:main",
    )
    signup = Signup.objects.get()
    assert (signup.name, signup.role, signup.zone, signup.page_url) == (
        "Anna",
        "Libraia",
        "Europe/Rome",
        "/it/subscribe/",
    )
    assert set(signup.purposes.values_list("key", flat=True)) == {"letter", "tracking"}
    asked = person.consents.all()
    assert [(row.step, row.wording.version, row.proof.user_agent) for row in asked] == [
        ("asked", 1, "Mozilla/5.0 test"),
        ("asked", 1, "Mozilla/5.0 test"),
    ]
    at = NOW + THINKING
    assert list(MailRequest.objects.values_list("kind", "due_at", "payload")) == [
        ("confirm", at, {"signup": signup.pk}),
        ("remind", at + timedelta(hours=24), {"signup": signup.pk}),
    ]
    assert Event.objects.get().kind == Kind.SIGNUP_ASKED


def test_without_the_tick_tracking_is_not_asked(client: Client, form: SignupForm) -> None:
    post(client, {"address": "anna@letters.example"})

    assert list(Signup.objects.get().purposes.values_list("key", flat=True)) == ["letter"]


def test_the_words_on_the_page_are_the_words_in_the_proof(client: Client, form: SignupForm, letter: Purpose) -> None:
    values = shown(client)
    old = consent.newest_wording(letter, "it")
    letter.wordings.create(locale="it", version=2, text="Altre parole, cambiate nel frattempo.")

    with time_machine.travel(NOW + THINKING, tick=False):
        client.post("/it/subscribe/", {**values, "address": "anna@letters.example"})

    assert Consent.objects.get().wording == old


def test_a_reader_who_has_it_all_gets_a_mail_that_says_so(client: Client, form: SignupForm, letter: Purpose) -> None:
    make.agreed(make.subscriber("anna@letters.example", name="Anna"), letter)

    post(client, {"address": "ANNA@letters.example", "name": "Somebody else"})

    assert list(MailRequest.objects.values_list("kind", flat=True)) == ["already"]
    assert Subscriber.objects.get().name == "Anna"
    assert list(Consent.objects.values_list("step", flat=True)) == ["confirmed", "asked"]


def test_a_reader_who_ticks_tracking_now_is_asked_to_confirm_it(
    client: Client, form: SignupForm, letter: Purpose
) -> None:
    make.agreed(make.subscriber("anna@letters.example"), letter)

    post(client, {"address": "anna@letters.example", "tracking": "on"})

    assert set(MailRequest.objects.values_list("kind", flat=True)) == {"confirm", "remind"}


def test_of_several_newsletters_one_must_be_chosen_and_only_those_are_asked(client: Client) -> None:
    make.signup_form(make.purpose("one"), make.purpose("two"), make.purpose("three"), key="many")

    nothing = post(client, {"address": "anna@letters.example", "name": "Anna"})
    two = post(client, {"address": "anna@letters.example", "newsletters": ["one", "three"]})

    assert nothing.status_code == 422
    assert 'value="Anna"' in nothing.content.decode()
    assert two.status_code == 303
    assert list(Signup.objects.get().purposes.values_list("key", flat=True)) == ["one", "three"]


# --- nothing is lost, nobody is told ---


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@", "an na@letters.example", "noreply@letters.example", "a@mailinator.com"]
)
def test_a_wrong_address_brings_the_form_back_as_it_was_filled(client: Client, form: SignupForm, address: str) -> None:
    response = post(client, {"name": "Anna “Ninì”", "address": address, "role": "Libraia", "tracking": "on"})

    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="Anna “Ninì”"' in html
    assert f'value="{address}"' in html
    assert '<option value="Libraia" selected>' in html
    assert 'id="signup-tracking" name="tracking" value="on" checked' in html
    assert 'aria-invalid="true"' in html
    assert focused(html) == ["signup-address"]
    assert Subscriber.objects.count() == 0


def test_the_cursor_stands_in_the_first_field_to_be_mended(client: Client) -> None:
    make.signup_form(make.purpose("one"), make.purpose("two"), key="main", roles="Libraia")
    good = {"name": "Anna", "address": "anna@letters.example", "newsletters": ["one"]}
    cases = {
        "signup-name": {"name": "x" * 201, "address": "", "newsletters": []},
        "signup-role": {"role": "Maga", "newsletters": []},
        "signup-letter-1": {"newsletters": []},
    }

    for place, wrong in cases.items():
        assert focused(post(client, {**good, **wrong}).content.decode()) == [place]
    assert focused(client.get("/it/subscribe/").content.decode()) == []


def test_a_slip_of_the_hand_is_asked_about_and_nothing_is_written(client: Client, form: SignupForm) -> None:
    response = post(client, {"address": "pippo@gmial.com"})

    assert response.status_code == 422
    assert "pippo@gmail.com?" in response.content.decode()
    assert Subscriber.objects.count() == 0


@pytest.mark.parametrize("think", [timedelta(seconds=1.9), timedelta(hours=2, seconds=1)])
def test_too_quick_or_too_late_asks_for_one_more_press_and_loses_nothing(
    client: Client, form: SignupForm, think: timedelta
) -> None:
    typed = {"name": "Anna", "address": "anna@letters.example", "role": "Libraia", "tracking": "on"}

    first = post(client, typed, think=think)

    assert first.status_code == 422
    assert Subscriber.objects.count() == 0
    again = hidden(first.content.decode())
    assert (again["form"], again["page"]) == ("main", "/it/subscribe/")
    with time_machine.travel(NOW + think + THINKING, tick=False):
        second = client.post("/it/subscribe/", {**again, **typed})
    assert second.status_code == 303
    assert Signup.objects.get().name == "Anna"


@pytest.mark.parametrize("seal", ["", "forged", "MpiVDAdNMr0c15bU4R-db2sCC-w1"])
def test_a_forged_seal_is_no_seal(client: Client, form: SignupForm, seal: str) -> None:
    response = post(client, {"address": "anna@letters.example", "seal": seal})

    assert response.status_code == 422
    assert Subscriber.objects.count() == 0


def test_a_seal_of_another_form_does_not_fit(client: Client, form: SignupForm) -> None:
    other = trap.make("other", now=NOW)

    assert post(client, {"address": "anna@letters.example", "seal": other.token}).status_code == 422


@pytest.mark.parametrize("days", [0, 1])
def test_a_filled_honeypot_gets_the_usual_answer_and_nothing_happens(
    client: Client, form: SignupForm, days: int
) -> None:
    name = trap.honeypot_name((NOW - timedelta(days=days)).date())

    response = post(client, {"address": "anna@letters.example", name: "https://spam.example"})

    assert (response.status_code, response["Location"]) == (303, "/it/subscribe/sent/")
    assert Subscriber.objects.count() == 0
    assert "a•••@letters.example" in page_of(client, response)


def test_the_honeypot_has_another_name_each_day() -> None:
    names = {trap.honeypot_name((NOW + timedelta(days=days)).date()) for days in range(30)}

    assert len(names) == 30


def people(letter: Purpose) -> dict[str, str]:
    """Addresses in every standing, all of one length."""
    known_, waiting, left, bounced = (
        make.subscriber(f"{name}@letters.example") for name in ("known", "waits", "lefty", "bounc")
    )
    make.agreed(known_, letter)
    make.agreed(left, letter)
    make.agreed(bounced, letter)
    consent.refresh_state(waiting, now=NOW)
    consent.withdraw_all(left, source="home", now=NOW)
    consent.suppress("bounc@letters.example", Reason.HARD_BOUNCE, now=NOW)
    consent.suppress("block@letters.example", Reason.NOT_ME, now=NOW)
    return {name: f"{name}@letters.example" for name in ("newly", "known", "waits", "lefty", "bounc", "block")}


def test_everybody_gets_the_same_answer(form: SignupForm, letter: Purpose) -> None:
    answers = {}
    for name, address in people(letter).items():
        client = Client()
        response = post(client, {"address": address, "name": "X"})
        cookie = response.cookies[known.PENDING_COOKIE]
        body = page_of(client, response)
        answers[name] = {
            "status": response.status_code,
            "headers": dict(response.headers),
            "content": response.content,
            "cookie": {key: value for key, value in cookie.items() if key != "expires"},
            "length": len(cookie.value),
            "body": body.replace(address[0] + "•••", "•"),
        }

    first = answers.pop("newly")
    assert answers == dict.fromkeys(("known", "waits", "lefty", "bounc", "block"), first)


def test_asking_again_gets_the_same_answer_for_everybody(form: SignupForm, letter: Purpose) -> None:
    answers = []
    for address in people(letter).values():
        client = Client()
        post(client, {"address": address})
        with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
            again = client.post("/it/subscribe/sent/")
            body = client.get(again["Location"]).content.decode()
        answers.append((again.status_code, again["Location"], body.replace(address[0] + "•••", "•")))

    assert len(set(answers)) == 1


def test_nothing_personal_stands_in_the_address(client: Client, form: SignupForm) -> None:
    response = post(client, {"address": "anna@letters.example", "name": "Anna"})

    parts = urlsplit(response["Location"])
    assert (parts.path, parts.query, parts.fragment) == ("/it/subscribe/sent/", "", "")
    assert "anna" not in response.cookies[known.PENDING_COOKIE].value
    assert response.cookies[known.PENDING_COOKIE]["httponly"] is True


# --- the page that says: look into your inbox ---


def test_the_inbox_of_the_own_provider_is_the_one_main_button(client: Client, form: SignupForm) -> None:
    with time_machine.travel(NOW, tick=False):
        post(client, {"address": "anna@libero.it"})
        html = client.get("/en/subscribe/sent/").content.decode()

    main = re.findall(r'class="button" href="([^"]+)"[^>]*>([^<]+)', html)
    assert main == [("https://mail.libero.it/", "Open Libero")]
    assert re.findall(r'class="button plain small" href="https:[^>]*>([^<]+)', html) == ["Gmail", "Outlook"]
    assert '<button class="button plain small">Send it once more</button>' in html


def test_a_second_mail_can_be_asked_for_after_a_minute_once(client: Client, form: SignupForm) -> None:
    post(client, {"address": "anna@letters.example"})
    start = NOW + THINKING

    kinds = []
    for seconds in (59, 61, 200, 400):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            client.post("/it/subscribe/sent/")
        kinds.append(MailRequest.objects.exclude(kind="remind").count())

    assert kinds == [1, 2, 2, 2]


def test_the_inbox_page_works_without_its_cookie(client: Client, form: SignupForm) -> None:
    assert client.get("/it/subscribe/sent/").status_code == 200
    assert client.post("/it/subscribe/sent/").status_code == 200
    assert MailRequest.objects.count() == 0


# --- limits and closed forms ---


def test_one_mailbox_gets_at_most_three_mails_a_day_whatever_is_posted(form: SignupForm, letter: Purpose) -> None:
    writings = ["anna.r@gmail.com", "ANNAR@gmail.com", "annar+x@googlemail.com", "a.nnar+y@gmail.com"] * 4

    for number, address in enumerate(writings):
        response = post(
            Client(), {"address": address}, at=NOW + timedelta(minutes=number), REMOTE_ADDR=f"198.51.{number}.1"
        )
        assert response.status_code == 303

    first = NOW + THINKING
    assert list(MailRequest.objects.order_by("due_at").values_list("kind", "due_at")) == [
        ("confirm", first),
        ("confirm", first + timedelta(minutes=1)),
        ("remind", first + timedelta(hours=24)),
    ]
    assert Signup.objects.count() <= 10


def test_a_network_that_asks_too_often_waits_and_loses_nothing(client: Client, form: SignupForm) -> None:
    statuses = [
        post(Client(), {"address": f"p{n}@letters.example"}, REMOTE_ADDR=f"198.51.100.{n}").status_code
        for n in range(30)
    ]
    refused = post(client, {"address": "q@letters.example", "name": "Anna"}, REMOTE_ADDR="198.51.100.99")
    elsewhere = post(client, {"address": "q@letters.example"}, REMOTE_ADDR="198.51.101.99")

    assert set(statuses) == {303}
    assert refused.status_code == 429
    assert 'value="Anna"' in refused.content.decode()
    assert elsewhere.status_code == 303


def test_a_burst_lets_the_form_rest_and_says_so(
    client: Client, form: SignupForm, settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CIRCOLARE_SIGNUP_CEILING = 3

    statuses = [
        post(Client(), {"address": f"p{n}@letters.example"}, REMOTE_ADDR=f"198.51.{n}.1").status_code for n in range(5)
    ]

    assert statuses == [303, 303, 303, 303, 429]
    form.refresh_from_db()
    assert form.paused_until == NOW + THINKING + timedelta(minutes=30)
    assert [record.levelname for record in caplog.records if "rests until" in record.message] == ["WARNING"]
    late = post(client, {"address": "late@letters.example"}, at=NOW + timedelta(minutes=31))
    assert late.status_code == 303


@pytest.mark.parametrize("key", ["closed", "elsewhere", "missing", ""])
def test_hidden_forms_answer_as_usual_and_write_nothing(client: Client, form: SignupForm, key: str) -> None:
    make.signup_form(make.purpose("secret"), key="closed", is_open=False)
    make.signup_form(make.purpose("english"), key="elsewhere", locale="en")

    response = post(client, {"form": key, "address": "anna@letters.example"})

    assert (response.status_code, response["Location"]) == (303, "/it/subscribe/sent/")
    assert Subscriber.objects.count() == 0


def test_purposes_a_form_does_not_offer_are_passed_over(client: Client, form: SignupForm) -> None:
    make.purpose("secret", is_open=False)
    make.purpose("profile", kind=Purpose.Kind.PROFILING)

    some = post(client, {"address": "anna@letters.example", "newsletters": ["letter", "secret", "profile", "tracking"]})
    only = post(Client(), {"address": "bruna@letters.example", "newsletters": ["secret"]})

    assert (some.status_code, only.status_code) == (303, 303)
    assert list(Signup.objects.values_list("subscriber__address", "purposes__key")) == [
        ("anna@letters.example", "letter")
    ]


# --- confirming ---


@pytest.fixture
def waiting(letter: Purpose) -> Signup:
    person = make.subscriber("anna@letters.example", state=State.WAITING)
    signup = make.signup(person, letter, make.tracking(), name="Anna")
    consent.ask(person, [letter, make.tracking()], signup=signup, proof=None, now=NOW)
    return signup


@pytest.mark.parametrize("purpose", [tokens.CONFIRM, tokens.REFUSE])
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_link_changes_nothing(client: Client, waiting: Signup, purpose: str, method: str) -> None:
    for _time in range(5):
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            assert getattr(client, method)(confirm_link(waiting, purpose=purpose)).status_code == 200

    waiting.refresh_from_db()
    assert (waiting.confirmed_at, waiting.refused_at) == (None, None)
    assert Consent.objects.exclude(step="asked").count() == 0
    assert client.cookies == {}


def test_the_button_confirms_and_leads_to_the_welcome(client: Client, waiting: Signup) -> None:
    at = NOW + timedelta(hours=1)
    with time_machine.travel(at, tick=False):
        response = client.post(
            confirm_link(waiting, delivery_id=77), HTTP_USER_AGENT="Mozilla/5.0", REMOTE_ADDR="203.0.113.9"
        )
        welcome = client.get(response["Location"])

    assert response.status_code == 303
    assert welcome.status_code == 200
    person = Subscriber.objects.get()
    assert (person.state, person.name) == (State.ACTIVE, "Anna")
    row = Consent.objects.filter(step="confirmed").first()
    assert (row.at, row.delivery_id, row.proof.ip, row.proof.user_agent) == (at, 77, "203.0.113.9", "Mozilla/5.0")
    assert response.cookies[known.READER_COOKIE]["httponly"] is True


def test_confirming_gives_up_the_reminder_of_this_request_alone(client: Client, waiting: Signup) -> None:
    for number, signup_id in enumerate((waiting.pk, waiting.pk + 1)):
        mail_requests.ask(
            "remind",
            waiting.subscriber,
            key=f"remind:{number}",
            locale="it",
            now=NOW,
            payload={"signup": signup_id},
            due_at=NOW + timedelta(hours=24),
        )

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        client.post(confirm_link(waiting))

    assert dict(MailRequest.objects.values_list("key", "dropped")) == {"remind:0": "confirmed", "remind:1": ""}


def test_a_second_press_says_already_confirmed(client: Client, waiting: Signup) -> None:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False), translation.override("en"):
        client.post(confirm_link(waiting))
        again = client.post(confirm_link(waiting))
        page = client.get(confirm_link(waiting).replace("/it/", "/en/"))

    assert again.status_code == 200
    assert "Already confirmed" in page.content.decode()
    assert Consent.objects.filter(step="confirmed").count() == 2


def test_only_the_browser_that_signed_up_presses_by_itself(client: Client, form: SignupForm) -> None:
    post(client, {"address": "anna@letters.example"})
    signup = Signup.objects.get()

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        own = client.get(confirm_link(signup)).content.decode()
        foreign = Client().get(confirm_link(signup)).content.decode()
        other = Client()
        other.cookies[known.PENDING_COOKIE] = tokens.make(known.PENDING, signup.pk + 1, "x", 0, now=NOW)
        wrong = other.get(confirm_link(signup)).content.decode()

    assert "data-presses-itself" in own
    assert "circolare/js/confirm.js" in own
    assert "data-presses-itself" not in foreign + wrong
    assert "confirm.js" not in foreign + wrong


def test_an_expired_link_offers_a_new_one_and_sends_it(client: Client, waiting: Signup) -> None:
    late = NOW + timedelta(days=7, minutes=1)
    with time_machine.travel(late, tick=False):
        page = client.get(confirm_link(waiting).replace("/it/", "/en/")).content.decode()
        client.post(confirm_link(waiting))
        client.post(confirm_link(waiting))

    assert "grown old" in page
    assert list(MailRequest.objects.values_list("kind", flat=True)) == ["confirm"]
    assert Consent.objects.filter(step="confirmed").count() == 2
    waiting.refresh_from_db()
    assert waiting.expires_at == late + timedelta(days=7)


def test_this_was_not_me_blocks_the_address_for_all_forms(client: Client, waiting: Signup, form: SignupForm) -> None:
    MailRequest.objects.create(key="remind:1", kind="remind", subscriber=waiting.subscriber, locale="it", due_at=NOW)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        client.post(confirm_link(waiting, purpose=tokens.REFUSE))
        confirm = client.post(confirm_link(waiting))

    assert consent.reasons_among(["anna@letters.example"]) == {"anna@letters.example": {"not_me"}}
    assert MailRequest.objects.get().dropped == "refused"
    assert confirm.status_code == 200
    assert Consent.objects.filter(step="confirmed").count() == 0


def test_the_welcome_keeps_topics_and_frequency(client: Client, waiting: Signup, italian: object) -> None:
    topics = [Topic.objects.create(name=f"T{n}", slug=f"t{n}", locale=italian) for n in range(3)]
    consent.confirm(waiting, proof=None, now=NOW)
    address = f"/it/welcome/{tokens.make(tokens.HOME, waiting.subscriber.pk, now=NOW)}/"

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        chosen = {"topics_chosen": [topics[0].pk, topics[2].pk], "frequency": "weekly"}
        response = client.post(address, chosen)
        page = client.get(response["Location"]).content.decode()

    person = Subscriber.objects.get()
    assert (set(person.topics.all()), person.frequency) == ({topics[0], topics[2]}, "weekly")
    told = Event.objects.filter(kind=Kind.TOPICS_CHOSEN).get()
    assert told.payload == {"topics": sorted(topic.translation_key.hex for topic in (topics[0], topics[2]))}
    assert page.count(" checked") == 3


# --- links ---

PURPOSES = {"confirm": tokens.CONFIRM, "not-me": tokens.REFUSE, "welcome": tokens.HOME}


@pytest.mark.parametrize("word", PURPOSES)
def test_every_bad_link_gets_one_and_the_same_text_and_changes_nothing(
    client: Client, waiting: Signup, word: str
) -> None:
    genuine = tokens.make(PURPOSES[word], waiting.pk, 0, now=NOW)
    bad = {
        "changed": genuine[:-1] + ("A" if genuine[-1] != "A" else "B"),
        "unknown": tokens.make("elsewhere", waiting.pk, 0, now=NOW),
        "foreign": tokens.make(tokens.LEAVE, waiting.pk, 0, now=NOW),
        "garbage": "x",
        "uuid": str(waiting.uid),
        "number": "0e123",
    }

    with time_machine.travel(NOW, tick=False):
        answers = {
            (name, method): getattr(client, method)(f"/it/{word}/{token}/")
            for name, token in bad.items()
            for method in ("get", "post")
        }

    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({answer.content for answer in answers.values()}) == 1
    waiting.refresh_from_db()
    assert (waiting.confirmed_at, waiting.refused_at) == (None, None)


@pytest.mark.parametrize("word", PURPOSES)
def test_personal_pages_are_kept_nowhere_and_told_to_nobody(client: Client, waiting: Signup, word: str) -> None:
    values = (waiting.subscriber.pk,) if word == "welcome" else (waiting.pk, 0)

    with time_machine.travel(NOW, tick=False):
        response = client.get(f"/it/{word}/{tokens.make(PURPOSES[word], *values, now=NOW)}/")

    assert response.status_code == 200
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    html = response.content.decode()
    assert '<meta name="robots" content="noindex">' in html
    sources = re.findall(r'(?:src|href)="(https?:)?//', html)
    assert sources == []
    assert "anna@letters.example" not in html
