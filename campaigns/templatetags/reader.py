"""What this room knows for the reader's own page: the paths they are on, how often a newsletter came."""

from django import template
from django.utils import timezone

from campaigns.why import often, paths
from subscribers.models import Frequency, Subscriber

register = template.Library()


@register.simple_tag
def paths_of(subscriber: Subscriber) -> list[paths.Way]:
    """The journeys the reader is on."""
    return paths.of(subscriber, now=timezone.now())


@register.simple_tag
def mails_a_month(subscriber: Subscriber) -> dict[int, int]:
    """{purpose id: mails a month}, as far as it can be said, for somebody who gets these newsletters."""
    counted = often.monthly(now=timezone.now())
    if subscriber.frequency != Frequency.WEEKLY:
        return counted
    return {purpose: min(n, often.WEEKS_OF_A_MONTH) for purpose, n in counted.items()}


@register.filter
def of(numbers: dict[int, int], key: int) -> int | None:
    """The number of this key; None where there is none."""
    return numbers.get(key)
