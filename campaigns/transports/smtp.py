"""Hand mails to an SMTP server over several kept connections, one thread, one record for all of them.

Each turn of the loop writes down, in one statement, what the servers answered and which mails are about to leave.
"""

import select
import time
from collections.abc import Iterator

from campaigns.transports.contract import AccountRefused, Answer, Busy, Envelope, Outcome, Record
from campaigns.transports.greeting import greet
from campaigns.transports.line import Line
from campaigns.transports.ways import Way

# How long a turn may sleep: the record is asked to renew its leases at least this often.
TURN_SECONDS = 0.5


class Waiting:
    """The mails still to be announced: those that came back from a line that ended, then the iterator's."""

    def __init__(self, envelopes: Iterator[Envelope]) -> None:
        self._envelopes = envelopes
        self._back: list[Envelope] = []
        self._returned_ids: set[int] = set()
        self._next: Envelope | None = None

    def look(self) -> Envelope | None:
        """The next mail, left where it is; None when there is none."""
        if self._next is None:
            self._next = self._back.pop() if self._back else next(self._envelopes, None)
        return self._next

    def take(self) -> Envelope | None:
        """The next mail."""
        envelope, self._next = self.look(), None
        return envelope

    def give_back(self, envelope: Envelope) -> bool:
        """Let another line try it; False when it came back before: perhaps it is what the server cannot bear."""
        if envelope.delivery_id in self._returned_ids:
            return False
        self._returned_ids.add(envelope.delivery_id)
        self._back.append(envelope)
        return True


class SmtpTransport:
    """A submission server, from one thread. Connections are kept between calls."""

    is_network = True

    def __init__(self, way: Way, *, n_connections: int = 4, n_per_connection: int = 1000) -> None:
        self.way, self.n_connections, self.n_per_connection = way, max(1, n_connections), max(1, n_per_connection)
        self._lines: list[Line] = []
        self._trouble = ""  # of a line that ended before it had taken anything

    def hand_over(self, envelopes: Iterator[Envelope], record: Record) -> None:
        """Send until the iterator ends; see `contract.Transport`."""
        waiting = Waiting(envelopes)
        self._trouble = ""
        refusal: Busy | AccountRefused | None = None
        try:
            self._drop_stale()
            while True:
                refusal = refusal or self._fill(waiting)
                if all(line.is_idle for line in self._lines):
                    break
                refusal = self._turn() or refusal
                self._write_down(record)
                self._sweep(waiting, record)
        finally:
            self._keep_only_idle()
        if refusal:
            raise refusal

    def close(self) -> None:
        """Say goodbye on every kept connection."""
        for line in self._lines:
            line.hang_up("")
        self._lines = []

    # -- one turn -------------------------------------------------------------------------------------------
    def _fill(self, waiting: Waiting) -> Busy | AccountRefused | None:
        """Announce mails wherever a line is free, opening lines as long as there are mails for them."""
        try:
            for line in self._lines:
                self._load(line, waiting)
            while len(self._lines) < self.n_connections and not self._trouble and waiting.look():
                self._load(self._open(), waiting)
        except AccountRefused as error:
            return error
        except Busy as error:
            self._trouble = str(error)
        return Busy(self._trouble) if self._trouble and not self._lines else None

    def _open(self) -> Line:
        wire, terms = greet(self.way)
        line = Line(wire, terms, timeout_seconds=self.way.timeout_seconds, now=time.monotonic())
        self._lines.append(line)
        return line

    def _load(self, line: Line, waiting: Waiting) -> None:
        while line.may_take and line.n_taken < self.n_per_connection and (envelope := waiting.take()):
            line.announce(envelope)
        if line.wire.has_unsent:
            line.speak(time.monotonic())

    def _turn(self) -> AccountRefused | None:
        """Wait for the sockets, then speak and hear."""
        refusal = None
        living = {line.wire.sock.fileno(): line for line in self._lines if not line.is_over}
        has_news = any(line.outcomes or line.is_over for line in self._lines)
        poll = select.poll()
        for number, line in living.items():
            poll.register(number, select.POLLIN | (select.POLLOUT if line.wire.has_unsent else 0))
        for number, events in poll.poll(0 if has_news else TURN_SECONDS * 1000):
            try:
                self._serve(living[number], events)
            except AccountRefused as error:
                refusal = error
        now = time.monotonic()
        for line in living.values():
            line.look_at_clock(now)
        return refusal

    def _serve(self, line: Line, events: int) -> None:
        now = time.monotonic()
        if events & select.POLLOUT:
            line.speak(now)
        if not line.is_over and events & ~select.POLLOUT:
            line.hear(now)

    def _write_down(self, record: Record) -> None:
        """Commit what is known, then let go what may."""
        outcomes: list[Outcome] = []
        for line in self._lines:
            outcomes += line.outcomes
            line.outcomes = []
        ready = {line.announced.delivery_id: line for line in self._lines if line.is_ready and line.announced}
        if not outcomes and not ready:
            record.renew()
            return
        allowed = record.step(outcomes, list(ready))
        for delivery_id, line in ready.items():
            line.begin() if delivery_id in allowed else line.withhold()

    def _sweep(self, waiting: Waiting, record: Record) -> None:
        """Let go of lines that ended, or that took as many mails as one connection may."""
        for line in self._lines:
            if line.is_idle and line.n_taken >= self.n_per_connection:
                line.hang_up("")
            if not line.is_over:
                continue
            if line.trouble and not line.n_answered:
                self._trouble = line.trouble
            lost = [mail for mail in line.returned if not waiting.give_back(mail)]
            line.returned = []
            if lost:
                record.step([later(mail, line.trouble) for mail in lost], [])
        self._lines = [line for line in self._lines if not line.is_over or line.outcomes]

    # -- between calls --------------------------------------------------------------------------------------
    def _drop_stale(self) -> None:
        """Forget kept connections that the server closed meanwhile."""
        for line in self._lines:
            if line.wire.is_stale():
                line.hang_up("stale")
        self._lines = [line for line in self._lines if not line.is_over]

    def _keep_only_idle(self) -> None:
        """Keep what may be used again; hang up where something went wrong in the middle."""
        for line in self._lines:
            if not line.is_idle:
                line.hang_up("abandoned")
        self._lines = [line for line in self._lines if not line.is_over]


def later(envelope: Envelope, words: str) -> Outcome:
    """The answer for a mail at whose announcement the server hung up twice."""
    return Outcome(delivery_id=envelope.delivery_id, answer=Answer.BUSY, reply=words)
