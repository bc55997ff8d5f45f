"""Hostile input at every public door: answered, kept in its field, never obeyed; and no answer tells by its time."""

import html
import json
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test import Client

from subscribers import addresses, consent, tokens
from subscribers.models import Purpose, Signup, SignupForm, State, Subscriber, Suppression
from subscribers.signup import trap
from tests.factories import subscribers as make
from tests.short import IS_SHORT

pytestmark = pytest.mark.django_db
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora"
HOSTILE = CORPUS / "hostile-input"
needs_corpus = pytest.mark.skipif(not HOSTILE.is_dir(), reason="the corpora do not lie beside the checkout")
NOW = make.NOW
FIELDS = ("name", "address", "role", "zone", "page", "resource", "tracking")
OUR_OWN = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE subscribers_subscriber; --",
    "{{ 7*7 }}{% debug %}",
    "Anna\r\nBcc: x@y.it",
    "../../../etc/passwd",
    "\x00",
    "=1+1",
    "\u202eanna",
    "x" * 5_000,
    "",
]


def payloads() -> list[str]:
    """Every text of the corpus, and ours."""
    texts = list(OUR_OWN)
    if HOSTILE.is_dir():
        for path in sorted(HOSTILE.glob("*.txt")):
            texts += path.read_text(encoding="utf-8", errors="replace").splitlines()
        texts += [str(item) for item in json.loads((HOSTILE / "blns.json").read_text(encoding="utf-8"))]
    if IS_SHORT:
        texts = [*OUR_OWN, *texts[len(OUR_OWN) :: 10]]
    return list(dict.fromkeys(text.encode("utf-8", "replace").decode() for text in texts))


def some() -> list[str]:
    """Ours and every eighth of the corpus, for doors that render no field: a page costs 20 ms."""
    return list(dict.fromkeys([*OUR_OWN, *payloads()[::8]]))


class Skeleton(HTMLParser):
    """The tags of a page with the names of their attributes, and the values of its inputs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, tuple(name for name, _value in attrs)))
        if tag == "input" and found.get("name"):
            self.values[str(found["name"])] = found.get("value") or ""


@pytest.fixture(autouse=True)
def at_noon(settings: object):
    settings.CIRCOLARE_SIGNUP_CEILING = 1_000_000
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def letter() -> Purpose:
    return make.purpose("letter")


@pytest.fixture
def form(letter: Purpose) -> SignupForm:
    return make.signup_form(letter, key="main", roles="Libraia")


def seal() -> str:
    return trap.make("main", now=NOW.replace(minute=NOW.minute - 1)).token


def post(typed: dict[str, object], number: int = 0):
    """From another network each time: the limits are somebody else's test."""
    network = f"10.{number // 65_536 % 256}.{number // 256 % 256}.{number % 256}"
    values = {"form": "main", "seal": seal(), "page": "/it/", **typed}
    return Client().post("/it/subscribe/", values, REMOTE_ADDR=network.replace("10.", f"{11 + number % 200}.", 1))


def is_address(text: str) -> bool:
    try:
        addresses.read(text)
    except addresses.BadAddress:
        return False
    return True


def test_every_payload_in_every_field_comes_back_in_its_field_as_text(form: SignupForm) -> None:
    harmless = Skeleton(post(dict.fromkeys(FIELDS, "harmless")).content.decode())
    wrong = []
    for number, text in enumerate(payloads()):
        response = post(dict.fromkeys(FIELDS, text), number)
        if is_address(text) and response.status_code == 303:
            continue
        page = Skeleton(response.content.decode())
        kept = all(page.values.get(field) == text for field in ("address", "name", "zone"))
        is_same = _without_optional(page.tags) == _without_optional(harmless.tags)
        if response.status_code != 422 or not kept or not is_same:
            wrong.append((text[:80], response.status_code, kept, is_same))

    assert wrong == []
    assert Subscriber.objects.exclude(address__contains="@").count() == 0
    assert post({"address": "anna@letters.example", "name": "harmless"}, 1).status_code == 303


def _without_optional(tags: list[tuple[str, tuple[str, ...]]]) -> list[str]:
    """The elements, without error lines and the hidden resource, which depend on what was typed."""
    return [tag for tag, names in tags if tag not in {"p", "strong"} and names != ("type", "name", "value")]


def test_any_payload_as_a_name_reaches_its_row_as_one_line_of_text(form: SignupForm) -> None:
    wrong = []
    for number, text in enumerate(some()):
        response = post({"address": f"p{number}@letters.example", "name": text}, number)
        if response.status_code not in (303, 422):
            wrong.append((text[:80], response.status_code))
        if response.status_code == 422 and Skeleton(response.content.decode()).values["name"] != text:
            wrong.append((text[:80], "lost"))
    names = list(Signup.objects.values_list("name", flat=True))

    assert wrong == []
    assert len(names) > 0.9 * len(some())
    assert [name for name in names if set("\r\n\x00\u2028\u2029\x85") & set(name)] == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM subscribers_subscriber")
        assert cursor.fetchone()[0] == len(names)


