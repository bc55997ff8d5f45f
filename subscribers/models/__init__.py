"""The tables of this room; each module says what its rows mean."""

from subscribers.models.consent import Consent, ConsentProof, Permission, Purpose, Suppression, Wording
from subscribers.models.events import Event, EventKey, Evidence, Kind, PendingEvent
from subscribers.models.facts import Facts
from subscribers.models.grants import Grant, ShareCount, TakenCount, UsefulCount
from subscribers.models.imports import ImportChunk, ImportRun
from subscribers.models.people import Erasure, Frequency, Stage, State, Subscriber
from subscribers.models.segments import Segment
from subscribers.models.signup import MailRequest, Signup, SignupForm

__all__ = [
    "Consent",
    "ConsentProof",
    "Erasure",
    "Event",
    "EventKey",
    "Evidence",
    "Facts",
    "Frequency",
    "Grant",
    "ImportChunk",
    "ImportRun",
    "Kind",
    "MailRequest",
    "PendingEvent",
    "Permission",
    "Purpose",
    "Segment",
    "ShareCount",
    "Signup",
    "SignupForm",
    "Stage",
    "State",
    "Subscriber",
    "Suppression",
    "TakenCount",
    "UsefulCount",
    "Wording",
]
