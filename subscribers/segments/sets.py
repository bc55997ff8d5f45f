"""A rule as a queryset of people. The ORM writes the SQL: names are fixed, values travel as parameters."""

from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_

from django.db import OperationalError, connection, models, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from subscribers import decay
from subscribers.models import Event, Facts, Permission, State, Subscriber
from subscribers.segments import references
from subscribers.segments.deeds import counted
from subscribers.segments.rules import MAILS, PAGES, Agreed, All, Any, Chose, Did, Field, Not, Rule, Topic

COUNT_SECONDS = 5.0  # the builder asks with each change: better no number than a busy database
LEVEL = "3"  # place in a row of `Facts.affinity`


class TooSlow(Exception):
    """A count took longer than it may; nothing is wrong with the rule."""


def matching(rule: Rule, *, now: datetime) -> QuerySet[Subscriber]:
    """The people of a rule, without those who were erased. Lazy.

    Raises: RuleError where the rule names a segment that cannot be read.
    """
    condition = _condition(references.expanded(rule), now)
    return Subscriber.objects.exclude(state=State.ERASED).filter(condition)


def count(rule: Rule, *, now: datetime, seconds: float = COUNT_SECONDS) -> int:
    """How many people the rule describes. Raises: TooSlow after `seconds`; RuleError as `matching`."""
    people = matching(rule, now=now)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
            return people.count()
    except OperationalError as error:
        if "statement timeout" in str(error):
            raise TooSlow from error
        raise


def _condition(rule: Rule, now: datetime) -> Q:
    if isinstance(rule, All):
        return reduce(and_, (_condition(part, now) for part in rule.parts))
    if isinstance(rule, Any):
        return reduce(or_, (_condition(part, now) for part in rule.parts))
    if isinstance(rule, Not):
        return ~_condition(rule.part, now)
    return _single(rule, now)


def _single(rule: Rule, now: datetime) -> Q:
    """Each condition is true or false, never NULL: `not` turns it round."""
    match rule:
        case Did():
            return _did(rule, now)
        case Field():
            return _field(rule)
        case Agreed():
            given = Permission.objects.filter(purpose__key=rule.purpose, is_given=True)
            return Q(Exists(given.filter(subscriber_id=OuterRef("pk"))))
        case Topic():
            return Q(Exists(_warm(rule, now).filter(subscriber_id=OuterRef("pk"))))
        case Chose():
            chosen = Subscriber.topics.through.objects.filter(topic__translation_key=rule.key)
            return Q(Exists(chosen.filter(subscriber_id=OuterRef("pk"))))
    raise TypeError(f"{type(rule).__name__} was to be expanded")


def _did(rule: Did, now: datetime) -> Q:
    acts = deeds(rule, now)
    if rule.times == 1:
        return Q(Exists(acts.filter(subscriber_id=OuterRef("pk"))))
    often = acts.values("subscriber_id").annotate(n=Count("pk")).filter(n__gte=rule.times)
    return Q(pk__in=often.values("subscriber_id"))


def deeds(rule: Did, now: datetime) -> QuerySet[Event]:
    """The events that a condition speaks of, of anybody."""
    acts = Event.objects.order_by().filter(
        kind=rule.kind, evidence__in=counted(rule.kind), subscriber_id__isnull=False, occurred_at__lte=now
    )
    if rule.within_days is not None:
        acts = acts.filter(occurred_at__gt=now - timedelta(days=rule.within_days))
    if rule.topic:
        acts = acts.filter(payload__topics__contains=[rule.topic])
    if rule.object_kind in PAGES:
        return acts.filter(payload__translation=rule.object_key)
    if rule.object_kind in MAILS:
        itself = Q(object_kind=rule.object_kind, object_key=rule.object_key)
        return acts.filter(itself | Q(**{f"payload__{rule.object_kind}": int(rule.object_key)}))
    if rule.object_kind:
        return acts.filter(object_kind=rule.object_kind, object_key=rule.object_key)
    return acts


def _field(rule: Field) -> Q:
    if rule.attribute is None:
        return Q(**{f"{rule.name}__in": rule.values})
    return reduce(or_, (Q(attributes__contains={rule.attribute: wanted}) for wanted in rule.values))


def _warm(rule: Topic, now: datetime) -> QuerySet[Facts]:
    level: Combinable = KeyTextTransform(LEVEL, KeyTransform(rule.key, "affinity"))
    return Facts.objects.annotate(level=Cast(level, models.FloatField())).filter(
        level__gte=decay.waterline(rule.at_least, now)
    )