def test_any_payload_as_a_key_of_form_or_newsletter_is_nothing(form: SignupForm) -> None:
    wrong = []
    for number, text in enumerate(some()):
        name = ("form", "newsletters", "seal")[number % 3]
        response = post({"address": "anna@letters.example", name: text}, number)
        if response.status_code not in (303, 422) or "anna" in response.get("Location", ""):
            wrong.append((name, text[:80], response.status_code))

    assert wrong == []
    assert Signup.objects.filter(purposes=None).count() == 0


def test_any_payload_at_the_readers_home_and_way_out_is_text(letter: Purpose) -> None:
    person = make.subscriber("anna@letters.example")
    make.agreed(person, letter)
    home = f"/en/yours/{tokens.make(tokens.HOME, person.pk, now=NOW)}/"
    leave = f"/en/leave/{tokens.make(tokens.LEAVE, person.pk, 0, 0, now=NOW)}/"
    click = f"/u/{tokens.make(tokens.LEAVE, person.pk, 0, 0, now=NOW)}"
    client, wrong = Client(), []
    for text in some():
        statuses = (
            client.post(home, {"section": text, "name": text}).status_code,
            client.post(home, {"section": "name", "name": text}).status_code,
            client.post(home, {"section": "letters", "letters": text, "shown": text}).status_code,
            client.post(leave, {"what": "undo", "undo": text}).status_code,
            client.post(click, {"List-Unsubscribe": text}).status_code,
        )
        if statuses != (303, 303, 303, 404, 400):
            wrong.append((text[:80], statuses))
    page = client.get(home, {"saved": "<script>alert(1)</script>"}).content.decode()

    assert wrong == []
    assert "alert(1)" not in page
    assert set(person.permissions.values_list("purpose__key", "is_given")) == {("letter", True)}
    assert client.post(click, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_any_payload_as_a_token_is_one_and_the_same_not_found(form: SignupForm) -> None:
    client, wrong, bodies = Client(), [], set()
    words = ("confirm", "not-me", "welcome", "yours", "leave", "erase", "export", "address")
    for number, text in enumerate(some()):
        token = quote(text.replace("/", "_"), safe="")
        if not token or token in {".", ".."}:
            continue
        word = words[number % len(words)]
        response = client.get(f"/en/{word}/{token}/")
        bodies.add(response.content)
        if response.status_code != 404:
            wrong.append((word, text[:80], response.status_code))

    assert wrong == []
    assert len(bodies) == 1


@needs_corpus
def test_every_address_of_the_corpora_is_read_or_refused_beside_its_field(form: SignupForm) -> None:
    texts = [r["address"] for name in ("isemail", "isemail-original", "email-validator") for r in _records(name)]
    texts += [r["text"] for r in _records("flanker")]
    wrong, n_taken = [], 0
    for number, text in enumerate(dict.fromkeys(text for text in texts if text)):
        response = post({"address": text}, number)
        n_taken += response.status_code == 303
        if response.status_code == 422:
            kept = Skeleton(response.content.decode()).values["address"]
            if kept != text:
                wrong.append((text, "lost", kept))
        elif response.status_code != 303:
            wrong.append((text, response.status_code))

    assert wrong == []
    assert n_taken > 50


def _records(name: str) -> list[dict[str, str]]:
    return json.loads((CORPUS / "addresses" / f"{name}.json").read_text(encoding="utf-8"))


def test_what_is_typed_is_never_shown_as_markup(form: SignupForm) -> None:
    for text in OUR_OWN:
        body = post({"address": text, "name": text}).content.decode()
        if "<" in text:
            assert text not in body
            assert html.escape(text) in body


def test_the_time_of_an_answer_tells_nothing(form: SignupForm, letter: Purpose) -> None:
    measured = []
    for attempt in range(3):  # a leak shows every time, a busy machine does not
        measured.append(differences(letter, attempt))
        if max(map(abs, measured[-1].values())) < 20:
            return

    raise AssertionError(f"milliseconds beside an unknown address: {measured}")


def differences(letter: Purpose, attempt: int) -> dict[str, float]:
    """{standing of an address: how much longer its answer takes than an unknown one's, in ms}."""
    kinds = ("newly", "known", "lefty", "bounc", "block")
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(31):
        for kind in kinds if number % 2 else reversed(kinds):
            address = f"{kind}{attempt}{number:03}@letters.example"
            _prepare(kind, address, letter)
            values = {"form": "main", "seal": seal(), "address": address}
            client, network = Client(), f"{11 + number}.{kinds.index(kind)}.{attempt}.1"
            started = perf_counter()
            assert client.post("/it/subscribe/", values, REMOTE_ADDR=network).status_code == 303
            times[kind].append((perf_counter() - started) * 1000)
    # Round by round, so that a busy machine weighs on both sides alike.
    return {kind: median(mine - new for mine, new in zip(times[kind], times["newly"], strict=True)) for kind in kinds}


def _prepare(kind: str, address: str, letter: Purpose) -> None:
    if kind == "newly":
        return
    if kind == "block":
        consent.suppress(address, Suppression.Reason.NOT_ME, now=NOW)
        return
    person = make.subscriber(address, state=State.ACTIVE)
    make.agreed(person, letter)
    if kind == "lefty":
        consent.withdraw_all(person, source="home", now=NOW)
    if kind == "bounc":
        consent.suppress(address, Suppression.Reason.HARD_BOUNCE, now=NOW)
