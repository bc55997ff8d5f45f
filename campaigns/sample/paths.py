"""The sample's two journeys, live: a welcome that goes round at most twice, and what follows a resource."""

from datetime import datetime
from typing import Any

from campaigns.journeys import templates, versions
from campaigns.models import Journey
from campaigns.sample import letters, publication
from subscribers.models import Purpose

LIMIT_SECONDS = 120  # the sample's waits are short enough to be watched
REST_SECONDS = 60
NAMES = {"welcome": "Benvenuto", "resource": "Dopo una risorsa"}


def make(emails: dict[str, str], now: datetime) -> None:
    """Draw both journeys, publish them, let people in."""
    purpose = Purpose.objects.get(key=letters.LETTER)
    after = templates.resource(
        emails["trovata"],
        emails["piu-a-fondo"],
        emails["in-un-minuto"],
        wait_seconds=REST_SECONDS,
        limit_seconds=LIMIT_SECONDS,
    )
    for name, graph in (("welcome", welcome(emails)), ("resource", after)):
        journey = Journey.objects.create(name=NAMES[name], purpose=purpose, graph=graph, is_sample=True)
        journey.save_revision()
        versions.publish(journey, user=None, now=now)


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
