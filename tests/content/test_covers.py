"""Covers drawn by code."""

import io
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.models import Locale

from content import pictures
from content.covers.drawing import TALL, WIDE, Frame, Subject, png, svg
from content.covers.palettes import PALETTES
from tests.factories import content as make

TITLES = [f"Titolo numero {number}" for number in range(200)]


def test_the_same_subject_is_always_drawn_alike() -> None:
    subject = Subject("La lettera", "giri")

    assert svg(subject) == svg(subject)
    assert png(subject) == png(subject)


def test_two_pieces_never_look_alike() -> None:
    by_title = {svg(Subject(title, "giri")) for title in TITLES}
    of_one_title = {svg(Subject("Il conto", "giri", str(number))) for number in range(50)}
    by_topic = {svg(Subject("Il conto", f"tema {number}")) for number in range(50)}

    assert (len(by_title), len(of_one_title), len(by_topic)) == (200, 50, 50)


@pytest.mark.parametrize("frame", [WIDE, TALL])
def test_a_drawing_is_well_formed_and_has_both_schemes(frame: Frame) -> None:
    for title in TITLES[:60]:
        text = svg(Subject(title), frame)
        root = ElementTree.fromstring(text)

        assert root.attrib["viewBox"] == f"0 0 {frame.width} {frame.height}"
        assert "prefers-color-scheme:dark" in text


def test_a_raster_is_small_and_of_the_size_asked_for() -> None:
    data = png(Subject("La lettera", "giri"))

    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(data) < 120_000


def test_every_palette_can_be_told_from_its_ground() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(first: str, second: str) -> float:
        light, dark = sorted((luminance(first), luminance(second)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    weak = [
        (palette.name, tones[position])
        for palette in PALETTES
        for tones in (palette.light, palette.dark)
        for position in (1, 2)
        if contrast(tones[0], tones[position]) < 2.5
    ]

    assert weak == []


@pytest.mark.django_db
def test_a_cover_has_a_lasting_address_and_answers_not_modified(italian: Locale, client: Client) -> None:
    page = make.article(italian, topics=[make.topic(italian, palette="rose")])

    first = client.get(pictures.of_page(page).url)
    again = client.get(pictures.of_page(page).url, headers={"if-none-match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "image/svg+xml"
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert PALETTES[3].name == "rose"
    assert PALETTES[3].light[0] in first.content.decode()
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_rasters_and_upright_covers_are_served(italian: Locale, client: Client) -> None:
    page = make.resource(italian)

    raster = client.get(reverse("cover_png", args=[page.pk]))
    upright = client.get(reverse("cover_tall", args=[page.pk]))

    assert raster.headers["Content-Type"] == "image/png"
    assert raster.content == png(pictures.subject(page))
    assert upright.content.decode() == svg(pictures.subject(page), TALL)


@pytest.mark.django_db
def test_no_cover_for_pages_that_are_not_there(client: Client, db: None) -> None:
    assert client.get("/covers/999999.svg").status_code == 404


@pytest.mark.django_db
def test_a_chosen_image_comes_before_a_drawn_cover(italian: Locale) -> None:
    page = make.article(italian, cover=make.image("Una porta aperta", description="Una porta aperta sulla strada"))

    picture = pictures.of_page(page)

    assert picture.url.startswith("/renditions/")
    assert (picture.width, picture.height, picture.alt) == (960, 504, "Una porta aperta sulla strada")


@pytest.mark.django_db
def test_topics_take_the_colours_that_fewest_have(italian: Locale, english: Locale) -> None:
    topics = [make.topic(italian, f"Tema {number}") for number in range(8)]
    copy = topics[0].copy_for_translation(english)
    copy.slug = "theme"
    copy.save()

    assert {topic.palette for topic in topics} == {palette.name for palette in PALETTES}
    assert copy.palette == topics[0].palette
