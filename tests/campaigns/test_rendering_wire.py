"""The bytes that leave: heads that cannot be broken open, bodies that come back as they were written."""

import re
from datetime import UTC, datetime
from html import escape
from io import StringIO
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.rendering import headers, liquid, quoted
from campaigns.rendering.liquid import one_line
from campaigns.rendering.personalise import Unwritable
from campaigns.rendering.values import Values
from campaigns.transports.phrases import on_wire
from tests.campaigns import wire

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TEXTS = st.text(max_size=200)  # any Unicode, surrogates included
SURROGATES = st.text(st.characters(), max_size=60)
HTML = "<p>Ciao {{ person.name | default: 'tu' }}, è per {{ person.first_name }}.</p>\n.\n<p>=20 </p> \n"
TEXT = "Ciao {{ person.name | default: 'tu' }}\n\n.\nè per {{ person.first_name }} \t\n"


@given(TEXTS | SURROGATES)
@example("\r\nBcc: vittima@letters.example")
@example("=?utf-8?B?DQpCY2M6IHZAZXhhbXBsZS5vcmc=?=")
@example('"x" <evil@letters.example>,')
@example("\ud800\u2028\x00")
@example(".\r\n.\r\n")
@example("a" * 200)
@settings(deadline=None, max_examples=150)
def test_any_name_leaves_the_mail_whole(name: str) -> None:
    person = wire.person(name=one_line(name))

    raw = wire.writer(html=HTML, text=TEXT).write(person, now=NOW)
    message = wire.parsed(raw)

    assert wire.BARE_LINE_END.search(raw) is None
    assert on_wire(raw) == raw  # what `Envelope.is_clean` promises
    assert wire.longest_line(raw) <= 998
    assert message.keys() == wire.HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == ["anna@letters.example"]
    shown = person.name or "tu"
    assert wire.text_of(raw) == f"Ciao {shown}\n\n.\nè per {person.first_name} \t\n"
    html = f"<p>Ciao {escape(shown)}, è per {escape(person.first_name)}.</p>\n.\n<p>=20 </p> \n"
    assert wire.html_of(raw) == html


@given(TEXTS | SURROGATES)
@settings(deadline=None, max_examples=100)
def test_any_name_in_a_subject_is_one_header_whether_liquid_works_it_out_or_not(name: str) -> None:
    person = wire.person(name=one_line(name))

    plain = wire.writer(subject="Per {{ person.name | default: 'te' }}: il numero").write(person, now=NOW)
    worked_out = wire.writer(subject="Per {{ person.name | default: 'te' | strip }}: il numero").write(person, now=NOW)

    for raw in (plain, worked_out):
        assert on_wire(raw) == raw
        subject = wire.parsed(raw)["Subject"]
        assert " ".join(subject.split()) == f"Per {' '.join(person.name.split()) or 'te'}: il numero"


@given(TEXTS | SURROGATES)
@settings(deadline=None, max_examples=100)
def test_any_subject_is_one_header_and_comes_back(subject: str) -> None:
    source = subject.replace("{", "(")

    message = wire.parsed(wire.writer(subject=source).write(wire.person(), now=NOW))

    assert message.keys() == wire.HEADERS
    assert " ".join(message["Subject"].split()) == " ".join(one_line(source).split())


@pytest.mark.parametrize("name", ["crlf.txt", "xss.txt", "ssti.txt", "blns.json"])
def test_hostile_names_and_subjects_change_no_header(name: str) -> None:
    for line in wire.hostile_lines(name):
        raw = wire.writer(subject="Per {{ person.name }}", html=HTML).write(wire.person(name=one_line(line)), now=NOW)

        message = wire.parsed(raw)
        assert sorted(message.keys()) == sorted(wire.HEADERS)
        assert [address.addr_spec for address in message["To"].addresses] == ["anna@letters.example"]
        assert wire.BARE_LINE_END.search(raw) is None
        shown = wire.html_of(raw).removeprefix("<p>Ciao ").partition(", è per ")[0]
        assert shown == escape(one_line(line) or "tu")


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nRCPT TO:<v@letters.example>", "a@b.example, v@letters.example", "<a@b.example>", "a b@c.example"],
)
def test_an_address_that_could_be_two_is_not_written(address: str) -> None:
    with pytest.raises(Unwritable):
        wire.writer().write(wire.person(address=address), now=NOW)


def test_a_non_ascii_local_part_stays_as_it_is_and_the_domain_is_in_a_labels() -> None:
    raw = wire.writer().write(wire.person(address="josé@xn--caff-dma.example"), now=NOW)

    assert "\r\nTo: josé@xn--caff-dma.example\r\n".encode() in raw


