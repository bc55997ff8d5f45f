"""Clicks: to the stored destination alone, byte for byte; counted only for those who allow it now."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale

from campaigns import clicks
from campaigns.click_doors import ClicksFirst
from campaigns.models import Delivery, Link, MessageVersion
from subscribers import consent, events, facts, tokens
from subscribers.models import Event, Facts, PendingEvent, Subscriber
from tests import databases
from tests.factories import campaigns as sending
from tests.factories import content
from tests.factories import subscribers as people

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "hostile-input"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EXACT = [
    "https://example.org/",
    "http://example.org/a%20b?x=1&y=2+3#part-%C3%A8",
    "https://example.org/?q=a;b&c=[1]&d={x}|y^z`w",
    "https://example.org/%2F..%2F?next=https%3A%2F%2Felsewhere.example%2F",
    "https://user@example.org:8443/p;v=1?a=b#c#d",
    "https://xn--caff-8oa.example/menu",
]


def delivered(person: Subscriber | None, *urls: str, page_id: int | None = None, ago: float = 3600) -> Delivery:
    """A mail with these links, accepted `ago` seconds before now."""
    mailing = sending.mailing()
    version = MessageVersion.objects.create(
        mailing=mailing,
        locale="it",
        subject="s",
        sender_name="n",
        sender_address="a@b.example",
        html="",
        text="",
    )
    for position, url in enumerate(urls, start=1):
        Link.objects.create(version=version, position=position, url=url, page_id=page_id)
    return Delivery.objects.create(
        mailing=mailing,
        subscriber=person,
        address=person.address if person else "staff@letters.example",
        address_key=person.address_key if person else "staff@letters.example",
        locale="it",
        intent_key="issue",
        state=Delivery.State.ACCEPTED,
        version=version,
        done_at=timezone.now() - timedelta(seconds=ago),
    )


def tracked() -> Subscriber:
    person = people.subscriber()
    people.agreed(person, people.tracking())
    return person


def address(delivery: Delivery, position: int = 1) -> str:
    return f"/c/{tokens.make_click(delivery.pk, position)}"


def click(client: Client, path: str, *, agent: str = FIREFOX, method: str = "get", **extra: object) -> object:
    return getattr(client, method)(path, headers={"user-agent": agent}, **extra)


def visit(at: datetime | None = None) -> clicks.Visit:
    return clicks.Visit("GET", FIREFOX, False, at or timezone.now())


def clicked() -> list[tuple]:
    return list(Event.objects.order_by("pk").values_list("subscriber_id", "object_kind", "object_key", "evidence"))


@pytest.mark.django_db
@pytest.mark.parametrize("url", EXACT)
def test_the_destination_comes_back_byte_for_byte(client: Client, url: str) -> None:
    delivery = delivered(tracked(), url)

    response = click(client, address(delivery))

    assert (response.status_code, response["Location"], response.content) == (302, url, b"")
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.django_db
def test_letters_beyond_ascii_become_utf8_in_percent_signs_and_nothing_else_changes(client: Client) -> None:
    delivery = delivered(tracked(), "https://example.org/caffè?a=%20+b&c=“x”#è")

    response = click(client, address(delivery))

    assert response["Location"] == "https://example.org/caff%C3%A8?a=%20+b&c=%E2%80%9Cx%E2%80%9D#%C3%A8"


@pytest.mark.django_db
def test_a_click_of_a_reader_who_agreed_is_an_event_with_all_that_journeys_need(client: Client) -> None:
    person = tracked()
    italian = Locale.objects.get(language_code="it")
    topic = content.topic(italian)
    article = content.article(italian, "La coda", topics=[topic])
    delivery = delivered(person, f"{django_settings.BASE_URL}{article.url}", "https://example.org/", page_id=article.pk)
    Link.objects.filter(position=2).update(page_id=None)

    click(client, address(delivery, 1))
    click(client, address(delivery, 2))

    first, second = Event.objects.order_by("pk")
    assert (first.kind, first.subscriber_id, first.object_kind, first.object_key, first.source, first.evidence) == (
        "link.clicked",
        person.pk,
        "page",
        str(article.pk),
        "mail",
        "human",
    )
    assert {**first.payload, "seconds": 0} == {
        "translation": article.translation_key.hex,
        "topics": [topic.translation_key.hex],
        "title": "La coda",
        "url": f"{django_settings.BASE_URL}{article.url}",
        "agent": FIREFOX,
        "n_links": 2,
        "seconds": 0,
        "delivery": delivery.pk,
        "mailing": delivery.mailing_id,
        "position": 1,
    }
    assert first.payload["seconds"] == pytest.approx(3600, abs=30)
    assert (second.object_kind, second.object_key) == ("link", str(Link.objects.get(position=2).pk))
    assert PendingEvent.objects.count() == 2


@pytest.mark.django_db
def test_only_a_page_of_ours_gets_a_token_for_its_script(client: Client) -> None:
    person = tracked()
    article = content.article(Locale.objects.get(language_code="it"))
    ours, other = f"{django_settings.BASE_URL}{article.url}", "https://example.org/"
    delivery = delivered(person, ours, f"{ours}#note", other, page_id=article.pk)
    Link.objects.filter(position=3).update(page_id=None)

    first, with_part, outside = (click(client, address(delivery, n))["Location"] for n in (1, 2, 3))

    page, _, token = first.partition("#r=")
    assert page == ours
    assert tokens.read(tokens.READ, token, now=NOW).ids() == (person.pk, article.pk, delivery.pk)
    assert (with_part, outside) == (f"{ours}#note", other)


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["never asked", "withdrawn", "erased", "nobody"])
def test_without_permission_now_the_way_is_open_and_nothing_is_recorded(client: Client, case: str) -> None:
    person = None if case == "nobody" else tracked() if case != "never asked" else people.subscriber()
    article = content.article(Locale.objects.get(language_code="it"))
    ours = f"{django_settings.BASE_URL}{article.url}"
    delivery = delivered(person, ours, page_id=article.pk)
    if case == "withdrawn":
        consent.withdraw(person, people.tracking(), source="home", now=timezone.now())
        Event.objects.all().delete()
    if case == "erased":
        Delivery.objects.update(subscriber=None, address=None, address_key=None)

    response = click(client, address(delivery))

    assert (response.status_code, response["Location"]) == (302, ours)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_head_request_and_a_program_are_machines_and_get_no_token(client: Client) -> None:
    person = tracked()
    article = content.article(Locale.objects.get(language_code="it"))
    delivery = delivered(person, f"{django_settings.BASE_URL}{article.url}", page_id=article.pk)

    locations = [
        click(client, address(delivery), method="head")["Location"],
        click(client, address(delivery), agent="python-requests/2.34")["Location"],
    ]

    assert ["#r=" in location for location in locations] == [False, False]
    assert set(Event.objects.values_list("evidence", "evidence_reason")) == {
        ("machine", "HEAD request"),
        ("machine", "says so"),
    }


@pytest.mark.django_db
def test_the_hidden_link_leads_home_and_marks_its_neighbours(client: Client) -> None:
    person = tracked()
    delivery = delivered(person, "https://example.org/a", "https://example.org/b")

    click(client, address(delivery, 1))
    response = click(client, address(delivery, clicks.TRAP_POSITION))
    facts.process(10, now=timezone.now())

    assert response["Location"] == f"{django_settings.BASE_URL}/"
    assert {row[-1] for row in clicked()} == {"machine"}
    assert Facts.objects.get().n_clicks == 0


@pytest.mark.django_db
def test_clicks_on_a_fresh_mail_wait_until_their_company_is_known(client: Client) -> None:
    person = tracked()
    fresh = delivered(person, *(f"https://example.org/{n}" for n in range(4)), ago=20)
    old = delivered(person, "https://example.org/old", ago=3600)
    for position in (1, 2, 3, 4):
        click(client, address(fresh, position))
    click(client, address(old))

    assert facts.process(10, now=timezone.now()) == 1
    PendingEvent.objects.update(lease_until=None)
    facts.process(10, now=timezone.now())

    assert [row[-1] for row in clicked()] == ["machine"] * 4 + ["human"]


@pytest.mark.django_db
def test_the_same_click_ten_thousand_times_is_recorded_a_few_times(client: Client) -> None:
    delivery = delivered(tracked(), "https://example.org/")
    token = tokens.make_click(delivery.pk, 1)
    at = timezone.now().replace(hour=12)  # of one day, whenever the test runs

    for number in range(100):
        assert clicks.follow(token, visit(at + timedelta(seconds=number * 10))) == "https://example.org/"
    for _ in range(10):
        clicks.follow(token, visit(at))

    assert Event.objects.count() == clicks.A_DAY_EACH


@pytest.mark.django_db
@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a" * 35,
        "a" * 5000,
        tokens.make(tokens.HOME, 1, now=NOW),
        tokens.make_click(10**12, 1),
        "%2e%2e%2f",
        "..%00",
        "é" * 30,
    ],
)
def test_a_token_that_is_not_ours_finds_no_page(client: Client, token: str) -> None:
    delivered(tracked(), "https://example.org/")

    assert click(client, f"/c/{token}").status_code == 404
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_every_changed_token_finds_no_page(client: Client) -> None:
    delivery = delivered(tracked(), "https://example.org/")
    token = tokens.make_click(delivery.pk, 1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    for place, letter in enumerate(token):
        other = letters[(letters.index(letter) + 7) % 64]
        assert click(client, f"/c/{token[:place]}{other}{token[place + 1 :]}").status_code == 404


def payloads() -> list[str]:
    path = HOSTILE / "open-redirect.txt"
    if not path.exists():
        pytest.skip("open-redirect.txt is not at hand")
    lines = [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    assert len(lines) > 100
    return lines


@pytest.mark.django_db
def test_nothing_beside_the_token_changes_where_it_leads(client: Client) -> None:
    path = address(delivered(tracked(), "https://example.org/safe"))

    for payload in payloads():
        for query in ({"url": payload}, {"next": payload, "to": payload}, {payload: "x"}):
            response = client.get(path, query, headers={"user-agent": payload.encode("ascii", "replace").decode()})
            assert (response.status_code, response["Location"]) == (302, "https://example.org/safe")
            assert response.content == b""


@pytest.mark.django_db
def test_a_destination_that_no_mail_may_have_is_never_followed(client: Client) -> None:
    bad = ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https:evil", "https:///x", "/it/", "http://"]
    bad += ["https://a.example/\r\nSet-Cookie: x=1", "https://a.example/ b", "ftp://a.example/", "https://[::1"]
    bad += [line for line in payloads() if not line.startswith(("http://", "https://"))]
    delivery = delivered(tracked(), *bad)

    followed = {clicks.follow(tokens.make_click(delivery.pk, n), visit()) for n in range(1, len(bad) + 1)}

    assert followed == {None}
    assert {click(client, address(delivery, position)).status_code for position in range(1, 12)} == {404}


@pytest.mark.django_db
def test_whatever_is_stored_no_header_is_split_and_no_answer_is_an_error(client: Client) -> None:
    path = HOSTILE / "urltestdata.json"
    if not path.exists():
        pytest.skip("urltestdata.json is not at hand")
    rows = [row["input"] for row in json.loads(path.read_text(encoding="utf-8")) if isinstance(row, dict)]
    urls = [url.replace("\0", "").encode("utf-8", "replace").decode() for url in rows]
    assert len(urls) > 400
    delivery = delivered(tracked(), *urls)

    followed = [clicks.follow(tokens.make_click(delivery.pk, n), visit()) for n in range(1, len(urls) + 1)]

    for url, location in zip(urls, followed, strict=True):
        if location is not None:
            assert location.isascii() and location.isprintable() and location.startswith(("http://", "https://"))
            assert location == url or not url.isascii()
    assert {click(client, address(delivery, n)).status_code for n in range(1, len(urls), 20)} == {302, 404}


@pytest.mark.django_db
def test_nothing_of_a_hostile_request_is_reflected_and_the_agent_is_cut(client: Client) -> None:
    delivery = delivered(tracked(), "https://example.org/")
    script = "<script>alert(1)</script>" * 100

    good = client.get(address(delivery), headers={"user-agent": script, "referer": script, "x-forwarded-for": script})
    bad = client.get(f"/c/{'a' * 35}", {"x": script}, headers={"user-agent": script, "referer": script})

    assert (good.status_code, good.content) == (302, b"")
    assert b"alert(1)" not in bad.content
    assert len(Event.objects.get().payload["agent"]) == 512


@pytest.mark.django_db
def test_the_way_stays_open_when_the_event_cannot_be_written(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    delivery = delivered(tracked(), "https://example.org/")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")  # as on a standby
        response = click(client, address(delivery))
        transaction.set_rollback(True)

    assert (response.status_code, response["Location"]) == (302, "https://example.org/")
    assert "could not be recorded" in caplog.text


def test_a_connection_that_died_is_replaced_without_the_reader_noticing(committed: None) -> None:
    delivery = delivered(tracked(), "https://example.org/")
    token = tokens.make_click(delivery.pk, 1)
    clicks.follow(token, visit())
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    assert clicks.follow(token, visit(timezone.now() + timedelta(seconds=9))) == "https://example.org/"
    assert Event.objects.count() == 2


def test_without_a_database_the_reader_is_asked_to_come_again(
    client: Client, template_database: str, django_db_blocker: object
) -> None:
    path = f"/c/{tokens.make_click(1, 1)}"

    with django_db_blocker.unblock(), databases.using("test_there_is_no_such_database"):
        response = click(client, path)
        through_wrapper = through(ClicksFirst(Inside()), path)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert through_wrapper[2] == b"inside"


class Inside:
    """The application behind the wrapper."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def __call__(self, environ: dict, start_response: object) -> list[bytes]:
        self.paths.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b"inside"]


