"""What makers of a letter see before it leaves: complaints at save, checks, previews."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale

from campaigns.models import ArchivePage, IssuePage
from campaigns.rendering import checks, preview, web
from tests.campaigns import letters, wire
from tests.factories import content
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What is found is told in the language of whoever asks."""
    with translation.override("en"):
        yield


class Tags(HTMLParser):
    """Which tags and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _value in attrs}


def role(client: Any, name: str) -> User:
    user = User.objects.create_user(name.lower(), password=None)
    user.groups.add(Group.objects.get(name=name))
    client.force_login(user)
    return user


def test_a_mistake_in_a_text_is_refused_at_save_with_block_line_and_column(italian: Locale) -> None:
    issue = letters.issue(italian)
    issue.subject = "Per {{ person.nome }}"
    issue.body = [
        ("heading", "Va bene"),
        ("text", "<p>Uno</p><p>Ciao {{ person.first_name | sort }}</p>"),
        ("quote", {"text": "x {% if %}", "source": ""}),
        ("button", {"label": "Vai", "page": None, "url": "https://a.example/{{ person.name }}", "place": ""}),
    ]

    with pytest.raises(ValidationError) as refused:
        issue.full_clean()

    assert refused.value.message_dict["subject"] == ["line 1, column 8: nothing is called “person.nome” here"]
    text, quote, button = refused.value.message_dict["body"]
    assert text.startswith("Block 2, Text: line 2, column 29: there is no filter “sort”")
    assert quote.startswith("Block 3, Quote: line 1, column 6: ")
    assert button == "Block 4, address: an address with tags is one tag alone that ends in “| url”"


def test_an_email_of_a_journey_is_held_to_the_same(italian: Locale) -> None:
    email = letters.email(italian, ("text", "<p>{{ context.offer }} {{ links.resource }}</p>"))
    email.full_clean()
    email.body = [("text", "<p>{{ links.web }}</p>")]

    with pytest.raises(ValidationError, match="links.web"):
        email.full_clean()


def complete(italian: Locale, **fields: Any) -> IssuePage:
    return letters.issue(italian, **{"subject": "Il giro della settimana", "preheader": "Tre cose", **fields})


def found(issue: IssuePage) -> list[tuple[str, str]]:
    return [(finding.level, finding.text) for finding in checks.run(issue, now=NOW)]


def test_a_complete_issue_has_nothing_to_mend(italian: Locale) -> None:
    letters.publisher()

    assert found(complete(italian)) == []


def test_without_identity_subject_and_body_an_issue_is_stopped(italian: Locale) -> None:
    issue = complete(italian, subject="", preheader="")
    issue.body = []

    assert found(issue) == [
        (
            "stop",
            "The law wants in each mail who publishes it. Missing in the settings: publisher, "
            "postal address, in Italian, contact, where to ask about one's data, in Italian.",
        ),
        ("stop", "There is no subject."),
        ("stop", "The mail is empty."),
        ("warn", "There is no preheader: inboxes show the first words of the mail instead."),
    ]


def test_broken_links_leftovers_and_unpublished_pages_stop_and_name_their_block(italian: Locale) -> None:
    letters.publisher()
    gone = content.article(italian, "Ritirato")
    gone.unpublish()
    ending = content.article(italian, "In scadenza")
    type(ending).objects.filter(pk=ending.pk).update(expire_at=NOW - timedelta(minutes=1))
    issue = complete(italian)
    issue.body = [
        ("text", '<p>TK: da finire. <a href="http://localhost:8000/x">qui</a></p>'),
        ("article", {"article": gone, "lead": ""}),
        ("article", {"article": ending, "lead": ""}),
        ("figure", {"image": content.image(), "caption": ""}),
    ]
    issue.save_revision().publish()
    issue = IssuePage.objects.get(pk=issue.pk)
    text, first, _second, figure = (child.id for child in issue.body)

    assert [(f.level, f.text, f.block_id) for f in checks.run(issue, now=NOW)] == [
        ("stop", "Block 1, Text: “TK” was left there.", text),
        ("stop", "“http://localhost:8000/x” leads to no place that readers can reach", text),
        ("stop", "“Ritirato” is not published", first),
        ("stop", "“In scadenza” is not published any more", ""),
        ("warn", "the image says nothing to those who cannot see it", figure),
    ]


def test_long_heavy_and_nameless_mails_are_warned_about(italian: Locale) -> None:
    letters.publisher()
    paragraph = "<p>" + "parole " * 4_000 + "</p>"
    issue = complete(italian, subject="s" * 61)
    issue.body = [("heading", "Ciao {{ person.name }}"), *[("text", paragraph)] * 4]

    assert [level for level, _text in found(issue)] == ["warn"] * 3
    assert [text[:40] for _level, text in found(issue)] == [
        "The subject has 61 characters; phones sh",
        "A name without a fallback: write {{ pers",
        "The mail has 120 kB; Gmail cuts it after",
    ]


def test_translations_are_checked_too_and_named(italian: Locale, english: Locale) -> None:
    letters.publisher()
    issue = complete(italian)
    content.translated(issue, english, "The letter", subject="test", preheader="Three things")

    assert found(issue) == [("stop", "In English: The subject is “test”, as in a trial.")]


def test_a_preview_is_the_mail_with_dead_personal_links(italian: Locale) -> None:
    letters.publisher()
    issue = complete(italian, subject="Per {{ person.first_name | default: 'te' }}")
    reader = people.subscriber("zoe@letters.example", name="Zoe <b>")

    assert preview.subject(issue, person=reader) == "Per Zoe"
    assert preview.subject(issue, person=preview.sample("it", name="")) == "Per te"
    assert "zoe@letters.example" in preview.source(issue, person=reader)
    assert "Una lettera parte." in preview.text(issue)


def test_the_preview_shows_each_light(italian: Locale) -> None:
    issue = complete(italian)
    page = preview.html(issue)

    assert "prefers-color-scheme" in page
    assert "prefers-color-scheme" not in preview.dark(page)
    assert "filter:invert(1)" in preview.inverted(page)
    assert 'src="data:,"' in preview.without_images(page)
    assert "srcdoc=" in preview.on_phone(page)


@pytest.mark.parametrize(
    "mode", ["html", "dark", "inverted", "phone", "no-images", "nameless", "uncounted", "text", "web"]
)
def test_every_preview_mode_is_served_in_a_sandbox(italian: Locale, client: Any, mode: str) -> None:
    issue = complete(italian)
    role(client, "Marketers")

    answer = client.get(reverse("wagtailadmin_pages:view_draft", args=[issue.pk]), {"mode": mode})

    assert answer.status_code == 200
    assert "Una lettera parte." in answer.content.decode()
    if mode != "web":
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_reader_is_chosen_by_those_who_may_see_people_alone(italian: Locale, client: Any) -> None:
    issue = complete(italian, subject="x")
    issue.body = [("text", "<p>Ciao {{ person.name }}</p>")]
    issue.save_revision()
    reader = people.subscriber(name="Zoe Verdi")
    address = reverse("wagtailadmin_pages:view_draft", args=[issue.pk])

    role(client, "Marketers")
    chosen = client.get(address, {"mode": "html", "as": reader.pk})
    unknown = client.get(address, {"mode": "html", "as": "0"})
    Group.objects.get(name="Editors").page_permissions.create(
        page=issue.get_parent(), permission=Group.objects.get(name="Marketers").page_permissions.first().permission
    )
    role(client, "Editors")
    refused = client.get(address, {"mode": "html", "as": reader.pk})

    assert "Ciao Zoe Verdi" in chosen.content.decode()
    assert unknown.status_code == 404
    assert "Zoe" not in refused.content.decode()


def stream(*blocks: dict[str, str]) -> dict[str, str]:
    """The fields that a form sends for a body."""
    fields = {"body-count": str(len(blocks))}
    for number, block in enumerate(blocks):
        values = {"deleted": "", "order": str(number), "id": "", **block}
        fields |= {f"body-{number}-{name}": value for name, value in values.items()}
    return fields


@pytest.mark.parametrize("mode", ["html", "text", "web"])
def test_an_issue_can_be_previewed_before_it_is_saved(italian: Locale, client: Any, mode: str) -> None:
    role(client, "Marketers")
    archive = ArchivePage.objects.get(locale=italian)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["campaigns", "issuepage", archive.pk])
    body = stream({"type": "heading", "value": "Per {{ person.first_name }}"})

    comments = {f"comments-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}

    head = {"title": "Nuova", "slug": "", "subject": "", "preheader": "", "newsletter": letters.newsletter().pk}
    kept = client.post(address, {**head, **comments, **body})
    shown = client.get(address, {"mode": mode})

    assert kept.json() == {"is_valid": True, "is_available": True}
    assert shown.status_code == 200
    assert "Per " in shown.content.decode()


def test_an_email_can_be_previewed_before_it_is_saved(italian: Locale, client: Any) -> None:
    role(client, "Marketers")
    address = reverse("wagtailsnippets_campaigns_email:preview_on_add")
    body = stream({"type": "heading", "value": "Per {{ context.offer }}te"})

    kept = client.post(address, {"name": "Nuova", "subject": "", "preheader": "", "sender_name": "", **body})
    shown = client.get(address, {"mode": "html"})

    assert kept.json() == {"is_valid": True, "is_available": True}
    assert "Per te" in shown.content.decode()


@pytest.mark.parametrize("name", ["xss.txt", "ssti.txt", "blns.json"])
def test_hostile_texts_in_blocks_stay_text(italian: Locale, name: str) -> None:
    lines = [line for line in wire.hostile_lines(name) if line.strip() and "{{" not in line and "{%" not in line]
    issue = complete(italian)
    issue.body = [("heading", line[:160]) for line in lines]
    text = issue.title = "<script>alert(1)</script>"
    issue.preheader = text

    for page in (preview.html(issue), str(web.show(issue).body)):
        shown = Tags()
        shown.feed(page)
        assert not shown.found & {"script", "svg", "iframe", "object", "embed", "video", "audio", "form", "input"}
        assert not [name for name in shown.attributes if name.startswith("on")]
