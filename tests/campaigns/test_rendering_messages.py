"""From blocks to one reader's mail: what is frozen, what is counted, what is personal."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from markdown_it import MarkdownIt
from wagtail.models import Locale, Site

from campaigns.models import Delivery, MessageVersion, PurposeClass
from campaigns.rendering import compiling, personalise, preview, richtext, sources, versions, wrapping
from subscribers import tokens
from subscribers.models import Subscriber
from tests.campaigns import letters, wire
from tests.factories import content
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
NOW = letters.NOW
TOKEN = re.compile(r"(?<=/)(why|yours|leave|counting)/[\w-]+(?=/)")


@pytest.fixture(autouse=True)
def publisher(db: None) -> None:
    """Mails may leave only with an identity."""
    letters.publisher()


def in_italian(text: str) -> str:
    with translation.override("it"):
        return translation.gettext(text)


def written(delivery: Delivery) -> bytes:
    version = versions.ensure(delivery.mailing, delivery.locale, now=NOW)
    return personalise.writer(version.pk).write(personalise.people([delivery])[delivery.pk], now=NOW)


def mail_of(person: Subscriber, page: Any) -> bytes:
    return written(letters.delivery(letters.mailing(page), person))


def test_every_block_has_its_text_and_its_html(italian: Locale) -> None:
    article = content.article(italian, "Il giro", standfirst="Due frasi.", author=content.author(italian))
    resource = content.resource(italian, "La guida", abstract="Otto pagine.", kind="guide")
    page = letters.issue(
        italian,
        ("heading", "Buongiorno {{ person.first_name | default: 'a te' }}"),
        (
            "text",
            f'<p>Leggi <a linktype="page" id="{article.pk}">il giro</a>, con <b>calma</b>.</p><ul><li>uno</li></ul>',
        ),
        ("article", {"article": article, "lead": ""}),
        ("resource", {"resource": resource, "lead": "Prendila."}),
        ("button", {"label": "Scrivici", "page": None, "url": "mailto:ada@lettera.example", "place": ""}),
        ("button", {"label": "La tua pagina", "page": None, "url": "", "place": "home"}),
        ("figure", {"image": content.image(description="Una porta aperta"), "caption": ""}),
        ("quote", {"text": "Chi torna\nresta", "source": "Anna"}),
        ("divider", None),
        ("signature", "Ada\nCircolare"),
    )
    raw = mail_of(people.subscriber(name="Anna Bo"), page)

    body, _rule, links = wire.text_of(raw).partition("-" * 72 + "\n[1]")
    assert body == (
        f"{page.newsletter.title('it')}\n" + "=" * 72 + "\n\n"
        "Buongiorno Anna\n" + "-" * 17 + "\n\n"
        "Leggi il giro [1], con calma.\n\n* uno\n\n"
        "Il giro [2]\nAda Ferri · 1 min\n\nDue frasi.\n\n"
        f"La guida [3]\n{in_italian('Guide')}\n\nPrendila.\n\n"
        "--> Scrivici [4]\n\n--> La tua pagina [5]\n\n"
        "[Una porta aperta]\n\n"
        "> Chi torna\n> resta\n> — Anna\n\n" + " " * 34 + "* * *\n\n"
        "Ada\nCircolare\n\n"
    )
    assert re.match(
        r" http://127\.0\.0\.1:8000/it/articoli/il-giro/\n\[2\] http://127\.0\.0\.1:8000/it/articoli/il-giro/\n"
        r"\[3\] \S+/la-guida/\n\[4\] mailto:ada@lettera\.example\n\[5\] http://127\.0\.0\.1:8000/it/yours/[\w-]+/\n\n-",
        links,
    )
    html = wire.html_of(raw)
    for expected in (
        "Buongiorno Anna</h2>",
        "<strong>calma</strong>",
        "<li style=",
        ">Il giro</a></h2>",
        'href="mailto:ada@lettera.example"',
        'alt="Una porta aperta"',
        "Chi torna<br />resta",
        "format-jpeg",
    ):
        assert expected in html
    assert "{{" not in html
    assert "{%" not in html


def test_images_have_whole_addresses_of_formats_that_all_mail_programs_read(italian: Locale) -> None:
    article = content.article(italian)
    page = letters.issue(
        italian,
        ("figure", {"image": content.image(), "caption": ""}),
        ("article", {"article": article, "lead": ""}),
    )

    found = re.findall(r'<img[^>]* src="([^"]+)"', wire.html_of(mail_of(people.subscriber(), page)))

    assert len(found) == 3
    for src in found:
        assert re.fullmatch(r"http://127\.0\.0\.1:8000/.*\.(?:png|jpe?g)(?:\?v=[\w-]+)?", src)


def test_a_destination_is_one_row_a_block(italian: Locale) -> None:
    article = content.article(italian, "Il giro")
    page = letters.issue(
        italian,
        ("article", {"article": article, "lead": ""}),
        ("text", '<p><a href="https://example.org/a b?x=1&amp;y=è">fuori</a> <a href="#home">tuo</a></p>'),
        ("button", {"label": "Leggi", "page": article, "url": "", "place": ""}),
    )
    version = versions.ensure(letters.mailing(page), "it", now=NOW)

    assert [(row.position, row.url, row.label, row.page_id) for row in version.links.order_by("position")] == [
        (1, "http://127.0.0.1:8000/it/articoli/il-giro/", "Il giro", article.pk),
        (2, "https://example.org/a%20b?x=1&y=%C3%A8", "fuori", None),
        (3, "http://127.0.0.1:8000/it/articoli/il-giro/", "Leggi", article.pk),
    ]


def letter_with_links(italian: Locale) -> Any:
    article = content.article(italian, "Il giro")
    return letters.issue(
        italian,
        ("text", "<p>Ciao {{ person.name }}</p>"),
        ("article", {"article": article, "lead": ""}),
        ("text", '<p><a href="https://example.org/?a=1&amp;b=2">fuori</a></p>'),
        ("figure", {"image": content.image(), "caption": "Una porta"}),
    )


def test_readers_who_did_not_agree_get_the_same_mail_but_for_name_and_own_pages(italian: Locale) -> None:
    page = letter_with_links(italian)
    mailing = letters.mailing(page)
    anna, bruno = (people.subscriber(f"{name}@letters.example", name=name) for name in ("anna", "bruno"))
    people.agreed(bruno, people.purpose())

    raw = {person.name: written(letters.delivery(mailing, person)) for person in (anna, bruno)}

    for part in (wire.text_of, wire.html_of):
        one, other = part(raw["anna"]), part(raw["bruno"])
        assert one != other
        assert TOKEN.sub(r"\1", one).replace("anna", "N") == TOKEN.sub(r"\1", other).replace("bruno", "N")
        assert "/c/" not in one
        assert "https://example.org/?a=1" in one
    html = wire.html_of(raw["anna"])
    assert re.findall(r'<img[^>]* src="([^"]+)"', html) == re.findall(
        r'<img[^>]* src="([^"]+)"', wire.html_of(raw["bruno"])
    )
    assert 'width="1"' not in html


def test_readers_who_agreed_get_links_that_name_delivery_and_position(italian: Locale) -> None:
    person = people.subscriber(name="Anna")
    people.agreed(person, people.tracking())
    delivery = letters.delivery(letters.mailing(letter_with_links(italian)), person)

    raw = written(delivery)

    for part in (wire.text_of(raw), wire.html_of(raw)):
        clicks = re.findall(r"http://127\.0\.0\.1:8000/c/([\w-]+)", part)
        assert {tokens.read_click(token) for token in clicks} == {(delivery.pk, 1), (delivery.pk, 2)}
        assert "example.org" not in part
        assert "il-giro" not in re.sub(r"/covers/\S+", "", part)
    assert in_italian("What you read and click is counted, as you agreed.") in wire.html_of(raw)


@pytest.mark.parametrize("is_counted", [True, False])
def test_links_in_a_sentence_are_numbered_and_their_addresses_stand_at_the_end(
    italian: Locale, is_counted: bool
) -> None:
    page = letters.issue(
        italian,
        (
            "text",
            '<p>Nella <a href="#home">tua pagina</a> scegli quanto spesso vuoi sentirci; <a href="https://example.org/">'
            'qui fuori</a> si legge altro, e per <a href="mailto:ada@lettera.example">scriverci</a> basta poco.</p>',
        ),
        ("text", '<p>Ancora la <a href="#home">tua pagina</a> e <a href="https://example.org/b">altro</a>.</p>'),
    )
    person = people.subscriber(name="Anna")
    if is_counted:
        people.agreed(person, people.tracking())
    delivery = letters.delivery(letters.mailing(page), person)

    body, _rule, behind = wire.text_of(written(delivery)).partition("-" * 72 + "\n")

    assert body.split("=" * 72)[1].strip() == (
        "Nella tua pagina [1] scegli quanto spesso vuoi sentirci; qui fuori [2]\n"
        "si legge altro, e per scriverci [3] basta poco.\n\n"
        "Ancora la tua pagina [1] e altro [4]."
    )
    rows = re.findall(r"(?m)^\[(\d)\] (\S+)$", behind)
    assert [number for number, _href in rows] == ["1", "2", "3", "4"]
    home, first, mailbox, second = (href for _number, href in rows)
    assert TOKEN.sub(r"\1", home) == "http://127.0.0.1:8000/it/yours/"
    assert mailbox == "mailto:ada@lettera.example"
    if is_counted:
        found = [tokens.read_click(href.rpartition("/c/")[2]) for href in (first, second)]
        assert found == [(delivery.pk, 1), (delivery.pk, 2)]
    else:
        assert (first, second) == ("https://example.org/", "https://example.org/b")


def test_a_condition_takes_no_room_in_a_line_and_numbers_stay_with_their_words() -> None:
    said = "Nulla di ciò che leggi o clicchi viene contato, e così resta per sempre."
    counted = f"{{% if person.is_tracked %}}Si conta.{{% else %}}{said}{{% endif %}}"
    linked = f"{'parola ' * 9}qui parola [12] e avanti."

    assert wrapping.wrap(f"{{% if x %}}{said}{{% endif %}}") == f"{{% if x %}}{said}{{% endif %}}\n"
    assert len(said) == 72
    assert wrapping.wrap(counted).count("\n") == 2
    assert wrapping.wrap(linked) == f"{'parola ' * 9}qui\nparola [12] e avanti.\n"


def test_the_personal_links_open_the_readers_own_pages(italian: Locale, client: Any) -> None:
    person = people.subscriber(name="Anna")
    people.agreed(person, people.tracking())
    raw = mail_of(person, letters.issue(italian))

    addresses = {
        TOKEN.sub(r"\1", url): url for url in re.findall(r'href="http://127\.0\.0\.1:8000(/[^"]+)"', wire.html_of(raw))
    }
    one_click = wire.parsed(raw)["List-Unsubscribe"].strip("<>")

    assert {"/it/why/", "/it/yours/", "/it/leave/", "/it/counting/"} <= set(addresses)
    for url in addresses.values():
        assert client.get(url).status_code == 200, url
    token = one_click.rpartition("/")[2]
    assert tokens.read(tokens.LEAVE, token, now=NOW).ids()[0] == person.pk
    answer = client.post(f"/u/{token}", {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.get("Location")) == (200, None)


def test_a_title_that_looks_like_a_tag_is_data(italian: Locale) -> None:
    article = content.article(italian, "{{ person.address }} {% if %} & <b>", standfirst="{{")
    page = letters.issue(italian, ("article", {"article": article, "lead": ""}), title="{{ x }}")

    raw = mail_of(people.subscriber(name="{{ links.home }}"), page)

    assert "{{ person.address }} {% if %} &amp; &lt;b&gt;" in wire.html_of(raw)
    assert "{{ person.address }} {% if %} & <b> [1]" in wire.text_of(raw)


def test_the_mail_speaks_the_readers_language(italian: Locale, english: Locale) -> None:
    article = content.article(italian, "Il giro")
    content.translated(article, english, "The ring", slug="the-ring")
    issue = letters.issue(italian, ("article", {"article": article, "lead": ""}), subject="La lettera")
    content.translated(issue, english, "The letter", subject="The letter")
    mailing = letters.mailing(issue)

    raw = written(letters.delivery(mailing, people.subscriber(locale="en")))

    assert wire.parsed(raw)["Subject"] == "The letter"
    assert "The ring [1]" in wire.text_of(raw)
    assert "http://127.0.0.1:8000/en/articles/the-ring/" in wire.text_of(raw)
    assert '<html lang="en"' in wire.html_of(raw)


def test_a_translation_approved_for_a_later_day_goes_out_and_a_mere_draft_does_not(
    italian: Locale, english: Locale
) -> None:
    issue = letters.issue(italian, subject="La lettera")
    letter = content.translated(issue, english, "The letter", subject="The letter")
    letter.unpublish()
    letter.save_revision()
    assert versions.issue_in(issue, "en") == issue

    letter.go_live_at = NOW + timedelta(days=36500)
    letter.save_revision().publish()
    letter.subject, letter.go_live_at = "Later thoughts", None
    letter.save_revision()

    ready = versions.issue_in(issue, "en")
    assert (ready.pk, ready.subject, ready.live) == (letter.pk, "The letter", False)


def test_a_newsletter_has_its_public_title_in_the_readers_language(italian: Locale, english: Locale) -> None:
    purpose = people.purpose("giro", title_it="Il giro", title_en="The ring")
    letter = letters.newsletter(purpose, name="Giro (office)")
    issue = letters.issue(italian, ("text", "<p>{{ newsletter.name }}</p>"), letter=letter)
    content.translated(issue, english, "The letter")
    mailing = letters.mailing(issue)

    raw = {
        locale: wire.text_of(written(letters.delivery(mailing, people.subscriber(locale=locale))))
        for locale in ("it", "en")
    }

    assert ("Il giro" in raw["it"], "The ring" in raw["en"]) == (True, True)
    assert "office" not in raw["it"] + raw["en"]


def test_without_a_translation_the_reader_gets_the_issue_as_it_is(italian: Locale) -> None:
    mailing = letters.mailing(letters.issue(italian, subject="La lettera"))

    raw = written(letters.delivery(mailing, people.subscriber(locale="en")))

    assert wire.parsed(raw)["Subject"] == "La lettera"
    assert '<html lang="it"' in wire.html_of(raw)
    assert re.search(r"http://127\.0\.0\.1:8000/it/leave/", wire.text_of(raw))


def test_an_issue_is_frozen_and_a_standing_mail_follows_its_source(italian: Locale) -> None:
    issue = letters.issue(italian, subject="Prima")
    mailing = letters.mailing(issue)
    email = letters.email(italian, ("text", "<p>Prima</p>"))
    standing = letters.mailing(purpose_class=PurposeClass.JOURNEY, email=email.translation_key, key="journey:1:step:a")
    frozen, first = (versions.ensure(one, "it", now=NOW) for one in (mailing, standing))

    issue.subject, email.body = "Dopo", [("text", "<p>Dopo</p>")]
    issue.save_revision().publish()
    email.save_revision().publish()

    assert versions.ensure(mailing, "it", now=NOW) == frozen
    second = versions.ensure(standing, "it", now=NOW)
    assert (first.number, second.number) == (1, 2)
    assert ("Prima" in first.html, "Dopo" in second.html) == (True, True)
    assert versions.ensure(standing, "it", now=NOW + timedelta(days=1)) == second
    assert MessageVersion.objects.count() == 3


def test_a_draft_of_an_email_is_not_sent(italian: Locale) -> None:
    email = letters.email(italian, ("text", "<p>Prima</p>"))
    email.unpublish()
    standing = letters.mailing(purpose_class=PurposeClass.JOURNEY, email=email.translation_key, key="journey:1:step:a")

    with pytest.raises(versions.NotReady, match=in_italian("The email is not published, or was deleted.")):
        versions.ensure(standing, "it", now=NOW)


def test_without_an_identity_no_letter_leaves_but_service_mail_does(italian: Locale) -> None:
    Site.objects.get(is_default_site=True).publishersettings.delete()

    with pytest.raises(versions.NotReady, match=in_italian("postal address, in Italian")):
        versions.ensure(letters.mailing(letters.issue(italian)), "it", now=NOW)
    assert versions.ensure(letters.service("link"), "it", now=NOW).subject


def test_a_test_mail_shows_the_draft_and_its_links_open_nobodys_page(italian: Locale, client: Any) -> None:
    issue = letters.issue(italian, ("text", "<p>Prima</p>"))
    issue.body = [("text", "<p>Bozza</p>")]
    issue.save_revision()
    mailing = letters.mailing(issue, purpose_class=PurposeClass.TEST, key="test:1")
    delivery = letters.delivery(mailing, None, address="staff@letters.example")

    raw = written(delivery)

    assert "Bozza" in wire.html_of(raw)
    assert wire.parsed(raw)["Subject"].startswith("[")
    assert wire.parsed(raw)["List-Unsubscribe"] is None
    leave = re.search(r"/it/leave/[\w-]+/", wire.text_of(raw))
    assert leave
    assert "staff" not in client.get(leave.group()).content.decode()


def test_a_broken_link_is_found_and_left_out(italian: Locale) -> None:
    article = content.article(italian, "Ritirato")
    article.unpublish()
    issue = letters.issue(
        italian,
        ("article", {"article": article, "lead": ""}),
        ("text", '<p><a href="http://localhost/x">qui</a> <a href="www.example.org">là</a></p>'),
    )

    compiled = compiling.compile(sources.of_issue(issue))

    assert compiled.destinations == []
    assert [finding.level for finding in compiled.findings] == ["stop"] * 3
    assert {finding.block_id for finding in compiled.findings} == {child.id for child in issue.body}


def test_people_are_gathered_with_a_constant_number_of_queries(italian: Locale) -> None:
    mailing = letters.service("confirm")
    counts = []
    for size in (1, 3):
        rows = []
        for _n in range(size):
            person = people.subscriber()
            signup = people.signup(person, people.purpose())
            rows.append(letters.delivery(mailing, person, context={"signup": signup.pk}, intent_key=f"c:{signup.pk}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(personalise.people(rows)) == size
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_erased_people_are_left_out(italian: Locale) -> None:
    delivery = letters.delivery(letters.service("link"), people.subscriber())
    delivery.address = None

    assert personalise.people([delivery]) == {}


def test_a_condition_on_the_reader_is_worked_out_for_each(italian: Locale) -> None:
    page = letters.issue(
        italian,
        ("text", "<p>{% if person.name %}Ciao {{ person.name | upcase }} &amp; co{% else %}Salve{% endif %}!</p>"),
        ("text", "<p>{% assign who = person.first_name | default: 'tu' %}E {{ who }}.</p>"),
        subject="{% if person.name %}Per {{ person.first_name }}{% else %}Per te{% endif %}",
    )
    mailing = letters.mailing(page)

    mails = [written(letters.delivery(mailing, people.subscriber(name=name))) for name in ("Anna <b>", "")]

    assert [wire.parsed(raw)["Subject"] for raw in mails] == ["Per Anna", "Per te"]
    texts = [wire.text_of(raw) for raw in mails]
    assert "Ciao ANNA <B> & co!" in texts[0]
    assert "E Anna." in texts[0]
    assert "Salve!" in texts[1]
    assert "E tu." in texts[1]
    assert "Ciao ANNA &lt;B&gt; &amp; co!" in wire.html_of(mails[0])


def test_real_letters_come_through_whole(italian: Locale) -> None:
    folder = wire.CORPORA / "newsletters-text"
    files = sorted(folder.glob("*.md"))
    if not files:
        pytest.skip("the corpora are not here")
    issue = letters.issue(italian)
    for path in files[::6]:
        html = MarkdownIt().render(path.read_text(encoding="utf-8")).replace("{", "(")
        issue.body = [("text", html)]

        raw = preview.source(issue).encode()

        said = [" ".join(paragraph.source.split()) for paragraph in richtext.read(html)]
        text = wire.text_of(raw)
        read = " ".join(re.sub(r"(?<=\S)\s+\[\d+\]", "", text).split())
        assert wire.longest_line(raw) <= 998
        assert [words for words in said if words not in read] == []
        too_long = [line for line in text.splitlines() if len(line) > 72 and max(map(len, line.split())) < 60]
        assert too_long == []


def test_characters_that_mjml_cannot_hold_are_left_out(italian: Locale) -> None:
    issue = letters.issue(italian)
    issue.body = [("heading", "U\x0bno\ufffe"), ("text", "<ul><ul><li>du\x08e</li></ul></ul>")]
    issue.preheader = "\x1fx"

    raw = preview.source(issue).encode()

    assert "Uno" in wire.text_of(raw)
    assert "Uno</h2>" in wire.html_of(raw)
    assert "due</li>" in wire.html_of(raw)


def test_a_sender_nobody_can_answer_is_said_before_anything_leaves(italian: Locale) -> None:
    issue = letters.issue(italian, letter=letters.newsletter(sender_address="ada@localhost"))

    with pytest.raises(versions.NotReady, match="ada@localhost"):
        versions.ensure(letters.mailing(issue), "it", now=NOW)


def test_a_domain_with_accents_goes_out_in_a_labels(italian: Locale) -> None:
    issue = letters.issue(italian, letter=letters.newsletter(sender_address="ada@caffè.example"))

    raw = mail_of(people.subscriber(), issue)

    assert wire.parsed(raw)["From"].addresses[0].addr_spec == "ada@xn--caff-8oa.example"


def test_mjml_typed_into_a_text_is_text(italian: Locale) -> None:
    include = '<mj-include path="/etc/passwd" /></mj-text><mj-raw><script>x()</script></mj-raw>'
    issue = letters.issue(italian, ("heading", include), ("quote", {"text": include, "source": include}))
    issue.preheader = include

    html = wire.html_of(preview.source(issue).encode())

    assert "root:" not in html
    assert "<script" not in html
    assert html.count("&lt;mj-include") == 4
