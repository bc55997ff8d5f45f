"""The beacon: heard for those who allow it, nameless for the rest, silent to everybody."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Locale

from content.models import ArticlePage
from subscribers import consent, tokens
from subscribers.models import Event, PendingEvent, Subscriber
from subscribers.tracking import networks, pages, reading
from tests.factories import content
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "hostile-input"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
FORM = "application/x-www-form-urlencoded;charset=UTF-8"


@pytest.fixture
def article(italian: Locale) -> ArticlePage:
    return content.article(italian, "La coda", topics=[content.topic(italian)])


def tracked() -> Subscriber:
    person = people.subscriber()
    people.agreed(person, people.tracking())
    return person


def token(person: Subscriber, page: ArticlePage, *, at: datetime | None = None) -> str:
    return tokens.make(tokens.READ, person.pk, page.pk, 77, now=at or timezone.now())


def tell(
    client: Client,
    body: bytes | str | None = None,
    *,
    agent: str = FIREFOX,
    network: str = "192.0.2.1",
    **fields: object,
) -> int:
    said = urlencode({"seconds": 30, "depth": 80, **fields}) if body is None else body
    sent = client.post("/b", said, content_type=FORM, headers={"user-agent": agent}, REMOTE_ADDR=network)
    return sent.status_code


@pytest.mark.django_db
def test_a_reading_is_its_readers(client: Client, article: ArticlePage) -> None:
    person = tracked()

    assert tell(client, token=token(person, article), page=article.pk) == 204

    event = Event.objects.get()
    assert (event.kind, event.subscriber_id, event.object_kind, event.object_key) == (
        "page.read",
        person.pk,
        "page",
        str(article.pk),
    )
    assert (event.source, event.evidence, event.evidence_reason) == ("site", "human", "browser")
    assert event.payload == {
        "translation": article.translation_key.hex,
        "topics": [topic.translation_key.hex for topic in article.topics.all()],
        "title": "La coda",
        "seconds": 30,
        "depth": 80,
        "delivery": 77,
        "agent": FIREFOX,
    }
    assert PendingEvent.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["withdrawn", "another page", "expired", "forged", "another purpose", "none"])
def test_without_permission_now_a_reading_has_nobody_in_it(client: Client, article: ArticlePage, case: str) -> None:
    person = tracked()
    other = content.article(article.locale, "Altro")
    said = {
        "withdrawn": token(person, article),
        "another page": token(person, other),
        "expired": token(person, article, at=timezone.now() - timedelta(days=2)),
        "forged": token(person, article)[:-2] + "AA",
        "another purpose": tokens.make(tokens.HOME, person.pk, now=timezone.now()),
        "none": "",
    }[case]
    if case == "withdrawn":
        consent.withdraw(person, people.tracking(), source="home", now=timezone.now())
        Event.objects.all().delete()
        PendingEvent.objects.all().delete()

    assert tell(client, token=said, page=article.pk) == 204

    event = Event.objects.get()
    assert (event.subscriber_id, event.visitor) == (None, "")
    assert set(event.payload) == {"translation", "topics", "title", "seconds", "depth"}
    assert not PendingEvent.objects.exists()


@pytest.mark.django_db
def test_the_same_reading_told_again_is_one_and_another_day_is_another(client: Client, article: ArticlePage) -> None:
    person = tracked()
    telling = reading.Telling(token(person, article, at=NOW), article.pk, 30, 80)

    for hours in (0, 1, 2, 23):
        reading.hear(telling, agent=FIREFOX, network="192.0.2.0/24", now=NOW + timedelta(hours=hours))

    assert Event.objects.count() == 2


@pytest.mark.django_db
def test_a_program_that_runs_scripts_is_a_machine(client: Client, article: ArticlePage) -> None:
    headless = FIREFOX.replace("Firefox", "HeadlessChrome")

    tell(client, token=token(tracked(), article), page=article.pk, agent=headless)

    assert Event.objects.get().evidence == "machine"


@pytest.mark.django_db
def test_nameless_readings_from_one_network_are_few(client: Client, article: ArticlePage) -> None:
    for _ in range(10):
        assert tell(client, token="", page=article.pk) == 204

    assert Event.objects.count() == reading.PAGE_HOUR.n


@pytest.mark.django_db
def test_a_network_that_tells_too_much_is_not_heard(article: ArticlePage) -> None:
    telling = reading.Telling(token(tracked(), article, at=NOW), article.pk, 30, 80)
    for _ in range(reading.NETWORK_HOUR.n):
        reading.passes(reading.NETWORK_HOUR, "192.0.2.0/24", now=NOW)

    assert reading.hear(telling, agent=FIREFOX, network="192.0.2.0/24", now=NOW) is None
    assert reading.hear(telling, agent=FIREFOX, network="198.51.100.0/24", now=NOW) is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "1e3"},
        {"page": "99999999999999999999"},
        {"page": "٣"},
        {"page": "2147483647"},
        {"seconds": "0"},
        {"seconds": "NaN"},
        {"seconds": "86401"},
        {"depth": "101"},
        {"depth": "-5"},
        {"depth": ""},
    ],
)
def test_what_no_script_of_ours_says_is_not_heard(client: Client, article: ArticlePage, fields: dict) -> None:
    assert tell(client, **{"token": token(tracked(), article), "page": article.pk, **fields}) == 204
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_other_methods_and_bodies_are_answered_without_a_word(client: Client, article: ArticlePage) -> None:
    assert client.get("/b").status_code == 405
    assert tell(client, b"") == 204
    assert tell(client, b"\xff\xfe\x00") == 204
    assert tell(client, b"a=" + b"x" * 1_000_000) == 204
    assert tell(client, b"&".join(b"k%d=1" % n for n in range(100))) == 204
    assert client.post("/b", {"token": "x", "page": article.pk}).status_code == 204  # multipart
    assert client.post("/b", b"[]", content_type="application/json").status_code == 204
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_no_hostile_line_is_an_error_and_a_harmless_value_beside_it_is_heard(
    client: Client, article: ArticlePage
) -> None:
    if not CORPUS.exists():
        pytest.skip("hostile-input is not at hand")
    lines = [str(line) for line in json.loads((CORPUS / "blns.json").read_text(encoding="utf-8"))]
    for name in ("xss.txt", "sqli.txt", "traversal.txt", "crlf.txt"):
        lines += (CORPUS / name).read_text(encoding="utf-8", errors="replace").splitlines()
    assert len(lines) > 500

    for line in lines[::3]:
        agent = line.encode("ascii", "replace").decode().replace("\r", "").replace("\n", "")
        for fields in ({"token": line, "page": line}, {"seconds": line, "depth": line}, {line: line}):
            body = urlencode({"token": "x", "page": article.pk, **fields}, errors="replace")
            assert tell(client, body, agent=agent, network="198.51.100.9") == 204

    assert tell(client, token=token(tracked(), article), page=article.pk) == 204
    assert Event.objects.filter(subscriber__isnull=False).count() == 1


@given(st.binary(max_size=300))
def test_any_body_is_a_telling_or_nothing(body: bytes) -> None:
    assert isinstance(reading.parse(body), reading.Telling | None)


@pytest.mark.django_db
def test_only_live_pages_have_something_to_say(article: ArticlePage) -> None:
    assert pages.about(article.pk)["title"] == "La coda"
    assert pages.about(10**9) == {}
    draft = content.article(article.locale, "Bozza")
    draft.unpublish()
    assert pages.about(draft.pk) == {}


@pytest.mark.parametrize(
    ("address", "is_in"),
    [
        ("192.0.2.7", True),
        ("192.0.2.200", True),
        ("192.0.3.1", False),
        ("203.0.113.9", True),
        ("2001:db8::5", True),
        ("2001:db9::", False),
        (None, False),
    ],
)
def test_data_centres_are_those_of_the_administrators_file(
    tmp_path: Path, settings: object, address: str | None, is_in: bool
) -> None:
    file = tmp_path / "networks.txt"
    file.write_text("# ours\n192.0.2.0/25\n192.0.2.0/24 # twice\nnonsense\n\n203.0.113.9\n2001:db8::/32\n", "utf-8")

    settings.CIRCOLARE_DATACENTRES = str(file)
    assert networks.is_datacentre(address) is is_in
    settings.CIRCOLARE_DATACENTRES = ""
    assert networks.is_datacentre(address) is False
