"""The sample's four journeys, live: a welcome and a round that go round, what follows a resource, a call from afar."""

from datetime import datetime
from typing import Any

from campaigns.journeys import templates, versions
from campaigns.journeys.durations import DAY
from campaigns.models import Journey
from campaigns.sample import letters, publication
from campaigns.sample.model import walks
from subscribers.models import Purpose

LIMIT_SECONDS = 120  # two of the journeys wait so short that they can be watched; the other two wait for days
REST_SECONDS = 60
NAMES = {
    walks.WELCOME: "Benvenuto",
    walks.RESOURCE: "Dopo una risorsa",
    walks.ROUND: "Che cosa ti serve adesso?",
    walks.AFAR: "Da lontano",
}


def make(emails: dict[str, str], now: datetime) -> dict[str, Journey]:
    """Draw the journeys, publish them, let people in from that moment; gives them by their names in the model."""
    purpose = Purpose.objects.get(key=letters.LETTER)
    graphs = {
        walks.WELCOME: welcome(emails),
        walks.RESOURCE: after_resource(emails),
        walks.ROUND: circle(emails),
        walks.AFAR: from_afar(emails),
    }
    return {name: _live(name, graph, purpose, now) for name, graph in graphs.items()}


def _live(name: str, graph: dict[str, Any], purpose: Purpose, now: datetime) -> Journey:
    journey = Journey.objects.create(name=NAMES[name], purpose=purpose, graph=graph, is_sample=True)
    journey.save_revision()
    versions.publish(journey, user=None, now=now)
    return journey


def after_resource(emails: dict[str, str]) -> dict[str, Any]:
    """Did you find it; deeper for those who go on, one minute for those who do not."""
    return templates.resource(
        emails["trovata"],
        emails["piu-a-fondo"],
        emails["in-un-minuto"],
        wait_seconds=REST_SECONDS,
        limit_seconds=LIMIT_SECONDS,
    )


def circle(emails: dict[str, str]) -> dict[str, Any]:
    """One question after a download, asked three times at most; whoever chooses gets the step after, three days on."""
    chosen = {"event": "link.clicked", "object": None, "in_mail": "asks", "since": "", "limit_seconds": 5 * DAY}
    return {
        "entries": [{"on": "resource.downloaded", "object": None}],
        "reentry_seconds": 90 * DAY,
        "steps": [
            _step("asks", "Che cosa ti serve?", "mail", {"email": emails["che-cosa-serve"]}, next="choice"),
            _step("choice", "Aspetta una scelta", "wait_until", chosen, happened="rest", timeout="round"),
            _step("rest", "Il tempo di provarci", "wait", {"seconds": 3 * DAY}, next="after"),
            _step("after", "Il passo dopo", "mail", {"email": emails["passo-dopo"]}, next="round"),
            _step("round", "Al massimo tre giri", "loop", {"max_laps": 3}, again="asks", exit="over"),
            _step("over", "Fine", "end"),
        ],
    }


def from_afar(emails: dict[str, str]) -> dict[str, Any]:
    """One call to those of whom nothing was seen for long, and one word more; nobody is asked twice."""
    sign = {"event": "link.clicked", "object": None, "in_mail": "still", "since": "", "limit_seconds": 7 * DAY}
    return {
        "entries": [{"on": "by_hand", "object": None}],
        "reentry_seconds": 365 * DAY,
        "steps": [
            _step("still", "Ti serve ancora?", "mail", {"email": emails["ci-sei"]}, next="answer"),
            _step("answer", "Aspetta un segno", "wait_until", sign, happened="over", timeout="door"),
            _step("door", "La porta resta lì", "mail", {"email": emails["resta-la-porta"]}, next="quiet"),
            _step("quiet", "Silenzio", "wait", {"seconds": 14 * DAY}, next="over"),
            _step("over", "Fine", "end"),
        ],
    }


def welcome(emails: dict[str, str]) -> dict[str, Any]:
    """Hello; a click leads to one of two mails by what was chosen; silence to one question, once, and a second wait."""
    return {
        "entries": [{"on": "consent.confirmed", "object": {"kind": "purpose", "key": letters.LETTER}}],
        "reentry_seconds": None,
        "steps": [
            _step("hello", "Ciao", "mail", {"email": emails["ciao"]}, next="first-click"),
            _step("question", "Una domanda sola", "mail", {"email": emails["domanda"]}, next="first-click"),
            _first_click(),
            _which(),
            _step("circle", "Un giro più stretto", "mail", {"email": emails["giro"]}, next="over"),
            _step("hands", "Le mani e il programma", "mail", {"email": emails["mani"]}, next="over"),
            _step("round", "Al massimo due giri", "loop", {"max_laps": 2}, again="question", exit="over"),
            _step("over", "Fine", "end"),
        ],
    }


def _first_click() -> dict[str, Any]:
    """Any link of any mail counts, from the beginning of this wait."""
    settings = {"event": "link.clicked", "object": None, "in_mail": "", "since": "", "limit_seconds": LIMIT_SECONDS}
    return _step("first-click", "Aspetta un clic", "wait_until", settings, happened="which", timeout="round")


def _which() -> dict[str, Any]:
    """Whether it was the article on circles, in either language."""
    page = {"kind": "page", "key": publication.twin("sample-cerchio").hex}
    settings = {"ask": "did", "event": "link.clicked", "object": page, "in_mail": "", "since": "first-click"}
    return _step("which", "Ha scelto il cerchio?", "check", settings, yes="circle", no="hands")


def _step(step_id: str, name: str, kind: str, settings: dict[str, Any] | None = None, **edges: str) -> dict[str, Any]:
    return {"id": step_id, "name": name, "kind": kind, "settings": settings or {}, "edges": edges}
