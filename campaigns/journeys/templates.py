"""Ready-made graphs: a welcome and what follows a resource. Emails and pages come as translation keys.

Waits are arguments: days in earnest, a minute or two where somebody wants to watch.
"""

from typing import Any

from campaigns.journeys.durations import DAY

Json = dict[str, Any]

NAMES = {
    "hello": {"it": "Benvenuto", "en": "Welcome"},
    "first-click": {"it": "Aspetta il primo clic", "en": "Wait for the first click"},
    "which": {"it": "Che cosa ha scelto?", "en": "What did they choose?"},
    "breath-a": {"it": "Lascia il tempo di leggere", "en": "Leave time to read"},
    "breath-b": {"it": "Lascia il tempo di leggere", "en": "Leave time to read"},
    "more-a": {"it": "Ancora sul primo tema", "en": "More on the first theme"},
    "more-b": {"it": "Ancora sul secondo tema", "en": "More on the second theme"},
    "question": {"it": "Una domanda sola", "en": "One question"},
    "over": {"it": "Fine", "en": "End"},
    "rest": {"it": "Lascia il tempo di aprirla", "en": "Leave time to open it"},
    "found-it": {"it": "L’hai trovata?", "en": "Did you find it?"},
    "interest": {"it": "Aspetta un clic", "en": "Wait for a click"},
    "deeper": {"it": "Più a fondo", "en": "Deeper"},
    "short": {"it": "In un minuto", "en": "In one minute"},
}


def welcome(
    hello: str,
    more_a: str,
    more_b: str,
    question: str,
    *,
    purpose: str,
    page_a: str,
    language: str = "it",
    limit_seconds: int = 2 * DAY,
    breath_seconds: int = DAY,
) -> Json:
    """Hello; who clicks page A gets one second mail, who clicks anything else another, who clicks nothing a third.

    Takes: translation keys of four Emails, the key of the consent purpose whose confirmation lets people in,
    the translation key of page A; `breath_seconds` 0 sends the second mail at once.
    """
    breath_a = _breath("breath-a", "more-a", breath_seconds, language)
    breath_b = _breath("breath-b", "more-b", breath_seconds, language)
    return {
        "entries": [{"on": "consent.confirmed", "object": {"kind": "purpose", "key": purpose}}],
        "reentry_seconds": None,
        "steps": [
            _mail("hello", hello, "first-click", language),
            _first_click(limit_seconds, language),
            _which(page_a, breath_a, breath_b, language),
            *breath_a,
            _mail("more-a", more_a, "over", language),
            *breath_b,
            _mail("more-b", more_b, "over", language),
            _mail("question", question, "over", language),
            _step("over", "end", language),
        ],
    }


def resource(
    found_it: str,
    deeper: str,
    short: str,
    *,
    resource: str = "",
    language: str = "it",
    wait_seconds: int = DAY,
    limit_seconds: int = 4 * DAY,
    reentry_seconds: int = 30 * DAY,
) -> Json:
    """After an unlocked resource: "did you find it?"; who clicks is led deeper, who does not gets the short form.

    Takes: translation keys of three Emails, and of the resource (empty: any of them).
    """
    thing = {"kind": "resource", "key": resource} if resource else None
    interest = {"event": "link.clicked", "object": None, "in_mail": "found-it", "limit_seconds": limit_seconds}
    return {
        "entries": [{"on": "resource.granted", "object": thing}],
        "reentry_seconds": reentry_seconds,
        "steps": [
            _step("rest", "wait", language, {"seconds": wait_seconds}, next="found-it"),
            _mail("found-it", found_it, "interest", language),
            _step("interest", "wait_until", language, interest, happened="deeper", timeout="short"),
            _mail("deeper", deeper, "over", language),
            _mail("short", short, "over", language),
            _step("over", "end", language),
        ],
    }


def _first_click(limit_seconds: int, language: str) -> Json:
    settings = {"event": "link.clicked", "object": None, "in_mail": "hello", "limit_seconds": limit_seconds}
    return _step("first-click", "wait_until", language, settings, happened="which", timeout="question")


def _which(page_a: str, breath_a: list[Json], breath_b: list[Json], language: str) -> Json:
    settings = {
        "ask": "did",
        "event": "link.clicked",
        "object": {"kind": "page", "key": page_a},
        "in_mail": "hello",
    }
    yes = "breath-a" if breath_a else "more-a"
    return _step("which", "check", language, settings, yes=yes, no="breath-b" if breath_b else "more-b")


def _breath(step_id: str, to: str, seconds: int, language: str) -> list[Json]:
    return [_step(step_id, "wait", language, {"seconds": seconds}, next=to)] if seconds else []


def _mail(step_id: str, email: str, to: str, language: str) -> Json:
    return _step(step_id, "mail", language, {"email": email}, next=to)


def _step(step_id: str, kind: str, language: str, settings: Json | None = None, **edges: str) -> Json:
    return {
        "id": step_id,
        "name": NAMES[step_id][language],
        "kind": kind,
        "settings": settings or {},
        "edges": edges,
    }
