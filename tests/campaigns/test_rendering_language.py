"""Liquid in mails: what it may do, what it refuses at save by line and column, and what it can never reach."""

import os
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from liquid.exceptions import LiquidError

from campaigns.rendering import braces, liquid, richtext, syntax
from tests.campaigns import wire

PEOPLE = {"person": {"name": "Anna <b>", "first_name": "Anna", "address": None}, "context": {"url": "javascript:x()"}}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Complaints are told in the language of whoever saves."""
    with translation.override("en"):
        yield


def said(source: str, vocabulary: syntax.Vocabulary = syntax.EMAIL) -> list[str]:
    return [str(problem) for problem in syntax.problems(source, vocabulary)]


def test_a_value_is_escaped_in_html_and_plain_in_text() -> None:
    source = "{{ person.name }} {{ '<i>' }}"

    assert liquid.render(source, PEOPLE, environment=liquid.HTML) == "Anna &lt;b&gt; &lt;i&gt;"
    assert liquid.render(source, PEOPLE) == "Anna <b> <i>"


def test_a_value_is_data_and_never_evaluated() -> None:
    values = {"person": {"name": "{{ 7 | append: 7 }}{% raw %}*|EMAIL|*"}}

    assert liquid.render("{{ person.name }}", values) == "{{ 7 | append: 7 }}{% raw %}*|EMAIL|*"


def test_an_unknown_value_is_empty_and_takes_the_fallback() -> None:
    assert liquid.render("[{{ person.address }}{{ nobody }}]", PEOPLE) == "[]"
    assert liquid.render("{{ person.address | default: 'tu' }}", PEOPLE) == "tu"
    assert liquid.render("{% if person.address %}ha{% else %}non ha{% endif %}", PEOPLE) == "non ha"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        (" JAVASCRIPT:x", ""),
        ("//evil.example", ""),
        ("/relative", ""),
        ('https://a.example/è?q=1&r="><x>', "https://a.example/%C3%A8?q=1&r=%22%3E%3Cx%3E"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("http://[", ""),
    ],
)
def test_the_url_filter_lets_complete_addresses_through(url: str, expected: str) -> None:
    assert liquid.checked_url(url) == expected


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("Ciao {{ person.nome }}", "line 1, column 9: nothing is called “person.nome” here"),
        (
            "a\nb {% if person.name %}c",
            "line 2, column 3: “endif” is missing",
        ),
        ("x {{ person.name", "line 1, column 3: opened here and never closed"),
        ("x\n\n  {% include 'a' %}", "line 3, column 3: “include” is not a tag that mails know"),
        ("{% raw %}{{ x }}", "line 1, column 1: “raw” is not a tag that mails know"),
        ("{{ person._meta }}", "line 1, column 4: nothing is called “person._meta” here"),
        ("{{ context['__class__'] }}", "line 1, column 4: nothing is called “context.__class__” here"),
        ("a {% endif %}", "line 1, column 6: “endif” ends or divides nothing"),
        ("{{ person.name person }}", "line 1, column 16: there is more between the braces than can be read"),
        ("{{ 7*7 }}", "line 1, column 5: “*” cannot stand here"),
        ("{{ now }}", "line 1, column 4: nothing is called “now” here"),
        ("{{ }}", "line 1, column 1: something is missing between the braces"),
        ("{% for i in (1..1000) %}{% endfor %}", "line 1, column 4: the loops go round too often"),
        (
            "Ciao{% if person.first_name != '' %}, {{ person.first_name }}{% endif %}.",
            "line 1, column 5: “person.first_name” is never an empty text: leave the comparison out",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_column(source: str, problem: str) -> None:
    assert said(source) == [problem]


def test_an_unknown_filter_is_named_beside_those_there_are() -> None:
    (problem,) = said("{{ person.name | sort }}")

    assert problem.startswith("line 1, column 18: there is no filter “sort”; there are: append, capitalize, default,")


@pytest.mark.parametrize(
    "source",
    [
        "Niente di personale, 100% {di carta}",
        "Ciao {{ person.first_name | default: 'lettore' | upcase }}",
        "{% if person.is_tracked %}a{% elsif context.x == 'y' %}b{% else %}c{% endif %}",
        "{% if person.first_name and person.name != 'x' %}a{% endif %}{% assign w = '' %}{% if w == '' %}b{% endif %}",
        "{% assign who = person.first_name | default: 'tu' %}{{ who }}",
        "{% case context.role %}{% when 'negozio' %}A{% else %}B{% endcase %}",
        "{% for n in (1..3) %}{{ n }}{% endfor %}",
        "{{ context.link | url }}",
    ],
)
def test_what_marketers_need_passes(source: str) -> None:
    assert said(source) == []


def test_each_kind_of_message_has_its_own_words() -> None:
    assert said("{{ links.web }}", syntax.ISSUE) == []
    assert said("{{ links.web }}", syntax.EMAIL) == ["line 1, column 4: nothing is called “links.web” here"]
    assert said("{{ context.x }}", syntax.ISSUE) == ["line 1, column 4: nothing is called “context.x” here"]


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% for i in (1..100) %}{% for j in (1..100) %}x{% endfor %}{% endfor %}",
        "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}",
        "{% if true %}" * 10_000 + "{% endif %}" * 10_000,
        "{{ context" + "[context" * 4_000 + "]" * 4_000 + " }}",
        "{% if " + "context.a and " * 4_000 + "true %}x{% endif %}",
        "{{" * 30_000,
        "{{ " + " " * 60_000,
        "{{ person.name }}" * 300_000,
    ],
)
def test_what_would_run_long_or_grow_is_refused_quickly(source: str) -> None:
    began = time.process_time()

    assert len(said(source)) == 1
    assert time.process_time() - began < 2


def test_a_filter_cannot_make_a_text_grow_without_end() -> None:
    with pytest.raises(LiquidError):
        liquid.render("{{ a | append: a }}", {"a": "x" * 40_000})


def test_hostile_templates_are_refused_or_are_plain_text() -> None:
    secrets = [settings.SECRET_KEY, settings.CIRCOLARE_DIGEST_KEY, os.environ["PATH"], "root:x:", "uid="]
    lines = wire.hostile_lines("ssti.txt")

    for line in lines:
        if said(line):
            continue
        out = liquid.render(line, {"person": {}, "links": {}, "context": {}}, environment=liquid.HTML)
        assert not [secret for secret in secrets if secret in out]
        assert not braces.has_tags(line), line


@given(st.text())
def test_data_comes_out_as_it_went_in(data: str) -> None:
    line = liquid.one_line(data)

    assert liquid.render(braces.literal(line), {}) == line


@given(st.text(alphabet="{}%<& ab'\"|", max_size=40))
def test_pieces_joined_are_the_source(source: str) -> None:
    assert "".join(piece.text for piece in braces.split(source)) == source


def test_markup_escapes_around_tags_and_leaves_them_alone() -> None:
    assert braces.markup("a < b & {{ x | default: 'y' }}") == "a &lt; b &amp; {{ x | default: 'y' }}"


def test_a_tag_lost_on_the_way_through_mjml_is_an_error() -> None:
    guard = braces.Guard()
    protected = guard.protect("<a>{{ x }}</a>{{ y }}")

    with pytest.raises(braces.TagsLost, match=r"\{\{ y \}\}"):
        guard.restore(protected.partition("</a>")[0])


def test_rich_text_is_read_into_paragraphs_and_only_what_mails_know_survives() -> None:
    html = (
        '<p>Uno <b>due</b><script>x()</script> <a linktype="page" id="3">tre</a></p>'
        "<ul><li>quattro<ol><li>cinque</li></ol></li><li>sei</li></ul><h2>sette<br/>otto</h2><p> </p>"
    )

    found = richtext.read(html)

    assert [(p.source, p.list_kind, p.depth, p.number) for p in found] == [
        ("Uno due tre", "", 0, 0),
        ("quattro", "ul", 1, 1),
        ("cinque", "ol", 2, 1),
        ("sei", "ul", 1, 2),
        ("sette\notto", "", 0, 0),
    ]
    assert [run.style.link for run in found[0].runs] == [None, None, None, ("page", "3")]
    assert [run.style.is_bold for run in found[0].runs] == [False, True, False, False]


def test_paragraphs_inside_an_item_are_its_lines() -> None:
    found = richtext.read("<ul><li><p>uno</p><p>due</p><ul><li><p>tre</p></li></ul></li></ul><p>quattro</p>")

    assert [(p.source.strip(), p.depth, p.number) for p in found] == [
        ("uno\ndue", 1, 1),
        ("tre", 2, 1),
        ("quattro", 0, 0),
    ]


def test_formatting_inside_braces_is_noticed() -> None:
    (cut,) = richtext.read("<p>Ciao {{ person.<b>name</b> }}</p>")
    (whole,) = richtext.read("<p>Ciao <b>{{ person.name }}</b></p>")

    assert cut.has_cut_tag()
    assert not whole.has_cut_tag()
