"""The film and captions of an open video: to be watched by everybody, whole or in part; nothing else by that door."""

import pytest
from django.test import Client
from wagtail.models import Locale, PageViewRestriction

from content.models import ResourcePage
from subscribers.grants import watching
from subscribers.models import Event, TakenCount
from tests.factories import content as make

FILM = b"a film of some bytes, long enough to be asked for in parts"
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nPerché no.\n".encode()


@pytest.fixture
def page(italian: Locale) -> ResourcePage:
    return make.film(italian, content=FILM, captions_it=make.document("parole.vtt", CAPTIONS))


def doors(page: ResourcePage) -> list[str]:
    return [f"/d/watch/{page.pk}/", f"/d/captions/{page.pk}/it.vtt"]


def statuses(client: Client, page: ResourcePage) -> list[int]:
    return [client.get(door).status_code for door in doors(page)]


@pytest.mark.django_db
def test_film_and_captions_are_shown_and_not_downloaded(client: Client, page: ResourcePage) -> None:
    film, captions = (client.get(door) for door in doors(page))

    assert b"".join(film.streaming_content) == FILM
    assert b"".join(captions.streaming_content) == CAPTIONS
    assert (film["Content-Type"], captions["Content-Type"]) == ("video/mp4", "text/vtt; charset=utf-8")
    assert film["Content-Disposition"].startswith("inline;")
    assert (film["Accept-Ranges"], film["Cache-Control"]) == ("bytes", "private, max-age=3600")
    assert film["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "status", "content", "place"),
    [
        ("bytes=0-", 206, FILM, f"bytes 0-{len(FILM) - 1}/{len(FILM)}"),
        ("bytes=2-5", 206, FILM[2:6], f"bytes 2-5/{len(FILM)}"),
        ("bytes=-4", 206, FILM[-4:], f"bytes {len(FILM) - 4}-{len(FILM) - 1}/{len(FILM)}"),
        ("bytes=900-", 416, b"", f"bytes */{len(FILM)}"),
    ],
)
def test_a_player_may_ask_for_parts(
    client: Client, page: ResourcePage, asked: str, status: int, content: bytes, place: str
) -> None:
    response = client.get(doors(page)[0], headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (status, place)
    assert b"".join(response) == content


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"gate": "mail"}, {"kind": "guide"}, {"live": False}, {"document": None}], ids=str)
def test_nothing_else_leaves_by_these_doors(client: Client, page: ResourcePage, change: dict[str, object]) -> None:
    ResourcePage.objects.filter(pk=page.pk).update(**change)

    assert statuses(client, page) == [404, 404]


@pytest.mark.django_db
def test_a_file_that_is_no_film_is_not_shown_though_its_page_says_video(client: Client, italian: Locale) -> None:
    page = make.resource(italian, gate="open", document=make.document("segreto.pdf", b"secret"))
    ResourcePage.objects.filter(pk=page.pk).update(kind="video")  # as no editor could

    assert client.get(doors(page)[0]).status_code == 404


@pytest.mark.django_db
def test_a_page_with_a_key_gives_its_film_to_those_who_have_it(client: Client, page: ResourcePage) -> None:
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="password", password="apriti")
    assert statuses(client, page) == [404, 404]

    session = client.session
    session[restriction.passed_view_restrictions_session_key] = [restriction.pk]
    session.save()

    assert statuses(client, page) == [200, 200]


@pytest.mark.django_db
def test_film_and_captions_have_no_plain_address(client: Client, page: ResourcePage) -> None:
    coming = make.document("bozza.vtt", CAPTIONS)
    page.captions_en = coming
    page.save_revision()

    documents = (page.document, page.captions_it, coming)

    assert [client.get(document.url).status_code for document in documents] == [404, 404, 404]


@pytest.mark.django_db
def test_languages_without_captions_and_odd_ones_are_not_there(client: Client, page: ResourcePage) -> None:
    found = [client.get(f"/d/captions/{page.pk}/{code}.vtt").status_code for code in ("en", "pk", "document")]

    assert found == [404, 404, 404]


@pytest.mark.django_db
def test_watching_counts_nobody_and_a_network_may_begin_so_often(client: Client, page: ResourcePage) -> None:
    door = doors(page)[0]
    for _time in range(watching.NETWORK_HOUR.n):
        client.get(door, headers={"Range": "bytes=0-3"})

    assert client.get(door).status_code == 429
    assert client.get(door, headers={"Range": "bytes=4-7"}).status_code == 206
    assert (TakenCount.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_missing_file_is_not_there(client: Client, page: ResourcePage) -> None:
    page.document.file.storage.delete(page.document.file.name)

    assert client.get(doors(page)[0]).status_code == 404
