"""A rule held against one person: what `sets` asks of the database, asked of values.

A view is a plain value: it can be stored, invented, or made from the past.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from subscribers import decay
from subscribers.models import Event, Facts, Permission, State, Subscriber
from subscribers.segments import references
from subscribers.segments.deeds import counted
from subscribers.segments.rules import (
    MAILS,
    PAGES,
    Agreed,
    All,
    Any,
    Chose,
    Did,
    Field,
    Not,
    Rule,
    Topic,
    Value,
)

COLUMNS = ("locale", "role", "stage", "frequency", "state", "source", "zone")


@dataclass(frozen=True, slots=True)
class Deed:
    """One event of a person, as far as rules ask."""

    kind: str
    at: datetime
    evidence: str
    object_kind: str = ""
    object_key: str = ""
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonView:
    """What rules can ask of a person."""

    subscriber_id: int
    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, object] = field(default_factory=dict)
    agreed: frozenset[str] = frozenset()  # keys of purposes
    levels: Mapping[str, float] = field(default_factory=dict)  # topic: level of interest, see `decay.level`
    chose: frozenset[str] = frozenset()  # translation keys of topics
    deeds: Sequence[Deed] = ()  # all that happened, or at least all that the rules at hand ask for


def view(subscriber_id: int, *, now: datetime, rules: Collection[Rule] | None = None) -> PersonView:
    """What is known of one person at `now`. Raises: Subscriber.DoesNotExist.

    With `rules` only what these ask for is loaded, one round trip for each sort of thing; without, everything in five.
    """
    views = many([subscriber_id], now=now, rules=rules)
    if not views:
        raise Subscriber.DoesNotExist(f"no subscriber {subscriber_id}")
    return views[subscriber_id]


def many(ids: Sequence[int], *, now: datetime, rules: Collection[Rule] | None = None) -> dict[int, PersonView]:
    """The views of many people by the same number of round trips; people who are gone are left out."""
    leaves = None if rules is None else [leaf for rule in rules for leaf in _leaves(references.expanded(rule))]

    def is_asked(kind: type[Rule]) -> bool:
        return leaves is None or any(isinstance(leaf, kind) for leaf in leaves)

    people = Subscriber.objects.filter(pk__in=ids).values("pk", "attributes", *COLUMNS)
    agreed = _pairs(Permission.objects.filter(is_given=True), "purpose__key", ids) if is_asked(Agreed) else {}
    chose = _pairs(Subscriber.topics.through.objects, "topic__translation_key", ids) if is_asked(Chose) else {}
    levels = _levels(ids) if is_asked(Topic) else {}
    deeds = _deeds(ids, now, None if leaves is None else [leaf for leaf in leaves if isinstance(leaf, Did)])
    return {
        row["pk"]: PersonView(
            subscriber_id=row["pk"],
            fields={name: row[name] for name in COLUMNS},
            attributes=row["attributes"],
            agreed=frozenset(agreed.get(row["pk"], ())),
            levels=levels.get(row["pk"], {}),
            chose=frozenset(key.hex for key in chose.get(row["pk"], ())),
            deeds=tuple(deeds.get(row["pk"], ())),
        )
        for row in people
    }


def _levels(ids: Sequence[int]) -> dict[int, dict[str, float]]:
    rows = Facts.objects.filter(pk__in=ids).values_list("pk", "affinity")
    return {pk: {topic: warmth[3] for topic, warmth in affinity.items()} for pk, affinity in rows}


def _pairs(rows: object, column: str, ids: Sequence[int]) -> dict[int, list]:
    found: dict[int, list] = {}
    for pk, value in rows.filter(subscriber_id__in=ids).values_list("subscriber_id", column):  # type: ignore[attr-defined]
        found.setdefault(pk, []).append(value)
    return found


def _deeds(ids: Sequence[int], now: datetime, asked: Sequence[Did] | None) -> dict[int, list[Deed]]:
    """What these people did: all of it, or what is asked for."""
    events = Event.objects.filter(subscriber_id__in=ids, occurred_at__lte=now).order_by()
    if asked is not None:
        if not asked:
            return {}
        events = events.filter(kind__in={did.kind for did in asked})
        if all(did.within_days is not None for did in asked):
            longest = max(did.within_days or 0 for did in asked)
            events = events.filter(occurred_at__gt=now - timedelta(days=longest))
    found: dict[int, list[Deed]] = {}
    columns = ("kind", "occurred_at", "evidence", "object_kind", "object_key", "payload")
    for pk, *values in events.values_list("subscriber_id", *columns):
        found.setdefault(pk or 0, []).append(Deed(*values))
    return found


def _leaves(rule: Rule) -> Iterator[Rule]:
    """The single conditions of a rule, in all its parts."""
    if isinstance(rule, All | Any):
        for part in rule.parts:
            yield from _leaves(part)
    elif isinstance(rule, Not):
        yield from _leaves(rule.part)
    else:
        yield rule


def matches(rule: Rule, person: PersonView, *, now: datetime) -> bool:
    """Whether the rule describes this person at `now`; the same answer as `sets.matching` gives.

    Looks into the database only where the rule names another segment: expand it once by `references`.
    """
    if person.fields.get("state") == State.ERASED:
        return False
    return _holds(references.expanded(rule), person, now)


def _holds(rule: Rule, person: PersonView, now: datetime) -> bool:
    if isinstance(rule, All):
        return all(_holds(part, person, now) for part in rule.parts)
    if isinstance(rule, Any):
        return any(_holds(part, person, now) for part in rule.parts)
    if isinstance(rule, Not):
        return not _holds(rule.part, person, now)
    return _is(rule, person, now)


def _is(rule: Rule, person: PersonView, now: datetime) -> bool:
    match rule:
        case Did():
            return _did(rule, person, now)
        case Field():
            return _has(rule, person)
        case Agreed():
            return rule.purpose in person.agreed
        case Topic():
            return rule.key in person.levels and person.levels[rule.key] >= decay.waterline(rule.at_least, now)
        case Chose():
            return rule.key in person.chose
    raise TypeError(f"{type(rule).__name__} was to be expanded")


def _did(rule: Did, person: PersonView, now: datetime) -> bool:
    n_found = 0
    for deed in person.deeds:
        n_found += _is_meant(rule, deed, now)
        if n_found >= rule.times:
            return True
    return False


def _is_meant(rule: Did, deed: Deed, now: datetime) -> bool:
    if deed.kind != rule.kind or deed.evidence not in counted(rule.kind) or deed.at > now:
        return False
    if rule.within_days is not None and deed.at <= now - timedelta(days=rule.within_days):
        return False
    topics = deed.payload.get("topics")
    if rule.topic and not (isinstance(topics, list) and rule.topic in topics):
        return False
    return _is_object(rule, deed)


def _is_object(rule: Did, deed: Deed) -> bool:
    if not rule.object_kind:
        return True
    if rule.object_kind in PAGES:
        return deed.payload.get("translation") == rule.object_key
    if (deed.object_kind, deed.object_key) == (rule.object_kind, rule.object_key):
        return True
    return rule.object_kind in MAILS and _same(deed.payload.get(rule.object_kind), int(rule.object_key))


def _has(rule: Field, person: PersonView) -> bool:
    if rule.attribute is None:
        return person.fields.get(rule.name) in rule.values
    return any(_same(person.attributes.get(rule.attribute), value) for value in rule.values)


def _same(one: object, other: Value) -> bool:
    """Equal as JSON is: 1 and 1.0 are the same, 1 and true are not, 1 and "1" are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return isinstance(one, str) and one == other