def test_the_head_of_an_issue_is_complete() -> None:
    raw = wire.writer().write(wire.person(name="Anna Però"), now=NOW)

    message = wire.parsed(raw)
    assert str(message["From"]) == "Ada di Circolare <ada@lettera.example>"
    assert str(message["To"]) == "Anna Però <anna@letters.example>"
    assert str(message["Date"]) == "Mon, 23 Nov 2026 09:30:00 +0000"
    assert str(message["List-Id"]) == "Lettera del giovedì <newsletter-2.lettera.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://127\.0\.0\.1:8000/u/[\w-]+>", message["List-Unsubscribe"])
    assert re.fullmatch(r"<[0-9a-f]{32}@lettera\.example>", message["Message-ID"])
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_service_mail_has_no_list_headers_and_says_that_a_machine_sent_it() -> None:
    writer = wire.writer(purpose_class="service", list_key="", reply_to="")

    message = wire.parsed(writer.write(wire.person(purpose_class="service"), now=NOW))

    assert message["Auto-Submitted"] == "auto-generated"
    assert not [name for name in message.keys() if name.startswith("List-")]  # noqa: SIM118 -- a message is no dict


def test_the_message_id_is_the_same_at_each_try_and_another_for_each_delivery() -> None:
    one, other = UUID(int=1), UUID(int=2)

    assert headers.message_id(one, "a.example") == headers.message_id(one, "a.example")
    assert headers.message_id(one, "a.example") != headers.message_id(other, "a.example")


@given(st.uuids())
def test_a_bounce_address_names_its_delivery_in_any_case(uid: UUID) -> None:
    address = headers.envelope_sender(uid, "lettera.example")

    assert len(address.partition("@")[0]) <= 64
    assert headers.read_verp(address) == uid
    assert headers.read_verp(f"<{address.upper()}>") == uid


@pytest.mark.parametrize(
    "address", ["", "b-@x.example", "anna@letters.example", "b-" + "a" * 32 + "-" + "b" * 16 + "@x"]
)
def test_a_forged_bounce_address_names_nothing(address: str) -> None:
    assert headers.read_verp(address) is None


@given(st.text())
@example(".")
@example("." * 200)
@example("x" * 74 + "=é" + " " * 80)
def test_quoted_printable_comes_back_and_keeps_its_lines_short(text: str) -> None:
    line = one_line(text)
    encoded = quoted.value(line) + quoted.fixed("fine\n")

    body = f"Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{encoded}"
    assert wire.parsed(body.encode()).get_content().replace("\r\n", "\n") == f"{line}fine\n"
    assert all(len(part) <= 76 and not part.startswith(".") for part in encoded.split("\r\n"))


FRAGMENTS = st.sampled_from(
    [
        "testo è = ",
        "\n",
        ".",
        "<b>&amp;</b>",
        "{{ person.name }}",
        "{{ person.name | upcase }}",
        "{{ person.first_name | default: 'a=è' }}",
        '{{ person.first_name | default: "<i>" | append: person.name }}',
        "{{ nobody.x }}{{ context.offer }}",
        "{{ link_1 }}",
        "{{ link_2 | url }}",
        "{{ links.home }}",
        "{{ links.web }}{{ links.resource }}",
        "{% if person.name %}sì {{ person.name }}{% else %}no{% endif %}",
        "{% if person.is_tracked %}contato {{ link_2 }}{% else %}non contato{% endif %}",
        "{% if person.is_tracked %}a{% elsif person.name %}b{% endif %}",
        "{%- unless person.name -%} senza {%- endunless -%}",
        "{% for n in (1..3) %}{{ n }}{{ link_1 }}{% endfor %}",
        "{% assign who = person.first_name | default: 'tu' %}",
        "{{ who }}",
        "{{ newsletter.name }}",
    ]
)


@given(
    st.lists(FRAGMENTS, max_size=12).map("".join),
    st.sampled_from(["", "Anna <b>", "Però"]),
    st.booleans(),
    st.sampled_from([{}, {"offer": "1 < 2"}]),
)
@settings(deadline=None, max_examples=150)
def test_what_is_prepared_says_what_liquid_says(
    source: str, name: str, is_tracked: bool, context: dict[str, object]
) -> None:
    person = wire.person(name=name, is_tracked=is_tracked, context=context)
    writer = wire.writer(html=source, text=source, links={1: "https://a.example/?x=1&y=2", 2: "https://b.example/"})

    raw = writer.write(person, now=NOW)

    values = Values(person, writer.frame, NOW)
    assert wire.html_of(raw).rstrip("\n") == said_by_liquid(source, values, liquid.HTML).rstrip("\n")
    assert wire.text_of(raw).rstrip("\n") == said_by_liquid(source, values, liquid.TEXT).rstrip("\n")


def said_by_liquid(source: str, values: Values, environment: liquid.MailEnvironment) -> str:
    template = environment.from_string(source)
    buffer = StringIO()
    template.render_with_context(liquid.OwnContext(template, globals=values), buffer)
    return buffer.getvalue()
