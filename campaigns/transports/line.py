"""One kept connection, and at most two mails on it: one whose content is on its way, the next one announced.

With PIPELINING (RFC 2920) the next mail is announced together with the content of the one before: one turn of the
network a mail. Without it each command waits for its reply.
"""

from collections import deque

from campaigns.transports.contract import AccountRefused, Answer, Envelope, Outcome
from campaigns.transports.greeting import Terms
from campaigns.transports.phrases import mail_command, obstacle, on_wire, queue_name, rcpt_command
from campaigns.transports.wire import Lost, Reply, Wire

CONTENT_SECONDS = 180.0  # between two blocks that the server takes, RFC 5321 4.5.3.2.5
# Behind the last line the server may already own the mail: who gives up early makes an unknown, 4.5.3.2.6.
VERDICT_SECONDS = 600.0
FOR_EVER = float("inf")
# A 421 that is about our reputation with the recipient's domain (Google, Microsoft) and not about the connection.
AGAINST_US = "421 4.7."


class Line:
    """A connection and its dialogue. Nothing here waits; `hear` and `speak` are called when the socket is ready."""

    def __init__(self, wire: Wire, terms: Terms, *, timeout_seconds: float, now: float) -> None:
        self.wire, self.terms, self.timeout_seconds = wire, terms, timeout_seconds
        self.leaving: Envelope | None = None
        self.announced: Envelope | None = None
        self.is_ready = False  # the server waits for the content of `announced`
        self.is_over = False
        self.trouble = ""  # why it ended; empty where we wanted it
        self.n_taken = 0
        self.n_answered = 0
        self.outcomes: list[Outcome] = []
        self.returned: list[Envelope] = []  # announced, never begun: another line may try them
        self._awaited: deque[str] = deque()  # the commands whose replies are still to come
        self._refusal: Reply | None = None
        self._content_end = 0  # Wire.n_queued just behind the final dot
        self._is_reset_due = False
        self._progress_at = now  # monotonic: the last reply heard or byte taken

    @property
    def is_pipelined(self) -> bool:
        """Whether commands may follow each other without waiting."""
        return self.terms.offers("PIPELINING")

    @property
    def may_take(self) -> bool:
        """Whether another mail can be announced now."""
        is_free = self.is_pipelined or not (self.leaving or self._awaited)
        return is_free and self.announced is None and not self.is_over

    @property
    def is_idle(self) -> bool:
        """Whether it waits for nothing and has nothing to tell."""
        return not (self.is_over or self.leaving or self.announced or self._awaited or self.outcomes)

    # -- speaking -------------------------------------------------------------------------------------------
    def announce(self, envelope: Envelope) -> None:
        """Say to whom the next mail goes."""
        self.n_taken += 1
        problem = obstacle(envelope, self.terms)
        if problem:
            self._answer(envelope, Answer.REFUSED, *problem)
            return
        self.announced, self._refusal = envelope, None
        if self._is_reset_due:
            self._say("rset", b"RSET")
            self._is_reset_due = False
        self._say("mail", mail_command(envelope, self.terms))
        if self.is_pipelined:
            self._say("rcpt", rcpt_command(envelope))
            self._say("data", b"DATA")

    def begin(self) -> None:
        """Let the content of the announced mail go, now that its row says so."""
        if self.announced is None or self.is_over:
            return
        self.leaving, self.announced, self.is_ready = self.announced, None, False
        raw = self.leaving.raw
        self.wire.queue(raw if self.leaving.is_clean else on_wire(raw), b".\r\n")
        self._content_end = self.wire.n_queued
        self._awaited.append("content")

    def withhold(self) -> None:
        """The announced mail may not leave any more: only hanging up keeps the server from waiting for it."""
        self.announced, self.is_ready = None, False
        self.hang_up("")

    def speak(self, now: float) -> None:
        """Send what the system takes."""
        before = self.wire.n_sent
        try:
            self.wire.flush()
        except Lost as error:
            self.hang_up(str(error))
        if self.wire.n_sent > before:
            self._progress_at = now

    def hang_up(self, trouble: str) -> None:
        """End the connection; afterwards `outcomes` and `returned` tell about every mail that was on it."""
        if self.is_over:
            return
        farewell = b"QUIT\r\n" if self.is_idle and not trouble else b""
        self.is_over, self.is_ready, self.trouble = True, False, trouble
        self.wire.close(farewell)
        if self.announced and self._refusal:
            self._give_up()
        elif self.announced:
            self.returned.append(self.announced)
            self.announced = None
        if self.leaving:
            is_complete = self.wire.n_sent >= self._content_end
            self._answer(self.leaving, Answer.UNKNOWN if is_complete else Answer.BUSY, "", trouble or "hung up")
            self.leaving = None

    # -- hearing --------------------------------------------------------------------------------------------
    def hear(self, now: float) -> None:
        """Take in what the server said.

        Raises: AccountRefused when it takes no mail from us at all.
        """
        try:
            replies = self.wire.read()
        except Lost as error:
            self.hang_up(str(error))
            return
        for reply in replies:
            self._progress_at = now
            self._hear_one(reply)

    def look_at_clock(self, now: float) -> None:
        """Hang up when the server takes longer than it may."""
        patience = self._patience()
        if now - self._progress_at > patience:
            self.hang_up(f"no answer within {patience:.0f} s")

    def _patience(self) -> float:
        if self.leaving:
            return VERDICT_SECONDS if self.wire.n_sent >= self._content_end else CONTENT_SECONDS
        return self.timeout_seconds if self._awaited else FOR_EVER

    def _hear_one(self, reply: Reply) -> None:
        word = self._awaited.popleft() if self._awaited else "nobody asked"
        if word == "content":
            self._hear_verdict(reply)
        elif word in {"mail", "rcpt", "data"} and self.announced:
            self._hear_step(word, reply)
        if reply.code == 421 or word == "nobody asked":
            self.hang_up(reply.words)

    def _hear_verdict(self, reply: Reply) -> None:
        if self.leaving:
            self._answer(self.leaving, answer_of(reply), reply.codes, reply.text)
            self.leaving = None

    def _hear_step(self, word: str, reply: Reply) -> None:
        is_good = reply.code == 354 if word == "data" else reply.is_good
        if not is_good and word == "mail":
            self._hear_no_sender(reply)
            return
        if reply.code == 421 and not reply.codes.startswith(AGAINST_US):
            return  # the server closes, whoever this mail is for
        if not is_good:
            self._refusal = self._refusal or reply
        if not self.is_pipelined:
            self._say_next(word)
        elif word == "data":
            self._hear_data(is_open=is_good)

    def _say_next(self, word: str) -> None:
        """Step by step, where the server does not announce PIPELINING."""
        if self._refusal:
            self._give_up()
        elif word == "mail" and self.announced:
            self._say("rcpt", rcpt_command(self.announced))
        elif word == "rcpt":
            self._say("data", b"DATA")
        else:
            self.is_ready = True

    def _hear_no_sender(self, reply: Reply) -> None:
        """A refused MAIL concerns us: no recipient is counted as refused."""
        words = reply.words
        self.hang_up(words)
        if not reply.is_later:
            raise AccountRefused(f"the server takes no mail from us: {words}")

    def _hear_data(self, *, is_open: bool) -> None:
        """The end of a pipelined announcement."""
        if self._refusal is None:
            self.is_ready = True
            return
        if is_open:  # nobody is left to receive it: an empty content, which the server refuses (RFC 2920 3.1)
            self._say("nothing", b".")
        self._give_up()

    def _give_up(self) -> None:
        """The server refused the announced mail; the line goes on with the next."""
        if self._refusal and self.announced:
            self._answer(self.announced, answer_of(self._refusal), self._refusal.codes, self._refusal.text)
        self.announced, self._is_reset_due = None, True

    def _answer(self, envelope: Envelope, answer: Answer, code: str, words: str) -> None:
        self.n_answered += answer in {Answer.ACCEPTED, Answer.REFUSED} or code.startswith(AGAINST_US)
        name = queue_name(words) if answer == Answer.ACCEPTED else ""
        self.outcomes.append(
            Outcome(delivery_id=envelope.delivery_id, answer=answer, code=code, reply=words, provider_id=name)
        )

    def _say(self, word: str, command: bytes) -> None:
        self.wire.queue(command + b"\r\n")
        self._awaited.append(word)


def answer_of(reply: Reply) -> Answer:
    """What a reply means for the mail it answers."""
    if reply.is_good:
        return Answer.ACCEPTED
    return Answer.BUSY if reply.is_later else Answer.REFUSED