def through(door: ClicksFirst, path: str, method: str = "GET") -> tuple[str, dict, bytes]:
    said: list = []
    body = door(
        {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "192.0.2.1"},
        lambda status, headers: said.append((status, dict(headers))),
    )
    return said[0][0], said[0][1], b"".join(body)


@pytest.mark.django_db
def test_the_wrapper_answers_clicks_and_hands_on_everything_else() -> None:
    delivery = delivered(tracked(), "https://example.org/")
    inside = Inside()
    door = ClicksFirst(inside)

    status, headers, body = through(door, address(delivery))
    elsewhere = [
        through(door, "/it/"),
        through(door, "/c/"),
        through(door, f"/c/{'a' * 35}"),
        through(door, f"{address(delivery)}/more"),
        through(door, address(delivery), "POST"),
    ]

    assert (status, headers["Location"], body) == ("302 Found", "https://example.org/", b"")
    assert headers["Cache-Control"] == "no-store, private"
    assert {answer[2] for answer in elsewhere} == {b"inside"}
    assert len(inside.paths) == 5
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_other_methods_change_nothing(client: Client) -> None:
    delivery = delivered(tracked(), "https://example.org/")

    for method in ("post", "put", "delete", "options"):
        assert click(client, address(delivery), method=method).status_code == 405
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_click_leads_to_a_segment(client: Client) -> None:
    delivery = delivered(tracked(), "https://example.org/")

    click(client, address(delivery))

    assert [row.event.kind for row in events.claim("facts", 5, lease_seconds=60)] == ["link.clicked"]
