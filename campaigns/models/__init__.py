"""The tables of this room; each module says what its rows mean."""

from campaigns.models.journeys import Journey, JourneyVersion, Passage, Run
from campaigns.models.mailings import (
    Account,
    CapturedMail,
    Delivery,
    DomainBrake,
    Link,
    Mailing,
    MessageVersion,
    PurposeClass,
)
from campaigns.models.newsletters import ArchivePage, Email, IssuePage, Newsletter
from campaigns.models.operations import Chore, Fence, Heartbeat
from campaigns.models.publisher import Identity, PublisherSettings

__all__ = [
    "Account",
    "ArchivePage",
    "CapturedMail",
    "Chore",
    "Delivery",
    "DomainBrake",
    "Email",
    "Fence",
    "Heartbeat",
    "Identity",
    "IssuePage",
    "Journey",
    "JourneyVersion",
    "Link",
    "Mailing",
    "MessageVersion",
    "Newsletter",
    "Passage",
    "PublisherSettings",
    "PurposeClass",
    "Run",
]
