"""What a way out for mail must be able to do, and the words it answers with.

To add one: write a class with these three verbs, name its scheme in `ways.py`, and let the shared cases of
`tests/campaigns/test_transports.py` run over it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail as it leaves: to one address, the bytes ready."""

    delivery_id: int
    sender: str  # where bounces go
    recipient: str
    raw: bytes  # RFC 5322, CRLF
    key: str = ""  # the delivery's uid: by it a provider knows a second try of the same mail
    is_clean: bool = False  # ready for the wire as it is (`phrases.on_wire`): looking costs a tenth of sending


class Answer(StrEnum):
    """What the next server said to one mail."""

    ACCEPTED = "accepted"
    BUSY = "busy"  # later
    REFUSED = "refused"  # never
    UNKNOWN = "unknown"  # nobody can say whether it took the mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one mail."""

    delivery_id: int
    answer: Answer
    code: str = ""  # "451 4.7.1"; empty where no server spoke
    reply: str = ""  # its words
    provider_id: str = ""  # the name the server gave the mail
    wait_seconds: float | None = None  # how long it asked us to wait


class Record(Protocol):
    """The hand-over record: what is told to it is committed when it returns."""

    def step(self, outcomes: Sequence[Outcome], beginning: Sequence[int]) -> set[int]:
        """Write down answers, and that these mails are about to leave; gives those that still may.

        A transport calls it before the first byte of a mail's content is on its way. What is not in the answer
        must not leave and needs no outcome.
        """

    def renew(self) -> None:
        """Say that the hand lives; to be called at least each few seconds while a server keeps us waiting."""


class Busy(Exception):
    """The next server takes nothing now; nobody in particular was refused."""

    def __init__(self, reason: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class AccountRefused(Exception):
    """The server does not accept us: login, certificate, encryption. A person must mend it before anything leaves."""


class Transport(Protocol):
    """A way out."""

    is_network: bool  # whether mail leaves the machine: such a way refuses reserved domains

    def hand_over(self, envelopes: Iterator[Envelope], record: Record) -> None:
        """Take mails one by one as connections are free, until the iterator ends, and record each.

        Every mail that was begun has an outcome when this returns or raises; mails that were taken from the
        iterator and never begun have none.
        Raises: Busy, AccountRefused, whatever `record` raises.
        """

    def close(self) -> None:
        """Let go of kept connections."""
