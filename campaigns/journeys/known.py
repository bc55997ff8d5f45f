"""What the graphs of this installation may name: emails, pages, topics, segments, other journeys; values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class KnownEmail:
    """An email as a journey chooses it: by name, in all its languages."""

    name: str
    published: frozenset[str] = frozenset()  # codes of the languages in which it can be sent


@dataclass(frozen=True, slots=True)
class KnownJourney:
    """Another journey."""

    name: str
    is_open: bool = True  # lets people in


@dataclass(frozen=True, slots=True)
class Known:
    """Names by key. Pages, resources and topics by translation key, hex without dashes."""

    emails: Mapping[str, KnownEmail] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    purposes: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[int, str] = field(default_factory=dict)
    journeys: Mapping[int, KnownJourney] = field(default_factory=dict)
    languages: Mapping[str, str | Promise] = field(default_factory=dict)  # code → name
    loop_min_seconds: int = 0
