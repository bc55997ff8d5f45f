"""Why a visit or a run came to its end, in words: rows keep short codes, people read sentences."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.journeys.graph import Graph
from campaigns.journeys.steps import KINDS
from campaigns.models import Passage
from subscribers.models import State

WORDS = {
    "event": gettext_lazy("they did it"),
    "limit": gettext_lazy("the time was over"),
    "by-hand": gettext_lazy("by hand"),
    "reader": gettext_lazy("the reader stopped it"),
    "rule": gettext_lazy("by the rule"),
    "end": gettext_lazy("arrived"),
    "left": gettext_lazy("left the journey"),
    "unsubscribed": gettext_lazy("withdrew what they had agreed to"),
    "journey ended": gettext_lazy("the journey was ended"),
    **{str(state): state.label for state in (State.ERASED, State.COMPLAINED, State.BLOCKED, State.BOUNCING)},
}


def words(code: str) -> str:
    """A code of `why` in words; what has no words is shown as it is."""
    if re.fullmatch(r"journey \d+", code):
        return _("went on in another journey")
    lap = re.fullmatch(r"lap (\d+) of (\d+)", code)
    if lap:
        return _("lap %(lap)s of %(most)s") % {"lap": lap[1], "most": lap[2]}
    return str(WORDS.get(code, code))


def of_passage(passage: Passage, graph: Graph) -> str:
    """The way taken and why: "as soon as it happens: they did it"; empty while the person stands there."""
    step = graph.by_id.get(passage.step)
    kind = KINDS.get(step.kind) if step else None
    labels = {edge.name: str(edge.label) for edge in kind.edges} if kind else {}
    way = labels.get(passage.outcome, "")
    why = words(passage.why or ("" if way else passage.outcome))
    return f"{way}: {why}" if way and why else way or why


def seen(passage: Passage) -> str:
    """What decided it: the title of the page, else the address; empty where nothing was seen."""
    return str(passage.seen.get("title") or passage.seen.get("url") or "")
