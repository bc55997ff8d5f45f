"""What an event was about, in words: the topics chosen, the preference changed, the page, the journey."""

from collections.abc import Mapping, Sequence

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from campaigns.models import Journey
from campaigns.office import words as office_words
from content import dates
from subscribers.home.leaving import REASONS
from subscribers.models import Event, Frequency, Kind


def words(events: Sequence[Event]) -> dict[int, str]:
    """{event id: what it was about}; empty where the kind says it all. At most three queries."""
    kinds = {event.kind for event in events}
    topics = office_words.topics() if Kind.TOPICS_CHOSEN in kinds else {}
    journeys = _journeys(events)
    forms = office_words.forms({str(event.payload.get("form")) for event in events if event.kind == Kind.SIGNUP_ASKED})
    said = {}
    for event in events:
        match event.kind:
            case Kind.TOPICS_CHOSEN:
                names = [topics[key] for key in event.payload.get("topics", ()) if key in topics]
                said[event.pk] = ", ".join(names) or _("no topic")
            case Kind.PREFERENCE_CHANGED:
                said[event.pk] = preference(event.payload)
            case Kind.JOURNEY_ENTERED | Kind.JOURNEY_ENDED:
                said[event.pk] = journeys.get(event.object_key, "")
            case Kind.SIGNUP_ASKED:
                said[event.pk] = forms.get(str(event.payload.get("form")), "")
            case Kind.LEAVING_EXPLAINED:
                reason = str(event.payload.get("reason", ""))
                said[event.pk] = str(REASONS.get(reason, reason))
            case _other:
                payload = event.payload
                said[event.pk] = str(payload.get("title") or payload.get("text") or payload.get("url") or "")
    return said


def preference(payload: Mapping[str, object]) -> str:
    """Which preference changed, and to what; empty where an old event does not say."""
    if payload.get("frequency") in Frequency.values:
        return _("how often: %(value)s") % {"value": Frequency(str(payload["frequency"])).label}
    if "locale" in payload:
        return _("language: %(value)s") % {"value": office_words.language(str(payload["locale"]))}
    if "paused_until" in payload:
        until = parse_datetime(str(payload["paused_until"])) if payload["paused_until"] else None
        return _("paused until %(day)s") % {"day": dates.written(until, "j F Y")} if until else _("the pause is over")
    changed = {"name": _("the name"), "address": _("the address")}
    return changed.get(str(payload.get("changed")), "")


def _journeys(events: Sequence[Event]) -> dict[str, str]:
    ids = {event.object_key for event in events if event.object_kind == "journey" and event.object_key.isdigit()}
    rows = Journey.objects.filter(pk__in=ids).values_list("pk", "name") if ids else ()
    return {str(pk): name for pk, name in rows}
