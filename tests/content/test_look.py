"""What a publisher changes without code: refused where it cannot be read, and on every page at once."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.formats import number_format
from wagtail.models import Locale, Site

from content.look import contrast, keeping, shown, tones, typefaces
from content.look.tones import Chosen
from content.models import LookSettings
from tests.factories import content as make

SHEET = Path(settings.SITE_DIR) / "static/circolare/css/site.css"
FONTS = Path(settings.SITE_DIR) / "static/circolare/fonts"
PAIR_BYTES = 90_000


def look(**fields: Any) -> LookSettings:
    """Settings that were checked and saved, as from the admin's form."""
    row = LookSettings(site=Site.objects.get(is_default_site=True), **fields)
    row.full_clean()
    row.save()
    return row


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#0000ff", 2.15)],
)
def test_contrast_is_what_the_guidelines_say(one: str, other: str, expected: float) -> None:
    assert round(contrast.ratio(one, other), 2) == expected
    assert contrast.ratio(other, one) == contrast.ratio(one, other)


def test_our_own_colours_stand_in_the_style_sheet_as_in_the_code_and_can_be_read() -> None:
    written = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", SHEET.read_text())
    first = {name.replace("-", "_"): pair for name, *pair in reversed(written)}

    light, dark = asdict(tones.LIGHT), asdict(tones.DARK)
    assert {name: first[name] for name in light} == {name: [light[name], dark[name]] for name in light}
    assert [*tones.faults(tones.LIGHT, Chosen()), *tones.faults(tones.DARK, Chosen())] == []


@pytest.mark.parametrize(
    "chosen",
    [
        Chosen(accent="#a8321a"),
        Chosen(accent="#0b6b3a", paper="#ffffff", ink="#000000"),
        Chosen(paper="#e8f0f2"),
        Chosen(ink="#102030"),
    ],
)
def test_what_follows_from_a_good_colour_can_be_read(chosen: Chosen) -> None:
    derived = tones.derive(tones.LIGHT, chosen)

    assert list(tones.faults(derived, chosen)) == []
    assert {getattr(derived, name) for name in ("accent", "paper", "ink")} >= {
        value for value in vars(chosen).values() if value
    }


@pytest.mark.django_db
def test_a_pale_accent_is_refused_with_the_pair_its_contrast_and_a_shade_that_is_then_taken() -> None:
    with pytest.raises(ValidationError) as refused:
        look(accent_light="#e08a5b")

    told, advice = refused.value.message_dict["accent_light"]
    ratio = contrast.ratio("#e08a5b", tones.derive(tones.LIGHT, Chosen(accent="#e08a5b")).wash)
    assert list(refused.value.message_dict) == ["accent_light"]
    assert number_format(int(ratio * 100) / 100, 2) in told
    shade = re.search(r"#[0-9a-f]{6}", advice)
    assert shade
    assert look(accent_light=shade[0]).tones("light").accent == shade[0]


@pytest.mark.django_db
def test_a_paper_on_which_nothing_reads_is_its_own_fault() -> None:
    with pytest.raises(ValidationError) as refused:
        look(paper_dark="#8a8a8a", accent_light="#fffff")

    assert set(refused.value.message_dict) == {"paper_dark", "accent_light"}
    assert len(refused.value.message_dict["accent_light"]) == 1  # its form, not its contrast


@pytest.mark.django_db
def test_without_a_choice_no_page_links_a_second_style_sheet(client: Client, italian: Locale) -> None:
    look(name="Il Faro")

    page = client.get("/it/").content.decode()

    assert "/look/" not in page
    assert "<title>" in page
    assert "Il Faro" in page


@pytest.mark.django_db
def test_the_chosen_look_is_on_every_page_and_its_sheet_lasts(client: Client, italian: Locale) -> None:
    look(accent_light="#8a1f5c", paper_dark="#101418", typefaces="familjen-newsreader")

    page = client.get(make.article(italian).url).content.decode()

    address = re.search(r'href="(/look/[0-9a-f]{12}\.css)"', page)
    assert address
    assert page.index("css/site.css") < page.index(address[1])
    assert 'content="#101418" media="(prefers-color-scheme: dark)"' in page
    assert "newsreader/roman" in page
    assert "vollkorn/roman" not in page
    sheet = client.get(address[1])
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "--accent: light-dark(#8a1f5c, #b3b4ff);" in sheet.content.decode()
    assert '"Newsreader"' in sheet.content.decode()
    assert client.get(address[1], headers={"If-None-Match": sheet.headers["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_an_older_page_gets_the_newest_sheet_but_does_not_keep_it(client: Client) -> None:
    before = look(accent_light="#8a1f5c")
    old = reverse("look_sheet", args=[shown.current().digest])
    before.accent_light = "#0b6b3a"
    before.save()

    answer = client.get(old)

    assert "#0b6b3a" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.django_db
def test_a_logo_stands_for_the_name_and_says_it(client: Client, italian: Locale) -> None:
    look(name="Il Faro", logo=make.image(size=(800, 400)), logo_dark=make.image("Notte", size=(400, 400)))

    page = client.get("/it/").content.decode()

    brand = page[page.index('class="brand"') : page.index("</header>")]
    assert re.search(r'<img src="/renditions/[^"]+\.png" width="96" height="48" alt="Il Faro">', brand)
    assert re.search(r'<source srcset="/renditions/[^"]+\.png" width="48" height="48" media=', brand)
    assert '<svg class="ring"' not in brand


@pytest.mark.django_db
def test_the_words_at_the_foot_follow_the_language(client: Client, italian: Locale, english: Locale) -> None:
    look(sentence_it="Una luce.", legal_it="P. IVA 00000000000\nRegistro 1", legal_en="VAT 00000000000 <b>")

    pages = [client.get(path).content.decode() for path in ("/it/", "/en/")]

    assert ["Una luce." in page for page in pages] == [True, True]
    assert "P. IVA 00000000000<br>Registro 1" in pages[0]
    assert "VAT 00000000000 &lt;b&gt;" in pages[1]


@pytest.mark.django_db
def test_a_change_in_another_process_is_seen(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        row = look(name="Il Faro")
    before = shown.current().name
    LookSettings.objects.filter(pk=row.pk).update(name="La Lanterna")  # as another process would
    unseen = shown.current().name
    cache.set(keeping.STAMP, "its stamp")

    assert [before, unseen, shown.current().name] == ["Il Faro", "Il Faro", "La Lanterna"]


@pytest.mark.django_db
def test_the_look_costs_a_page_no_query(client: Client, italian: Locale, django_assert_num_queries: Any) -> None:
    look(accent_light="#8a1f5c", logo=make.image())
    shown.current()

    with django_assert_num_queries(0):
        shown.current()


def test_every_pair_of_type_is_small_and_carries_its_licence() -> None:
    for pair in typefaces.PAIRS.values():
        folders = {path.split("/")[0] for path in (*pair.first, *(face.path for face in pair.faces))}
        files = [path for folder in folders for path in (FONTS / folder).glob("*.woff2")]
        assert sum(path.stat().st_size for path in files) <= PAIR_BYTES
        assert all("SIL OPEN FONT LICENSE" in (FONTS / folder / "OFL.txt").read_text() for folder in folders)
