"""A rule as a sentence, in the language that is active: what stands under the builder and beside a journey's step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.utils.formats import get_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from wagtail.models import Page

from content.models import Topic as ContentTopic
from content.navigation import name_in_sentence
from subscribers.models import Frequency, Kind, Purpose, Segment, Stage, State
from subscribers.segments.rules import (
    PAGES,
    Agreed,
    All,
    Any,
    Chose,
    Did,
    Field,
    InSegment,
    Not,
    Rule,
    Topic,
    Value,
)


@dataclass(frozen=True)
class Names:
    """The titles of what a rule names, by key; whatever is gone is missing."""

    pages: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    purposes: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[int, str] = field(default_factory=dict)


def sentence(rule: Rule) -> str:
    """One sentence about people ("who …"), without a full stop. Up to four round trips for the titles."""
    return phrase(rule, names_of(rule))


def names_of(rule: Rule) -> Names:
    """The titles that the sentence needs, in the active language where there is one."""
    leaves = list(_leaves(rule))
    language = get_language() or "it"
    pages = {leaf.object_key for leaf in leaves if isinstance(leaf, Did) and leaf.object_kind in PAGES}
    topics = {leaf.key for leaf in leaves if isinstance(leaf, Topic | Chose)}
    topics |= {leaf.topic for leaf in leaves if isinstance(leaf, Did) and leaf.topic}
    purposes = {leaf.purpose for leaf in leaves if isinstance(leaf, Agreed)}
    segments = {leaf.segment_id for leaf in leaves if isinstance(leaf, InSegment)}
    return Names(
        pages=_titles(Page, "title", pages, language),
        topics=_titles(ContentTopic, "name", topics, language),
        purposes={one.key: one.title(language) for one in Purpose.objects.filter(key__in=purposes)} if purposes else {},
        segments=dict(Segment.objects.filter(pk__in=segments).values_list("pk", "name")) if segments else {},
    )


def _titles(model: type[Page] | type[ContentTopic], column: str, keys: set[str], language: str) -> dict[str, str]:
    """Titles by translation key; the active language's where there are several."""
    if not keys:
        return {}
    rows = model.objects.filter(translation_key__in=[UUID(key) for key in keys])
    found = rows.values_list("translation_key", "locale__language_code", column)
    return {key.hex: title for key, _code, title in sorted(found, key=lambda row: row[1] == language)}


def _leaves(rule: Rule) -> list[Rule]:
    if isinstance(rule, All | Any):
        return [leaf for part in rule.parts for leaf in _leaves(part)]
    return _leaves(rule.part) if isinstance(rule, Not) else [rule]


def phrase(rule: Rule, names: Names) -> str:
    """The sentence, with the titles given."""
    if isinstance(rule, All | Any):
        word = pgettext("joins conditions", "and") if isinstance(rule, All) else pgettext("joins conditions", "or")
        return f" {word} ".join(_inside(part, names) for part in rule.parts)
    if isinstance(rule, Not):
        return _("not: %(condition)s") % {"condition": _inside(rule.part, names)}
    return _single(rule, names)


def _inside(part: Rule, names: Names) -> str:
    """A condition within another: in brackets where it joins some itself."""
    said = phrase(part, names)
    return f"({said})" if isinstance(part, All | Any) and len(part.parts) > 1 else said


def _single(rule: Rule, names: Names) -> str:
    match rule:
        case Did():
            return _did(rule, names)
        case Field():
            return _("%(field)s is %(values)s") % {"field": _field(rule), "values": _values(rule)}
        case Agreed():
            return _("agreed to “%(purpose)s”") % {"purpose": names.purposes.get(rule.purpose, rule.purpose)}
        case Topic():
            return _("interested in “%(topic)s” (at least %(weight)s)") % {
                "topic": names.topics.get(rule.key, _("a topic that is gone")),
                "weight": _number(rule.at_least),
            }
        case Chose():
            return _("chose “%(topic)s”") % {"topic": names.topics.get(rule.key, _("a topic that is gone"))}
        case InSegment():
            return _("in the segment “%(name)s”") % {"name": names.segments.get(rule.segment_id, rule.segment_id)}
    raise TypeError(type(rule).__name__)


def _did(rule: Did, names: Names) -> str:
    words = [str(Kind(rule.kind).label) if rule.kind in Kind.values else f"“{rule.kind.removeprefix('custom.')}”"]
    if rule.object_kind in PAGES:
        words.append(f"“{names.pages.get(rule.object_key, _('a page that is gone'))}”")
    elif rule.object_kind:
        words.append(f"({rule.object_kind} {rule.object_key})")
    if rule.topic:
        words.append(_("about “%(topic)s”") % {"topic": names.topics.get(rule.topic, _("a topic that is gone"))})
    if rule.times > 1:
        words.append(ngettext("at least %(n)s time", "at least %(n)s times", rule.times) % {"n": rule.times})
    if rule.within_days is not None:
        n_days = _number(rule.within_days)
        words.append(ngettext("in the last %(n)s day", "in the last %(n)s days", int(rule.within_days)) % {"n": n_days})
    return " ".join(words)


LABELS: Mapping[str, type[Stage] | type[State] | type[Frequency]] = {
    "stage": Stage,
    "state": State,
    "frequency": Frequency,
}


def _field(rule: Field) -> str:
    titles = {
        "locale": _("language"),
        "role": _("role"),
        "stage": _("stage"),
        "frequency": _("frequency"),
        "state": _("state"),
        "source": _("source"),
        "zone": _("time zone"),
    }
    return titles.get(rule.name, f"“{rule.attribute}”")


def _values(rule: Field) -> str:
    shown = [_value(rule.name, value) for value in rule.values]
    return f" {pgettext('joins conditions', 'or')} ".join(shown)


def _value(name: str, value: Value) -> str:
    if name in LABELS and value in LABELS[name].values:
        return str(LABELS[name](value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    is_language = name == "locale" and value in dict(settings.LANGUAGES)
    return name_in_sentence(str(value)) if is_language else f"“{value}”"


def _number(value: float) -> str:
    """As short as it can be, with the comma or point of the active language."""
    return f"{value:g}".replace(".", get_format("DECIMAL_SEPARATOR"))
