"""Segment rules: read or refused with the place; sets and one person always agree; said in words."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers import decay, events, facts
from subscribers.events import NewEvent
from subscribers.models import Evidence, Kind, Segment, State, Subscriber
from subscribers.segments import one, references, rules, sets, words
from subscribers.segments.rules import All, Did, Field, Not, RuleError, parse
from tests.factories import content
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SQLI = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "hostile-input" / "sqli.txt"
TOPICS = [UUID(int=n).hex for n in (1, 2, 3)]
PAGES = [UUID(int=n).hex for n in (11, 12)]


def test_a_tree_is_read() -> None:
    tree = {
        "all": [
            {
                "did": "link.clicked",
                "object": {"kind": "page", "key": str(UUID(int=11))},
                "times": 2,
                "within_days": 30,
            },
            {"not": {"field": "attributes.shop", "in": ["yes", 1, True]}},
        ]
    }

    assert parse(tree) == All(
        (
            Did("link.clicked", "page", PAGES[0], times=2, within_days=30.0),
            Not(Field("attributes.shop", ("yes", 1, True))),
        )
    )


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        (None, ""),
        ([], ""),
        ({}, ""),
        ("1=1) UNION SELECT", ""),
        ({"all": []}, "all"),
        ({"all": {"did": "noted"}}, "all"),
        ({"all": [{"did": "noted"}, {}]}, "all[1]"),
        ({"any": [{"all": [{"not": {"did": "nothing"}}]}]}, "any[0].all[0].not.did"),
        ({"did": "link.clicked", "agreed": "tracking"}, ""),
        ({"did": "link.clicked", "sql": "1=1"}, ""),
        ({"did": ["link.clicked"]}, "did"),
        ({"did": "link.clicked", "times": 0}, "did.times"),
        ({"did": "link.clicked", "times": True}, "did.times"),
        ({"did": "link.clicked", "times": 1.5}, "did.times"),
        ({"did": "link.clicked", "within_days": "30; drop"}, "did.within_days"),
        ({"did": "link.clicked", "within_days": -1}, "did.within_days"),
        ({"did": "link.clicked", "object": "page"}, "did.object"),
        ({"did": "link.clicked", "object": {"kind": "table", "key": "1"}}, "did.object.kind"),
        ({"did": "link.clicked", "object": {"kind": "page", "key": "12"}}, "did.object.key"),
        ({"did": "link.clicked", "object": {"kind": "mailing", "key": "1 or 1"}}, "did.object.key"),
        ({"field": "password", "is": "x"}, "field"),
        ({"field": "address", "is": "x"}, "field"),
        ({"field": "locale__contains", "is": "x"}, "field"),
        ({"field": "attributes.a'||pg_sleep(9)--", "is": "x"}, "field"),
        ({"field": "attributes.x__contains", "is": {"a": 1}}, "field"),
        ({"field": "locale"}, "field"),
        ({"field": "locale", "is": 1}, "field"),
        ({"field": "locale", "like": "%"}, ""),
        ({"field": "attributes.n", "is": float("nan")}, "field"),
        ({"field": "attributes.n", "is": float("inf")}, "field"),
        ({"field": "attributes.n", "is": None}, "field"),
        ({"field": "attributes.n", "is": "x\0"}, "field"),
        ({"agreed": "x" * 300}, "agreed"),
        ({"topic": "not a key"}, "topic"),
        ({"topic": TOPICS[0], "at_least": 0}, "topic.at_least"),
        ({"in_segment": "1"}, "in_segment"),
        ({"in_segment": -1}, "in_segment"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(tree: object, path: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse(tree)

    assert refusal.value.path == path
    assert refusal.value.message


def test_deep_and_long_rules_are_refused() -> None:
    deep: object = {"did": "noted"}
    for _ in range(50):
        deep = {"not": deep}

    for tree in (deep, {"any": [{"did": "noted"}] * 100}):
        with pytest.raises(RuleError):
            parse(tree)


@pytest.mark.django_db
def test_no_injection_of_the_corpus_gets_further_than_a_value() -> None:
    if not SQLI.exists():
        pytest.skip("sqli.txt is not at hand")
    people.subscriber(attributes={"shop": "yes"})
    lines = SQLI.read_text(encoding="utf-8", errors="replace").splitlines()
    assert len(lines) > 150

    for line in lines:
        for tree in (
            {"did": line},
            {"did": "noted", line: 1},
            {"did": "noted", "object": {"kind": line, "key": "1"}},
            {"field": line, "is": "x"},
            {"field": f"attributes.{line}", "is": "x"},
            {"topic": line},
            {line: "x"},
            line,
        ):
            with pytest.raises(RuleError):
                parse(tree)
        as_values = [{"field": "locale", "is": line}, {"field": "attributes.shop", "is": line}, {"agreed": line}]
        for tree in as_values:
            if line and line.isprintable() and len(line) <= rules.MAX_TEXT:
                assert sets.count(parse(tree), now=NOW) == 0


keys = st.sampled_from([*PAGES, *TOPICS])
leaves = st.one_of(
    st.fixed_dictionaries(
        {
            "did": st.sampled_from(
                [Kind.PAGE_READ, Kind.LINK_CLICKED, Kind.NOTED, Kind.CONSENT_CONFIRMED, "custom.order"]
            )
        },
        optional={
            "object": st.one_of(
                st.fixed_dictionaries({"kind": st.sampled_from(["page", "resource"]), "key": st.sampled_from(PAGES)}),
                st.fixed_dictionaries(
                    {"kind": st.sampled_from(["delivery", "mailing", "link"]), "key": st.sampled_from(["1", "2"])}
                ),
            ),
            "topic": st.sampled_from(TOPICS),
            "times": st.integers(1, 3),
            "within_days": st.sampled_from([1, 7, 30, 0.5]),
        },
    ),
    st.builds(
        lambda name, values: {"field": name, "in": values},
        st.sampled_from(["locale", "role", "stage", "frequency", "state", "source", "zone"]),
        st.lists(
            st.sampled_from(["it", "en", "", "maker", "ask", "aware", "active", "weekly"]), min_size=1, max_size=3
        ),
    ),
    st.builds(
        lambda name, value: {"field": f"attributes.{name}", "is": value},
        st.sampled_from(["shop", "n"]),
        st.sampled_from(["yes", "1", 1, 1.0, True, False, 0, ""]),
    ),
    st.builds(lambda key: {"agreed": key}, st.sampled_from(["tracking", "profiling"])),
    st.builds(
        lambda key, at_least: {"topic": key, "at_least": at_least},
        st.sampled_from(TOPICS),
        st.sampled_from([0.25, 0.5, 1, 2, 2.5]),
    ),
    st.builds(lambda key: {"chose": key}, st.sampled_from(TOPICS)),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
).filter(lambda tree: _depth(tree) <= rules.MAX_DEPTH)


def _depth(tree: dict) -> int:
    inner = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else [])
    return 1 + max((_depth(part) for part in inner), default=0)


def crowd(seed: int) -> list[Subscriber]:
    """People of every sort, with pasts of every sort, their facts worked out."""
    chance = random.Random(seed)
    profiling = people.purpose("profiling", kind="profiling")
    locale = content.Locale.objects.get(language_code="it")
    topics = [content.topic(locale, f"Tema {n}", translation_key=UUID(key)) for n, key in enumerate(TOPICS)]
    made = []
    for _ in range(40):
        attributes = chance.choice(
            [{}, {"shop": "yes"}, {"n": 1, "shop": True}, {"n": "1"}, {"n": None}, {"n": 0, "shop": ["yes"]}]
        )
        person = people.subscriber(
            locale=chance.choice(["it", "en"]),
            role=chance.choice(["", "maker"]),
            frequency=chance.choice(["each", "weekly"]),
            state=chance.choice([State.ACTIVE, State.WAITING]),
            zone=chance.choice(["", "Asia/Tokyo"]),
            attributes=attributes,
        )
        people.agreed(person, *chance.sample([people.tracking(), profiling], chance.randrange(3)))
        person.topics.set(chance.sample(topics, chance.randrange(3)))
        made.append(person)
    events.record_many([deed(chance.choice(made), chance) for _ in range(400)], now=NOW)
    while facts.process(100, now=NOW):
        pass
    return made


def deed(person: Subscriber, chance: random.Random) -> NewEvent:
    payload: dict[str, object] = {"translation": chance.choice(PAGES)}
    if chance.random() < 0.6:
        payload["topics"] = chance.sample(TOPICS, chance.randrange(1, 3))
    if chance.random() < 0.4:
        payload |= {"delivery": chance.choice([1, 2, "1", True]), "mailing": chance.choice([1, 2])}
    return NewEvent(
        kind=chance.choice([Kind.PAGE_READ, Kind.LINK_CLICKED, Kind.NOTED, Kind.CONSENT_CONFIRMED, "custom.order"]),
        subscriber_id=chance.choice([person.pk, None]) if chance.random() < 0.1 else person.pk,
        occurred_at=NOW - timedelta(hours=chance.choice([0, 1, 12, 24, 7 * 24, 30 * 24, chance.randrange(2000), -5])),
        source="site",
        evidence=chance.choice([Evidence.HUMAN, Evidence.HUMAN, *Evidence.values]),
        object_kind=chance.choice(["page", "link", "delivery", ""]),
        object_key=chance.choice(["1", "2"]),
        payload=payload,
    )


@pytest.mark.django_db
@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(trees, st.sampled_from([0, 3, 29]))
def test_sets_and_one_person_always_agree(tree: dict, days: int) -> None:
    later = NOW + timedelta(days=days)
    if not Subscriber.objects.exists():
        crowd(7)
    rule = parse(json.loads(json.dumps(tree)))
    ids = list(Subscriber.objects.values_list("pk", flat=True))

    found = set(sets.matching(rule, now=later).values_list("pk", flat=True))

    views = one.many(ids, now=later, rules=[rule])
    assert {pk for pk in ids if one.matches(rule, views[pk], now=later)} == found


@pytest.mark.django_db
def test_each_kind_of_condition_tells_some_people_from_others() -> None:
    """The property test above would hold for a rule that describes nobody: here each describes some."""
    crowd(7)
    n_all = Subscriber.objects.count()

    for tree in (
        {"did": "page.read"},
        {"did": "page.read", "times": 3},
        {"did": "page.read", "topic": TOPICS[0], "within_days": 30},
        {"did": "link.clicked", "object": {"kind": "page", "key": PAGES[0]}},
        {"did": "link.clicked", "object": {"kind": "mailing", "key": "1"}},
        {"did": "page.read", "object": {"kind": "link", "key": "1"}},
        {"field": "locale", "is": "it"},
        {"field": "stage", "in": ["ask", "appeal"]},
        {"field": "attributes.n", "is": 1},
        {"agreed": "tracking"},
        {"topic": TOPICS[0], "at_least": 1},
        {"chose": TOPICS[1]},
    ):
        assert 0 < sets.count(parse(tree), now=NOW) < n_all, tree


@pytest.mark.django_db
def test_interest_fades() -> None:
    person = people.subscriber()
    act = NewEvent(
        kind=Kind.PAGE_READ,
        subscriber_id=person.pk,
        occurred_at=NOW,
        source="site",
        evidence=Evidence.HUMAN,
        payload={"topics": [TOPICS[0]]},
    )
    events.record_many([act], now=NOW)
    facts.process(10, now=NOW)
    rule = parse({"topic": TOPICS[0], "at_least": 0.5})

    assert sets.count(rule, now=NOW + decay.HALF_LIFE - timedelta(minutes=1)) == 1
    assert sets.count(rule, now=NOW + decay.HALF_LIFE + timedelta(minutes=1)) == 0


@pytest.mark.django_db
def test_the_erased_are_in_no_segment() -> None:
    Subscriber.objects.create(state=State.ERASED)
    rule = parse({"not": {"did": "noted"}})

    assert sets.count(rule, now=NOW) == 0
    assert not one.matches(rule, one.view(Subscriber.objects.get().pk, now=NOW), now=NOW)


@pytest.mark.django_db
@translation.override("en")
def test_a_segment_may_name_another_but_never_itself() -> None:
    readers = Segment.objects.create(name="Readers", rule={"field": "locale", "is": "it"})
    outer = Segment.objects.create(name="Outer", rule={"not": {"in_segment": readers.pk}})
    people.subscriber(locale="it")
    other = people.subscriber(locale="en")
    rule = parse({"in_segment": outer.pk})

    assert list(sets.matching(rule, now=NOW)) == [other]
    assert one.matches(rule, one.view(other.pk, now=NOW), now=NOW)

    with pytest.raises(RuleError, match="leads back"):
        references.expanded(rule, inside=readers.pk)
    Segment.objects.filter(pk=readers.pk).update(rule={"in_segment": outer.pk})
    with pytest.raises(RuleError, match="leads back"):
        sets.matching(rule, now=NOW)
    with pytest.raises(RuleError, match="is gone"):
        sets.matching(parse({"in_segment": 10**12}), now=NOW)


@pytest.mark.django_db
@translation.override("en")
def test_segments_that_double_each_other_are_refused() -> None:
    inner = Segment.objects.create(name="0", rule={"field": "locale", "is": "it"})
    for number in range(1, 12):
        inner = Segment.objects.create(
            name=str(number), rule={"all": [{"in_segment": inner.pk}, {"in_segment": inner.pk}]}
        )

    with pytest.raises(RuleError, match="too long"):
        sets.matching(parse({"in_segment": inner.pk}), now=NOW)


def test_a_count_that_takes_too_long_is_given_up_and_the_next_one_works(committed: None) -> None:
    people.subscriber(locale="it")
    rule = parse({"field": "locale", "is": "it"})
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("LOCK TABLE subscribers_subscriber IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(sets.TooSlow):
            sets.count(rule, now=NOW, seconds=0.2)
        other.rollback()

    assert sets.count(rule, now=NOW, seconds=0.2) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("n_people", [1, 3])
def test_views_take_the_same_number_of_queries_for_one_person_and_for_three(
    n_people: int, django_assert_num_queries: object
) -> None:
    ids = [people.subscriber().pk for _ in range(n_people)]

    with django_assert_num_queries(5):
        assert len(one.many(ids, now=NOW)) == n_people


@pytest.mark.django_db
def test_a_view_for_a_rule_loads_only_what_the_rule_asks_for(django_assert_num_queries: object) -> None:
    person = people.subscriber()
    rule = parse({"all": [{"did": "page.read", "within_days": 30}, {"field": "locale", "is": "it"}]})

    with django_assert_num_queries(2):
        seen = one.view(person.pk, now=NOW, rules=[rule])

    assert not one.matches(rule, seen, now=NOW)


@pytest.mark.django_db
def test_a_rule_is_said_in_words() -> None:
    italian = content.Locale.objects.get(language_code="it")
    topic = content.topic(italian, "Il giro")
    article = content.article(italian, "La coda che non pesa")
    segment = Segment.objects.create(name="Silent ones", rule={})
    rule = parse(
        {
            "all": [
                {
                    "did": "link.clicked",
                    "object": {"kind": "page", "key": str(article.translation_key)},
                    "times": 2,
                    "within_days": 30,
                },
                {"any": [{"agreed": "tracking"}, {"topic": topic.translation_key.hex}]},
                {"not": {"in_segment": segment.pk}},
                {"not": {"any": [{"field": "state", "is": "active"}, {"all": [{"agreed": "tracking"}]}]}},
                {"field": "state", "is": "active"},
                {"did": "custom.order", "object": {"kind": "page", "key": PAGES[0]}},
            ]
        }
    )

    with translation.override("en"):
        said = words.sentence(rule)

    assert said == (
        "clicked “La coda che non pesa” at least 2 times in the last 30 days and "
        "(agreed to “Reading and clicks” or interested in “Il giro” (at least 0.5)) and "
        "not: in the segment “Silent ones” and not: (state is Active or agreed to “Reading and clicks”) and "
        "state is Active and “order” “a page that is gone”"
    )


@pytest.mark.django_db
def test_numbers_and_languages_are_said_as_the_reader_of_the_words_says_them() -> None:
    topic = content.topic(content.Locale.objects.get(language_code="it"), "Il giro")
    rule = parse({"all": [{"field": "locale", "is": "en"}, {"topic": topic.translation_key.hex, "at_least": 0.5}]})
    said = {}
    for language in ("en", "it"):
        with translation.override(language):
            said[language] = words.sentence(rule)

    assert said["en"] == "language is English and interested in “Il giro” (at least 0.5)"
    assert said["it"] == "lingua è inglese e si interessa a «Il giro» (almeno 0,5)"
