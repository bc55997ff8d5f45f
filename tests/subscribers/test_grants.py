"""A resource for an address: one form, one mail, one guarded file; and pages passed on."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from content.models import ResourcePage
from subscribers import consent, erasure, tokens
from subscribers.grants import counting, gate, granting, sharing, taking
from subscribers.models import (
    Event,
    Grant,
    MailRequest,
    Permission,
    ShareCount,
    Signup,
    Subscriber,
    Suppression,
    TakenCount,
)
from subscribers.signup import known, trap
from tests.factories import content
from tests.factories import subscribers as people
from tests.subscribers.markup import focused

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "hostile-input"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
BYTES = bytes(range(256)) * 8
AGENT = {"user-agent": FIREFOX}


@pytest.fixture
def guide(italian: Locale) -> ResourcePage:
    topic = content.topic(italian)
    file = content.document("Guida “perché”.pdf", BYTES)
    return content.resource(italian, "La guida", document=file, topics=[topic])


@pytest.fixture
def free(italian: Locale) -> ResourcePage:
    return content.resource(italian, "Il foglio", document=content.document("foglio.pdf", BYTES), gate="open")


def sealed(page: ResourcePage, *, seconds: float = 60, **fields: str) -> dict[str, str]:
    """What a browser posts after so long."""
    shown = gate.build(page, locale="it", now=timezone.now() - timedelta(seconds=seconds))
    return {"seal": shown.trap.token, "address": "ada@letters.example", **fields}


def ask(client: Client, page: ResourcePage, **fields: str) -> object:
    return client.post(f"/it/unlock/{page.pk}/", sealed(page, **fields))


def link(page: ResourcePage, person: Subscriber | None = None) -> str:
    given = granting.grant(person or people.subscriber(), page, now=timezone.now())
    Event.objects.all().delete()
    return f"/d/{taking.token_of(given, now=timezone.now())}"


def body(response: object) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def tracked() -> Subscriber:
    person = people.subscriber()
    people.agreed(person, people.tracking())
    return person


# --- the gate ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_address_gets_the_right_and_one_mail_and_agrees_to_nothing(client: Client, guide: ResourcePage) -> None:
    response = ask(client, guide)

    assert (response.status_code, response["Location"]) == (303, f"/it/unlock/{guide.pk}/sent/")
    given = Grant.objects.get()
    assert (given.subscriber.address, given.title, given.n_downloads) == ("ada@letters.example", "La guida", 0)
    assert given.expires_at - given.granted_at == timedelta(days=30)
    wish = MailRequest.objects.get()
    assert (wish.kind, wish.payload, wish.subscriber) == ("resource", {"grant": given.pk}, given.subscriber)
    event = Event.objects.get()
    assert (event.kind, event.subscriber_id, event.object_kind, event.object_key, event.evidence) == (
        "resource.granted",
        given.subscriber_id,
        "resource",
        str(guide.pk),
        "unsure",
    )
    assert event.payload["translation"] == guide.translation_key.hex
    assert not Permission.objects.exists() and not Signup.objects.exists()
    page = client.get(response["Location"])
    assert page.status_code == 200 and "ada@" not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ticked", [{}, {"newsletter": "on"}, {"tracking": "on"}, {"newsletter": "on", "tracking": "on"}]
)
def test_the_newsletter_is_asked_for_only_where_its_own_box_was_ticked(
    client: Client, guide: ResourcePage, ticked: dict[str, str]
) -> None:
    letter = people.purpose()
    people.signup_form(letter)

    ask(client, guide, **ticked)

    asked = {purpose.key for signup in Signup.objects.all() for purpose in signup.purposes.all()}
    expected = {letter.key, *(["tracking"] if "tracking" in ticked else [])} if "newsletter" in ticked else set()
    assert asked == expected
    assert set(MailRequest.objects.values_list("kind", flat=True)) >= {"resource"}
    assert not Permission.objects.filter(is_given=True).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["known", "unknown", "suppressed", "tired", "machine"])
def test_the_answer_is_the_same_for_every_address(client: Client, guide: ResourcePage, who: str) -> None:
    if who != "unknown":
        people.subscriber("ada@letters.example")
    if who == "suppressed":
        consent.suppress("ada@letters.example", Suppression.Reason.NOT_ME, now=timezone.now())
    for _ in range(12 if who == "tired" else 0):
        granting.request(granting.addresses.read("ada@letters.example"), guide, locale="it", now=timezone.now())
    honeypot = {trap.honeypot_name(timezone.now().date()): "x"} if who == "machine" else {}

    response = ask(client, guide, **honeypot)

    assert (response.status_code, response["Location"], response.cookies.output()) == (
        303,
        f"/it/unlock/{guide.pk}/sent/",
        "",
    )


@pytest.mark.django_db
def test_a_machine_gets_the_answer_and_nothing_else(client: Client, guide: ResourcePage) -> None:
    ask(client, guide, **{trap.honeypot_name(timezone.now().date()): "http://spam.example"})

    assert not Grant.objects.exists() and not Subscriber.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"address": "nobody"}, "gate-address-error"),
        ({"address": ""}, "gate-address-error"),
        ({"seconds": 0.5}, "quick as a machine"),
        ({"seconds": 3 * 3600}, "open for a long time"),
        ({"seal": "forged"}, "open for a long time"),
    ],
)
def test_a_refused_form_comes_back_as_it_was_filled(
    client: Client, guide: ResourcePage, fields: dict, words: str
) -> None:
    people.signup_form(people.purpose(), locale="en")
    english = content.resource(
        Locale.objects.get(language_code="en"), "The guide", document=content.document("g.pdf", BYTES)
    )

    response = client.post(f"/en/unlock/{english.pk}/", sealed(english, newsletter="on", **fields))

    said = response.content.decode()
    assert response.status_code == 422
    assert focused(said) == (["gate-address"] if "address" in fields else ["Send it to me"])
    assert words in said
    assert 'name="newsletter" value="on" checked' in said
    assert not Grant.objects.exists()


@pytest.mark.django_db
def test_a_network_that_asks_too_often_is_told_to_wait(client: Client, guide: ResourcePage) -> None:
    answers = {ask(client, guide, address=f"p{number}@letters.example").status_code for number in range(31)}

    assert answers == {303, 429}
    assert Grant.objects.count() == 30


@pytest.mark.django_db
def test_the_mailbox_is_written_to_three_times_a_day_at_most(guide: ResourcePage) -> None:
    address = granting.addresses.read("ada@letters.example")
    now = timezone.now()

    for minutes in range(8):
        granting.request(address, guide, locale="it", now=now + timedelta(minutes=minutes))

    assert (MailRequest.objects.count(), Grant.objects.count()) == (3, 1)


@pytest.mark.django_db
def test_the_gate_stands_in_the_resources_page(client: Client, guide: ResourcePage, free: ResourcePage) -> None:
    people.signup_form(people.purpose())
    gated, opened = client.get(guide.url).content.decode(), client.get(free.url).content.decode()

    assert f'action="/it/unlock/{guide.pk}/"' in gated
    assert 'id="gate-newsletter" name="newsletter" value="on">' in gated
    assert 'id="gate-tracking" name="tracking" value="on">' in gated
    assert f'href="/d/open/{free.pk}/"' in opened
    assert "/unlock/" not in opened


@pytest.mark.django_db
def test_a_known_reader_presses_a_button_and_the_file_comes(client: Client, guide: ResourcePage) -> None:
    person = tracked()
    client.cookies[known.READER_COOKIE] = tokens.make(known.READER, person.pk, now=timezone.now())
    shown = client.get(guide.url).content.decode()
    seal = re.search(r'name="seal" value="([^"]+)"', shown)[1]

    assert 'name="known"' in shown and "gate-address" not in shown
    pressed = client.post(f"/it/unlock/{guide.pk}/", {"known": "1", "seal": seal})
    taken = client.get(pressed["Location"], headers=AGENT)

    assert (pressed.status_code, taken.status_code, body(taken)) == (303, 200, BYTES)
    assert Grant.objects.get().subscriber == person
    assert not MailRequest.objects.exists()
    kinds = Event.objects.order_by("pk").values_list("kind", "subscriber_id", "evidence")
    assert list(kinds) == [("resource.granted", person.pk, "human"), ("resource.downloaded", person.pk, "human")]


@pytest.mark.django_db
def test_the_button_of_a_known_reader_needs_the_seal_of_its_page(client: Client, guide: ResourcePage) -> None:
    client.cookies[known.READER_COOKIE] = tokens.make(known.READER, people.subscriber().pk, now=timezone.now())

    client.post(f"/it/unlock/{guide.pk}/", {"known": "1"})
    client.post(f"/it/unlock/{guide.pk}/", {"known": "1", "seal": "x"})

    assert not Grant.objects.exists()


@pytest.mark.django_db
def test_only_published_gated_resources_can_be_asked_for(
    client: Client, guide: ResourcePage, free: ResourcePage
) -> None:
    assert client.get(f"/it/unlock/{guide.pk}/")["Location"] == guide.url
    assert ask(client, free)["Location"] == free.url
    assert client.post(f"/it/unlock/{10**9}/", {}).status_code == 404
    assert client.post(f"/it/unlock/{guide.get_parent().pk}/", {}).status_code == 404
    guide.unpublish()
    assert ask(client, guide).status_code == 404
    assert not Grant.objects.exists()


# --- the page behind the mail's link, and the file -----------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_of_the_link_changes_nothing_until_its_button_is_pressed(client: Client, guide: ResourcePage) -> None:
    person = people.subscriber()
    token = link(guide, person).removeprefix("/d/")

    for _ in range(3):
        page = client.get(f"/it/granted/{token}/", headers=AGENT)
    looked = (Grant.objects.get().n_downloads, Event.objects.count(), dict(client.cookies))
    pressed = client.post(f"/it/granted/{token}/", headers=AGENT)

    assert page.status_code == 200 and "La guida" in page.content.decode()
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("no-referrer", "no-store, private")
    assert looked == (0, 0, {})
    assert (pressed.status_code, pressed["Location"]) == (303, f"/d/{token}")
    request = type("Request", (), {"COOKIES": {name: m.value for name, m in client.cookies.items()}})
    assert known.reader_of(request, now=timezone.now()) == person


@pytest.mark.django_db
def test_the_file_comes_under_its_own_name_and_is_stored_by_nobody(client: Client, guide: ResourcePage) -> None:
    response = client.get(link(guide), headers=AGENT)

    assert (response.status_code, body(response)) == (200, BYTES)
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Guida_perch%C3%A9.pdf"
    assert {name: response[name] for name in ("Content-Type", "Content-Length", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf",
        "Content-Length": "2048",
        "X-Content-Type-Options": "nosniff",
    }
    assert response["Cache-Control"] == "no-store, private"
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "status", "said", "part"),
    [
        ("bytes=0-9", 206, "bytes 0-9/2048", BYTES[:10]),
        ("bytes=2000-", 206, "bytes 2000-2047/2048", BYTES[2000:]),
        ("bytes=-8", 206, "bytes 2040-2047/2048", BYTES[-8:]),
        ("bytes=0-99999999", 206, "bytes 0-2047/2048", BYTES),
        ("bytes=2048-", 416, "bytes */2048", b""),
        ("bytes=-0", 416, "bytes */2048", b""),
        ("bytes=9-3", 200, None, BYTES),
        ("bytes=0-1,5-6", 200, None, BYTES),
        ("bytes=-", 200, None, BYTES),
        ("lines=1-2", 200, None, BYTES),
        ("bytes=9999999999999999999999-", 200, None, BYTES),
    ],
)
def test_parts_of_the_file(
    client: Client, guide: ResourcePage, asked: str, status: int, said: str | None, part: bytes
) -> None:
    response = client.get(link(guide), headers={**AGENT, "range": asked})

    assert (response.status_code, response.get("Content-Range"), body(response)) == (status, said, part)


@pytest.mark.django_db
def test_another_version_of_the_file_comes_whole(client: Client, guide: ResourcePage) -> None:
    path = link(guide)
    tag = client.get(path, headers=AGENT)["ETag"]

    same = client.get(path, headers={**AGENT, "range": "bytes=0-1", "if-range": tag})
    other = client.get(path, headers={**AGENT, "range": "bytes=0-1", "if-range": '"old"'})

    assert (same.status_code, other.status_code) == (206, 200)


@pytest.mark.django_db
def test_a_replaced_file_comes_by_the_old_link(client: Client, guide: ResourcePage) -> None:
    path = link(guide)
    guide.document = content.document("nuova.pdf", b"new")
    guide.save()

    assert body(client.get(path, headers=AGENT)) == b"new"


@pytest.mark.django_db
def test_people_are_counted_and_not_hits(client: Client, guide: ResourcePage) -> None:
    person, other = tracked(), tracked()
    path, other_path = link(guide, person), link(guide, other)
    for _ in range(5):
        client.get(path, headers=AGENT)
    client.get(path, headers={**AGENT, "range": "bytes=100-"})
    client.get(other_path, headers=AGENT)
    client.head(path, headers=AGENT)
    client.get(path, headers={"user-agent": "curl/8.5"})

    assert TakenCount.objects.get().n_people == 2
    assert sorted(Grant.objects.values_list("n_downloads", flat=True)) == [1, 5]
    assert set(Event.objects.values_list("kind", "subscriber_id")) == {
        ("resource.downloaded", person.pk),
        ("resource.downloaded", other.pk),
    }


@pytest.mark.django_db
def test_without_permission_to_record_only_the_number_stays(client: Client, guide: ResourcePage) -> None:
    person = people.subscriber()
    path = link(guide, person)

    for _ in range(3):
        client.get(path, headers=AGENT)

    event = Event.objects.get()
    assert (event.kind, event.subscriber_id, event.visitor) == ("resource.downloaded", None, "")
    assert set(event.payload) == {"translation", "topics", "title"}
    assert Grant.objects.values_list("n_downloads", "last_download_at").get() == (3, None)


@pytest.mark.django_db
def test_a_tracked_persons_download_is_one_event_a_day(client: Client, guide: ResourcePage) -> None:
    person = tracked()
    path = link(guide, person)

    for _ in range(3):
        client.get(path, headers=AGENT)

    event = Event.objects.get()
    assert (event.subscriber_id, event.object_kind, event.object_key) == (person.pk, "resource", str(guide.pk))
    assert event.payload["title"] == "La guida"


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["other id", "other purpose", "erased", "garbage", "cut"])
def test_what_is_no_link_of_ours_finds_nothing(client: Client, guide: ResourcePage, change: str) -> None:
    person = people.subscriber()
    path = link(guide, person)
    given = Grant.objects.get()
    now = timezone.now()
    if change == "erased":
        erasure.erase(person, now=now)
    paths = {
        "other id": f"/d/{tokens.make(tokens.RESOURCE, given.pk + 1, now=now)}",
        "other purpose": f"/d/{tokens.make(tokens.HOME, given.pk, now=now)}",
        "erased": path,
        "garbage": "/d/AAAA",
        "cut": path[:-1],
    }

    for there in (paths[change], paths[change].replace("/d/", "/it/granted/") + "/"):
        for method in (client.get, client.post, client.head):
            answer = method(there, headers=AGENT)
            assert answer.status_code == 404
            assert answer["Referrer-Policy"] == "no-referrer"
        page = client.get(there, headers={**AGENT, "Accept-Language": "en"}).content.decode()
        assert re.search(r'<form [^>]*action="/(it|en)/yours/"', page)
    assert Grant.objects.filter(n_downloads__gt=0).count() == 0


@pytest.mark.django_db
def test_an_old_link_says_so_and_offers_a_mail_to_its_owner(client: Client, guide: ResourcePage) -> None:
    person = people.subscriber()
    path = link(guide, person)
    Grant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    for there in (path, path.replace("/d/", "/it/granted/") + "/"):
        looked = client.get(there, headers=AGENT)
        assert looked.status_code == 410
    assert not MailRequest.objects.exists()
    pressed = client.post(path)

    assert pressed.status_code == 200
    assert MailRequest.objects.get().subscriber == person
    assert client.get(path, headers=AGENT).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["unpublished", "deleted", "without file", "file missing"])
def test_a_file_that_was_withdrawn_does_not_come(client: Client, guide: ResourcePage, change: str) -> None:
    path = link(guide)
    if change == "unpublished":
        guide.unpublish()
    elif change == "deleted":
        Grant.objects.update(resource=None)
    elif change == "without file":
        ResourcePage.objects.filter(pk=guide.pk).update(document=None)
    else:
        guide.document.file.storage.delete(guide.document.file.name)

    assert client.get(path, headers=AGENT).status_code == (404 if change == "file missing" else 410)
    assert Grant.objects.get().n_downloads == 0


@pytest.mark.django_db
def test_there_is_no_other_way_to_the_file(client: Client, guide: ResourcePage, free: ResourcePage) -> None:
    name = guide.document.file.name

    for path in (
        f"/media/{name}",
        f"/media-is-not-served/{name}",
        f"/{name}",
        guide.document.url,
        f"/static/../{name}",
    ):
        assert client.get(path).status_code in {302, 404}
    assert client.get(guide.document.url).status_code == 404
    assert client.get(f"/d/open/{guide.pk}/").status_code == 404  # gated
    assert client.get(f"/d/open/{free.pk + 1000}/").status_code == 404
    free.unpublish()
    assert client.get(f"/d/open/{free.pk}/").status_code == 404


@pytest.mark.django_db
def test_no_path_of_the_corpus_leads_out_and_the_right_one_leads_in(client: Client, guide: ResourcePage) -> None:
    corpus = HOSTILE / "traversal.txt"
    if not corpus.exists():
        pytest.skip("traversal.txt is not at hand")
    lines = [line for line in corpus.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    assert len(lines) > 50

    for line in lines:
        for path in (f"/d/{line}", f"/d/open/{line}", f"/it/granted/{line}/", f"/s/{guide.pk}/{line}"):
            response = client.get(path, headers=AGENT)
            assert response.status_code in {302, 301, 404}, path
            assert not response.streaming
    assert client.get(link(guide), headers=AGENT).status_code == 200


@pytest.mark.django_db
def test_a_link_is_used_often_but_not_without_end(guide: ResourcePage) -> None:
    given = granting.grant(people.subscriber(), guide, now=timezone.now())
    now = timezone.now()

    answers = [taking.may_take(given, now=now) for _ in range(taking.GRANT_HOUR.n + 1)]

    assert answers == [True] * taking.GRANT_HOUR.n + [False]


def test_a_thousand_downloads_at_once_count_one_person(
    committed: None, own_media: None, settings: object, tmp_path: Path
) -> None:
    page = content.resource(
        Locale.objects.get(language_code="it"), "La guida", document=content.document("g.pdf", BYTES)
    )
    given = granting.grant(people.subscriber(), page, now=timezone.now())
    found = taking.find(taking.token_of(given, now=timezone.now()), now=timezone.now())
    gate_open = threading.Barrier(8)

    def take(_: int) -> None:
        try:
            gate_open.wait()
            for _ in range(125):
                taking.note(found, agent=FIREFOX, now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(8)))

    assert (Grant.objects.get().n_downloads, TakenCount.objects.get().n_people) == (1000, 1)


# --- free resources, numbers, passing on --------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_free_resource_needs_nothing_and_counts_each_network_once_a_day(client: Client, free: ResourcePage) -> None:
    path = f"/d/open/{free.pk}/"
    for address in ("192.0.2.1", "192.0.2.200", "198.51.100.1"):
        for _ in range(3):
            assert body(client.get(path, headers=AGENT, REMOTE_ADDR=address)) == BYTES
    client.get(path, headers={"user-agent": "Googlebot/2.1"}, REMOTE_ADDR="203.0.113.1")

    assert TakenCount.objects.get().n_people == 2
    assert set(Event.objects.values_list("kind", "subscriber_id")) == {("resource.downloaded", None)}


@pytest.mark.django_db
@pytest.mark.parametrize("is_tracked", [True, False])
def test_a_known_reader_of_a_free_resource_is_named_only_with_permission(
    client: Client, free: ResourcePage, is_tracked: bool
) -> None:
    person = tracked() if is_tracked else people.subscriber()
    client.cookies[known.READER_COOKIE] = tokens.make(known.READER, person.pk, now=timezone.now())

    client.get(f"/d/open/{free.pk}/", headers=AGENT)

    assert Event.objects.get().subscriber_id == (person.pk if is_tracked else None)


@pytest.mark.parametrize(
    ("n", "shown"),
    [(0, None), (24, None), (25, 25), (29, 25), (99, 95), (100, 100), (139, 130), (1999, 1900), (123456, 120000)],
)
def test_small_numbers_are_not_shown_and_large_ones_are_rounded(n: int, shown: int | None) -> None:
    assert counting.shown(n) == shown


@pytest.mark.django_db
def test_the_number_of_people_counts_all_languages_and_stands_at_the_gate(client: Client, guide: ResourcePage) -> None:
    english = guide.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    TakenCount.objects.create(page=guide, n_people=20)
    TakenCount.objects.create(page=english, n_people=12)

    assert counting.people(guide) == 32
    assert "30" in client.get(guide.url).content.decode().partition('class="panel gate"')[2][:600]


@pytest.mark.django_db
@pytest.mark.parametrize("network", list(sharing.ADDRESSES))
def test_a_page_is_passed_on_by_the_networks_plain_address(client: Client, guide: ResourcePage, network: str) -> None:
    response = client.get(f"/s/{guide.pk}/{network}", headers=AGENT)

    assert response.status_code == 302
    start = sharing.ADDRESSES[network][0]
    assert response["Location"].startswith(start)
    assert "%3A%2F%2F" in response["Location"] and guide.slug in response["Location"]
    assert ShareCount.objects.get().n_shares == 1
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_all_networks_that_pages_offer_are_known() -> None:
    from content.sharing import NETWORKS  # noqa: PLC0415

    assert set(NETWORKS) == set(sharing.ADDRESSES)


@pytest.mark.django_db
def test_scanners_and_repeated_shares_do_not_count(client: Client, guide: ResourcePage) -> None:
    path = f"/s/{guide.pk}/telegram"
    for _ in range(20):
        client.get(path, headers=AGENT, REMOTE_ADDR="192.0.2.1")
    client.head(path, headers=AGENT, REMOTE_ADDR="198.51.100.1")
    client.get(path, headers={"user-agent": "Twitterbot/1.0"}, REMOTE_ADDR="198.51.100.1")
    client.get(path, headers=AGENT, REMOTE_ADDR="203.0.113.1")

    assert ShareCount.objects.get().n_shares == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("counts", "shown"), [([4, 5], None), ([6, 4], "10"), ([30, 17], "45")])
def test_how_often_a_page_was_passed_on_is_shown_rounded_and_from_ten(
    client: Client, guide: ResourcePage, counts: list[int], shown: str | None
) -> None:
    for network, n_shares in zip(("telegram", "email"), counts, strict=True):
        ShareCount.objects.create(page=guide, network=network, n_shares=n_shares)

    section = client.get(guide.url).content.decode().partition("data-share")[2].partition("</section>")[0]

    assert re.findall(r'<p class="small quiet">\D*(\d+)', section) == ([shown] if shown else [])


@pytest.mark.django_db
@pytest.mark.parametrize("is_tracked", [True, False])
def test_a_share_is_named_only_for_a_known_reader_who_allows_it(
    client: Client, guide: ResourcePage, is_tracked: bool
) -> None:
    person = tracked() if is_tracked else people.subscriber()
    client.cookies[known.READER_COOKIE] = tokens.make(known.READER, person.pk, now=timezone.now())

    client.get(f"/s/{guide.pk}/telegram", headers=AGENT)

    assert list(Event.objects.values_list("kind", "subscriber_id")) == (
        [("page.shared", person.pk)] if is_tracked else []
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/s/1/telegram", "/s/999999/telegram", "/s/{pk}/evil", "/s/{pk}/telegram/", "/s/-1/email"]
)
def test_only_our_pages_and_known_networks_are_passed_on(client: Client, guide: ResourcePage, path: str) -> None:
    response = client.get(path.format(pk=guide.pk), {"url": "https://evil.example"}, headers=AGENT)

    assert response.status_code in {302, 404}
    assert "evil.example" not in response.get("Location", "").partition("?")[0]
    assert not ShareCount.objects.exists()


@pytest.mark.django_db
def test_hostile_titles_stay_inside_their_parameter(client: Client, guide: ResourcePage) -> None:
    guide.title = "A&url=https://evil.example#x\r\nSet-Cookie: a=1 {url}"
    guide.save()

    location = client.get(f"/s/{guide.pk}/telegram", headers=AGENT)["Location"]

    assert location.count("url=") == location.count("#") + 1 == 1
    assert "\r" not in location


def test_a_page_behind_a_password_gives_its_file_and_its_form_to_whoever_has_it(
    client: Client, free: ResourcePage, guide: ResourcePage
) -> None:
    keys = [
        PageViewRestriction.objects.create(page=page, restriction_type="password", password="apriti")
        for page in (free, guide)
    ]

    refused = client.get(reverse("open_download", args=[free.pk]))
    unheard = ask(client, guide)
    session = client.session
    session[keys[0].passed_view_restrictions_session_key] = [key.pk for key in keys]
    session.save()
    given = client.get(reverse("open_download", args=[free.pk]))
    heard = ask(client, guide)

    assert (refused.status_code, refused["Location"]) == (302, free.url)
    assert (unheard.status_code, unheard["Location"]) == (302, guide.url)
    assert (given.status_code, body(given)) == (200, BYTES)
    assert heard.status_code == 303
    assert MailRequest.objects.count() == 1
