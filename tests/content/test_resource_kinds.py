"""Resources that play or work in their own page, and what the editor is told where things do not fit."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Locale

from content import pace
from tests.content.test_pages import dangers
from tests.factories import content as make
from tests.factories import subscribers as make_people

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_an_open_video_plays_in_its_page_with_captions_and_words(italian: Locale, client: Client) -> None:
    page = make.film(
        italian,
        n_seconds=65,
        captions_it=make.document("it.vtt", b"WEBVTT"),
        captions_en=make.document("en.vtt", b"WEBVTT"),
        transcript="<p>Tutto, a parole.</p>",
    )

    response = client.get(page.url)
    shown = response.content.decode()

    assert '<video class="film" controls preload="none" playsinline poster="/covers/' in shown
    assert f'<source src="/d/watch/{page.pk}/" type="video/mp4">' in shown
    assert re.findall(r'<track kind="captions" src="([^"]+)" srclang="(\w+)" label="([^"]+)"( default)?>', shown) == [
        (f"/d/captions/{page.pk}/it.vtt", "it", "italiano", " default"),
        (f"/d/captions/{page.pk}/en.vtt", "en", "English", ""),
    ]
    assert ("Tutto, a parole." in shown, "<dd>1:05</dd>" in shown, shown.count("<h1")) == (True, True, 1)
    assert dangers(response) == []


@pytest.mark.django_db
def test_a_video_for_an_address_shows_neither_player_nor_words(italian: Locale, client: Client) -> None:
    page = make.film(italian, gate="mail", transcript="<p>Tutto, a parole.</p>")

    shown = client.get(page.url).content.decode()

    assert ("<video" in shown, "Tutto, a parole." in shown) == (False, False)
    assert f"/it/unlock/{page.pk}/" in shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "video", "gate": "open", "document": "film.pdf"}, ["document"]),
        ({"kind": "video", "gate": "open", "document": "film.webm", "captions_it": "parole.txt"}, ["captions_it"]),
        ({"kind": "guide", "gate": "open", "tool": "reading_rhythm"}, ["tool"]),
        ({"kind": "tool", "gate": "mail", "tool": "reading_rhythm"}, ["gate"]),
        ({"kind": "tool", "gate": "open", "tool": "reading_rhythm"}, []),
        ({"kind": "tool", "gate": "mail", "document": "conto.xlsx"}, []),
        ({"kind": "video", "gate": "mail", "document": "film.MP4", "captions_en": "words.vtt"}, []),
    ],
)
def test_what_does_not_fit_together_is_refused_by_field(
    italian: Locale, fields: dict[str, str], wrong: list[str]
) -> None:
    page = make.resource(italian)
    for name, value in fields.items():
        is_file = name in ("document", "captions_it", "captions_en")
        setattr(page, name, make.document(value) if is_file else value)

    try:
        page.clean()
        found = []
    except ValidationError as error:
        found = list(error.error_dict)

    assert found == wrong


@pytest.mark.django_db
def test_a_tool_stands_in_its_page_and_says_its_table_without_script(italian: Locale, client: Client) -> None:
    make_people.signup_form(make_people.purpose(title_it="La lettera", rhythm_it="ogni giovedì"))
    page = make.resource(italian, "Il conto", kind="tool", gate="open", tool="reading_rhythm")

    response = client.get(page.url)
    shown = response.content.decode()

    assert re.findall(r'<script type="module" src="[^"]*rhythm[^"]*"></script>', shown)
    assert '<form class="form" data-tool hidden>' in shown
    assert re.findall(r'<th scope="row">(\d+)</th><td>(\d+)</td>', shown) == [
        ("2", "5"),
        ("5", "12"),
        ("10", "25"),
        ("20", "51"),
    ]
    assert "<dt>La lettera</dt><dd>ogni giovedì</dd>" in shown
    assert (shown.count("<h1"), dangers(response)) == (1, [])


@pytest.mark.django_db
def test_a_tool_that_the_code_no_longer_has_leaves_an_ordinary_page(italian: Locale, client: Client) -> None:
    page = make.resource(italian, kind="tool", gate="open", tool="reading_rhythm")
    type(page).objects.filter(pk=page.pk).update(tool="gone")

    response = client.get(page.url)

    assert (response.status_code, "data-tool" in response.content.decode()) == (200, False)


@pytest.mark.django_db
def test_our_pace_is_measured_over_the_last_three_months(italian: Locale, english: Locale) -> None:
    words = "<p>" + "parola " * 440 + "</p>"
    for number in range(26):
        make.article(italian, f"Pezzo {number}", body=make.body(words), published_at=NOW - timedelta(days=number))
    make.article(italian, "Vecchio", body=make.body(words * 9), published_at=NOW - timedelta(weeks=14))
    make.article(italian, "Di domani", body=make.body(words * 9), published_at=NOW + timedelta(days=1))

    measured, nothing = pace.measured("it", NOW), pace.measured("en", NOW)

    assert (measured.words, measured.words_per_minute, measured.a_week) == (440, 220, 2.0)
    assert measured.examples[2] == pace.Example(minutes=10, n_pieces=35)
    assert (nothing.words, nothing.a_week) == (pace.ASSUMED_WORDS, None)
