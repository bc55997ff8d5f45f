"""How events and things are named in the outline's sentences."""

from django.utils.translation import gettext as _

from campaigns.journeys.graph import Thing, plain
from campaigns.journeys.known import Known
from subscribers.models import Kind

# What an event of a kind happens to, for the editor's lists. Others carry no thing that can be chosen.
THINGS: dict[str, tuple[str, ...]] = {
    Kind.LINK_CLICKED: ("page", "resource", "topic"),
    Kind.PAGE_READ: ("page", "topic"),
    Kind.PAGE_SHARED: ("page", "resource", "topic"),
    Kind.RESOURCE_GRANTED: ("resource", "topic"),
    Kind.RESOURCE_DOWNLOADED: ("resource", "topic"),
    Kind.CONSENT_CONFIRMED: ("purpose",),
    Kind.CONSENT_WITHDRAWN: ("purpose",),
    Kind.JOURNEY_ENTERED: ("journey",),
    Kind.JOURNEY_ENDED: ("journey",),
}
OF_JOURNEYS = (Kind.JOURNEY_ENTERED, Kind.JOURNEY_ENDED)  # told by ourselves: no person did them, and they count
# What a person does or what happens to them that a journey may wait for. The rest is our own bookkeeping,
# or (mail.opened) is done by machines.
ASKABLE = (
    Kind.LINK_CLICKED,
    Kind.PAGE_READ,
    Kind.PAGE_SHARED,
    Kind.RESOURCE_GRANTED,
    Kind.RESOURCE_DOWNLOADED,
    Kind.CONSENT_CONFIRMED,
    Kind.TOPICS_CHOSEN,
    Kind.PREFERENCE_CHANGED,
    Kind.JOURNEY_ENTERED,
    Kind.JOURNEY_ENDED,
)


def is_event(kind: str) -> bool:
    """Whether events of this kind exist."""
    return kind in Kind.values or kind.startswith("custom.")


def event(kind: str) -> str:
    """The kind in words: "clicked"."""
    return str(Kind(kind).label) if kind in Kind.values else kind


def thing(what: Thing, known: Known) -> str:
    """Its name; empty where it is not known (any more)."""
    key = plain(what.key)
    if what.kind == "journey":
        journey = known.journeys.get(int(what.key)) if what.key.isdigit() else None
        return journey.name if journey else ""
    tables = {"page": {**known.pages, **known.resources}, "resource": known.resources, "topic": known.topics}
    if what.kind == "purpose":
        return known.purposes.get(what.key, "")
    return tables[what.kind].get(key, "") if what.kind in tables else what.key


def act(kind: str, what: Thing | None, known: Known) -> str:
    """An act in words: "clicked “The long walk”", "clicked something about Weaving"."""
    if not kind:
        return _("something, not said yet")
    if what is None:
        return _("%(event)s anything") % {"event": event(kind)} if THINGS.get(kind) else event(kind)
    name = thing(what, known) or what.key
    if what.kind == "topic":
        return _("%(event)s something about “%(name)s”") % {"event": event(kind), "name": name}
    return _("%(event)s “%(name)s”") % {"event": event(kind), "name": name}
