"""The public pages in a browser: read, shared, by keyboard, small, without script, and without barriers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.test import override_settings
from django.utils import translation
from playwright.sync_api import Browser, Page, expect
from wagtail.models import Locale

from tests.browser import barriers
from tests.factories import content as make
from tests.factories import subscribers as make_people
from tests.flows.stage import Stage

pytestmark = pytest.mark.browser
PARAGRAPH = "<p>" + "Una lettera parte, qualcuno la legge, qualcosa torna indietro. " * 14 + "</p>"


@dataclass
class Face:
    """A running site with one piece of each kind."""

    url: str
    article: str  # its address, without the site's
    resource: str
    pages: list[str]


@pytest.fixture(scope="module")
def face(town: Stage) -> Iterator[Face]:
    """Published and served once for all tests here: none of them changes anything."""
    with override_settings(MEDIA_ROOT=Path(town.env["CIRCOLARE_VAR_DIR"]) / "media"):
        article, resource, addresses = publish()
    town.manage("collectstatic", "--noinput", "-v", "0")
    with town.web() as web:
        yield Face(web.url, article, resource, addresses)


def publish() -> tuple[str, str, list[str]]:
    """One piece of each kind; gives the addresses of an article, a gated resource, and all pages (the last is none)."""
    locale = Locale.objects.get(language_code="it")
    make_people.signup_form(make_people.purpose())
    topic, author = make.topic(locale, "Percorsi"), make.author(locale, "Ada Ferri", bio="Scrive.", is_invented=True)
    column = make.column(locale, author=author, introduction="Una riga al giorno.")
    body = [*make.body(*[PARAGRAPH] * 5), ("quote", {"text": "Torna.", "source": ""}), ("heading", "Poi")]
    article = make.article(locale, "Il giro", topics=[topic], author=author, standfirst="Due frasi.", body=body)
    make.article(locale, "Una riga", parent=column, author=author, topics=[topic])
    resource = make.resource(locale, "La mappa", topics=[topic], document=make.document(), abstract="Da stampare.")
    series = make.series(locale, parts=2, marks="letters", introduction="Due lettere.")
    film = make.film(
        locale, n_seconds=36, captions_it=make.document("it.vtt", b"WEBVTT"), transcript="<p>A parole.</p>"
    )
    tool = make.resource(locale, "Il conto", kind="tool", gate="open", tool="reading_rhythm")
    voices = [("voice", {"text": "La leggo in piedi.", "source": "Ida"})]
    landing = make.landing(locale, promise="Cinque minuti.", voices=voices)
    pages = [article, column, resource, make.plain(locale), make.magazine(locale), make.library(locale)]
    pages += [series, series.get_children().first(), film, tool, landing]
    views = ["/it/", "/en/", "/it/topics/", "/it/topics/percorsi/", "/it/authors/ada-ferri/"]
    addresses = [*(page.url for page in pages), *views, "/it/search/?q=giro", "/it/subscribe/", "/it/nulla/"]
    return article.url, resource.url, addresses


def read_through(page: Page) -> None:
    """Scroll down to the end of the text and stay."""
    page.locator(".end-mark").scroll_into_view_if_needed()
    page.wait_for_timeout(11_500)


def test_reading_is_told_once_and_the_token_leaves_the_address(chromium: Browser, face: Face) -> None:
    page = chromium.new_page()
    told: list[dict[str, list[str]]] = []
    page.on("request", lambda sent: sent.url.endswith("/b") and told.append(parse_qs(sent.post_data or "")))

    page.goto(f"{face.url}{face.article}#r=a.token")
    page.wait_for_load_state()
    assert page.url == f"{face.url}{face.article}"
    read_through(page)
    page.wait_for_timeout(2_000)

    assert len(told) == 1
    assert told[0]["token"] == ["a.token"]
    assert int(told[0]["seconds"][0]) >= 10
    assert int(told[0]["depth"][0]) >= 60
    assert told[0]["page"] == [page.locator("[data-page]").get_attribute("data-page")]
    page.close()


def test_nothing_is_told_by_who_came_without_a_token(chromium: Browser, face: Face) -> None:
    page = chromium.new_page()
    told: list[str] = []
    page.on("request", lambda sent: sent.url.endswith("/b") and told.append(sent.url))

    page.goto(f"{face.url}{face.article}")
    read_through(page)

    assert told == []
    page.close()


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        (0, ""),
        (1, "The newsletter you already get takes one of them."),
        (3, "The newsletters you already get take {n} of them."),
        (25, "The newsletters you already get fill it."),
        (40, "You already get {n} newsletters: more than fit."),
    ],
)
def test_the_calculator_says_what_is_true_of_a_full_week(
    chromium: Browser, face: Face, letters: int, said: str
) -> None:
    page = chromium.new_page()
    page.goto(next(f"{face.url}{address}" for address in face.pages if "il-conto" in address))
    room = str(page.locator("[data-answer]").get_attribute("data-room")).replace("{n}", "25")

    page.fill("#rhythm-letters", str(letters))

    with translation.override("it"):
        expected = f"{room} {translation.gettext(said).replace('{n}', str(letters)) if said else ''}".strip()
    assert page.locator("[data-rhythm-why]").inner_text() == expected
    page.close()


def test_the_ring_closes_as_the_text_is_read(chromium: Browser, face: Face) -> None:
    page = chromium.new_page()
    page.goto(f"{face.url}{face.article}")
    ring = page.locator(".progress")
    assert ring.get_attribute("data-shown") is None

    page.locator(".end-mark").scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)
    page.wait_for_selector(".progress[data-done]", state="attached")

    assert ring.get_attribute("aria-hidden") == "true"
    page.close()


def test_the_offer_at_the_end_takes_no_focus_and_comes_once(chromium: Browser, face: Face) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{face.url}{face.article}")
    offer = page.locator(".slide")
    expect(offer).to_have_count(0)

    page.locator(".end-mark").scroll_into_view_if_needed()
    expect(offer).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("Escape")
    expect(offer).to_have_count(0)

    page.reload()
    page.locator(".end-mark").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    expect(offer).to_have_count(0)
    context.close()


def test_the_offer_leads_to_the_form_by_keyboard(chromium: Browser, face: Face) -> None:
    # Low enough that the form itself is not in sight with the end of the text: nothing would be offered then.
    context = chromium.new_context(viewport={"width": 1280, "height": 420})
    page = context.new_page()
    page.goto(f"{face.url}{face.article}")
    page.locator(".end-mark").scroll_into_view_if_needed()

    page.locator(".slide button").first.focus()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.name") == "address"
    expect(page.locator(".slide")).to_have_count(0)
    context.close()


def test_the_device_shares_the_plain_address(chromium: Browser, face: Face) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.add_init_script("navigator.share = (given) => { window.given = given; return Promise.resolve(); }")
    page.goto(f"{face.url}{face.article}#r=a.token")

    page.locator("[data-share] button").focus()
    page.keyboard.press("Enter")

    assert page.evaluate("window.given") == {"title": "Il giro", "url": f"{face.url}{face.article}"}
    page.close()


def test_a_gate_opens_by_keyboard_on_a_phone(chromium: Browser, face: Face) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{face.url}{face.resource}")
    page.wait_for_timeout(2_500)  # quicker than people type is taken for a machine

    page.locator("#gate-address").focus()
    page.keyboard.type("anna@nowhere")
    page.keyboard.press("Enter")
    expect(page.locator("#gate-address-error")).to_be_visible()
    page.locator("#gate-address").fill("")
    page.locator("#gate-address").focus()
    page.keyboard.type("anna@letters.example")
    page.wait_for_timeout(2_500)
    page.keyboard.press("Enter")

    page.wait_for_url("**/sent/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_the_first_tab_leads_past_the_menu(chromium: Browser, face: Face) -> None:
    page = chromium.new_page()
    page.goto(f"{face.url}{face.article}")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


def test_all_is_there_without_script(chromium: Browser, face: Face) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{face.url}{face.article}")

    assert page.locator(".share li a").count() == 6
    assert page.locator("form[method=post] [name=address]").is_visible()
    assert page.locator(".progress").count() == 0
    context.close()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_and_no_line_too_long(chromium: Browser, face: Face, scheme: str, width: int) -> None:
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    found: list[tuple[str, str]] = []
    for path in face.pages:
        page.goto(f"{face.url}{path}")
        found += [(path, barrier) for barrier in barriers.on(page)]

    assert found == []
    context.close()


def test_no_page_asks_anybody_else_nor_breaks_its_own_policy(chromium: Browser, face: Face) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    for path in face.pages[:-1]:  # the last is a page that is not there, and says so on the console
        page.goto(f"{face.url}{path}")

    assert [url for url in asked if not url.startswith((face.url, "data:"))] == []
    assert complaints == []
    page.close()
