"""Everything an installation may know about one person, each piece marked, for tests of export and erasure."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ModelLogEntry, Revision

from campaigns.models import CapturedMail, Delivery, Journey, JourneyVersion, Passage, Run
from subscribers import consent, events
from subscribers.models import (
    Consent,
    ConsentProof,
    Event,
    Facts,
    Grant,
    MailRequest,
    PendingEvent,
    Signup,
    Subscriber,
)
from tests.factories import campaigns, subscribers

NOW = subscribers.NOW
IP = "203.0.113.77"
MARK = "zzmark"
ADDRESS = f"{MARK}-anna@letters.example"


def mark(what: str) -> str:
    """A piece that is found again wherever it is kept."""
    return f"{MARK}-{what}"


def plant() -> Subscriber:
    """A reader about whom every table knows something."""
    person = subscribers.subscriber(
        ADDRESS,
        name=mark("name"),
        role=mark("role"),
        attributes={"shoe": mark("attribute")},
        source=mark("source"),
        zone="Pacific/Chatham",
    )
    _plant_consents(person)
    _plant_acts(person)
    _plant_mails(person)
    _plant_journeys(person)
    _plant_staff_traces(person)
    return person


def _plant_consents(person: Subscriber) -> None:
    letter = subscribers.purpose("planted-letter")
    signup = subscribers.signup(
        person, letter, name=mark("signup-name"), role=mark("signup-role"), page_url=f"/{mark('signup-page')}/"
    )
    proof = consent.Proof(IP, mark("agent"))
    consent.ask(person, [letter], signup=signup, proof=proof, now=NOW)
    consent.confirm(signup, proof=proof, now=NOW)
    tracking = subscribers.tracking()
    page = f"/{mark('consent-page')}/"
    consent.give(person, tracking, source="home", locale="it", now=NOW, page_url=page, evidence=mark("evidence"))


def _plant_acts(person: Subscriber) -> None:
    Grant.objects.create(
        subscriber=person, title=mark("grant"), page_url=f"/{mark('grant-page')}/", expires_at=NOW + timedelta(days=9)
    )
    for kind, key in (("custom.crm", mark("object")), ("noted", mark("noted")), ("page.read", "12")):
        events.record(
            kind,
            subscriber_id=person.pk,
            visitor=mark("visitor"),
            object_kind="page",
            object_key=key,
            occurred_at=NOW,
            now=NOW,
            source=f"api:{mark('event')}" if kind.startswith("custom") else "site",
            payload={"title": "A page", "words": mark(f"words-{kind}"), "deep": {"er": [mark(f"deep-{kind}")]}},
        )
    Facts.objects.update_or_create(
        subscriber=person,
        defaults={"recent": [[1, "page.read", mark("recent"), []]], "stage_reason": mark("stage"), "updated_at": NOW},
    )


def _plant_mails(person: Subscriber) -> None:
    MailRequest.objects.create(
        key=mark("request"),
        kind=MailRequest.Kind.LINK,
        subscriber=person,
        locale="it",
        payload={"to": mark("payload")},
        due_at=NOW,
        mailbox=b"x",
    )
    mailing = campaigns.mailing()
    common = {"mailing": mailing, "address": person.address, "address_key": person.address_key, "locale": "it"}
    for number, state in enumerate(Delivery.State.values):
        delivery = Delivery.objects.create(
            subscriber=person,
            state=state,
            intent_key=f"planted:{number}",
            context={"words": mark(f"context-{state}")},
            reply=mark(f"reply-{state}"),
            provider_id=mark(f"provider-{state}"),
            **common,
        )
    test = Delivery.objects.create(subscriber=None, intent_key="planted:test", state="accepted", **common)
    for delivery_id, recipient in (
        (delivery.pk, "someone@letters.example"),
        (test.pk, ADDRESS),
        (None, ADDRESS.upper()),
    ):
        raw = f"Subject: x\r\nTo: {ADDRESS}\r\n\r\n{mark('raw')}\r\n".encode()
        CapturedMail.objects.create(
            delivery_id=delivery_id, sender="a@b.example", recipient=recipient, subject=mark("subject"), raw=raw
        )


def _plant_journeys(person: Subscriber) -> None:
    journey = Journey.objects.create(name="Planted", purpose=subscribers.tracking())
    version = JourneyVersion.objects.create(journey=journey, number=1, graph={})
    run = Run.objects.create(
        journey=journey,
        version=version,
        subscriber=person,
        entry_key="event:1",
        step="a",
        entered_step_at=NOW,
        entered_at=NOW,
        error=mark("run-error"),
    )
    Passage.objects.create(run=run, step="a", entered_at=NOW, seen={"name": mark("seen")}, why=mark("why"))


def _plant_staff_traces(person: Subscriber) -> None:
    content_type = ContentType.objects.get_for_model(Subscriber)
    ModelLogEntry.objects.create(
        content_type=content_type,
        object_id=str(person.pk),
        label=mark("label"),
        data={"note": mark("log")},
        action="wagtail.edit",
        timestamp=NOW,
    )
    Revision.objects.create(
        content_type=content_type,
        base_content_type=content_type,
        object_id=str(person.pk),
        created_at=NOW,
        object_str=mark("revision"),
        content={"name": mark("revised")},
    )


PLANTED = {Signup, MailRequest, Consent, Event, Facts, Grant, Delivery, Run, "permission"}
SECOND_DEGREE = {ConsentProof, PendingEvent, Passage, CapturedMail}
