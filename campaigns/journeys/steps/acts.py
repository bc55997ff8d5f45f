"""What steps that ask after a person's acts share: which acts count, and how that is said."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.journeys import naming
from campaigns.journeys.graph import Act, Graph, Step, read_thing
from campaigns.journeys.known import Known
from campaigns.journeys.position import Facts


def counting(step: Step, acts: tuple[Act, ...], since: datetime, after: datetime | None = None) -> Iterator[Act]:
    """The acts the step asks after, oldest first: not before `since`, later than `after`.

    `settings`: event, object (may be missing: anything), in_mail (id of a mail step; "": any mail).
    """
    thing, mail = read_thing(step.settings.get("object")), step.settings.get("in_mail")
    for act in acts:
        if act.kind != step.settings.get("event") or act.occurred_at < since or (after and act.occurred_at <= after):
            continue
        if (thing is None or thing.fits(act)) and (not mail or act.step == mail):
            yield act


def since(step: Step, facts: Facts, otherwise: datetime) -> datetime:
    """When the acts begin to count: the newest entry into the step named by `since` or `in_mail`."""
    named = step.settings.get("since") or step.settings.get("in_mail") or ""
    return facts.entered.get(named, otherwise)


def seen(act: Act) -> dict[str, object]:
    """What a passage keeps of the act that decided it."""
    values = {
        "event": act.event_id,
        "kind": act.kind,
        "object_kind": act.object_kind,
        "object_key": act.object_key,
        "translation": act.translation,
        "title": act.title,
        "url": act.url,
        "grant": act.grant,
    }
    return {name: value for name, value in values.items() if value}


def problems(step: Step, graph: Graph, known: Known) -> Iterator[str]:
    """What is missing or cannot be."""
    event = str(step.settings.get("event") or "")
    if not event:
        yield _("Say what must happen.")
    elif not naming.is_event(event):
        yield _("“%(event)s” is nothing that can happen: choose another.") % {"event": event}
    thing = read_thing(step.settings.get("object"))
    if thing is not None and not naming.thing(thing, known):
        yield _("What it asks after is not there any more: choose another.")
    for name in ("since", "in_mail"):
        other = step.settings.get(name)
        if other and other not in graph.by_id:
            yield _("It counts from a step that is not there any more: choose another.")


def words(step: Step, graph: Graph, known: Known) -> str:
    """ "clicked “The long walk” in the mail of step 1", "read anything since step 2"."""
    event, thing = str(step.settings.get("event") or ""), read_thing(step.settings.get("object"))
    said = naming.act(event, thing, known)
    mail, start = step.settings.get("in_mail"), step.settings.get("since")
    if mail and mail in graph.by_id:
        said = _("%(act)s in the mail of step %(number)d") % {"act": said, "number": graph.number(mail)}
    if start and start in graph.by_id:
        said = _("%(act)s since step %(number)d") % {"act": said, "number": graph.number(start)}
    return said
