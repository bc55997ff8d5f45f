"""Rules that name other segments: what those say, and circles refused."""

from itertools import count

from django.utils.translation import gettext as _

from subscribers.models import Segment
from subscribers.segments.rules import All, Any, InSegment, Not, Rule, RuleError, parse

MAX_CONDITIONS = 300  # of a rule with all it names: segments that name each other twice grow without end


def expanded(rule: Rule, *, inside: int | None = None) -> Rule:
    """The same rule with the rules of the segments it names in their place.

    `inside` is the id of the segment that the rule belongs to or will be saved under.
    Raises: RuleError for a segment that is gone, cannot be read, leads back to itself, or makes it endless.
    """
    return _Expansion().of(rule, (inside,) if inside else ())


class _Expansion:
    def __init__(self) -> None:
        self.counter = count(1)

    def of(self, rule: Rule, above: tuple[int, ...]) -> Rule:
        if next(self.counter) > MAX_CONDITIONS:
            raise RuleError("in_segment", _("with all that it names, the rule is too long"))
        if isinstance(rule, All | Any):
            return type(rule)(tuple(self.of(part, above) for part in rule.parts))
        if isinstance(rule, Not):
            return Not(self.of(rule.part, above))
        if isinstance(rule, InSegment):
            return self.of(_rule_of(rule.segment_id, above), (*above, rule.segment_id))
        return rule


def _rule_of(segment_id: int, above: tuple[int, ...]) -> Rule:
    if segment_id in above:
        raise RuleError("in_segment", _("segment %(id)s leads back to itself") % {"id": segment_id})
    segment = Segment.objects.filter(pk=segment_id).first()
    if segment is None:
        raise RuleError("in_segment", _("segment %(id)s is gone") % {"id": segment_id})
    return parse(segment.rule)
