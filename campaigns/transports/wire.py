"""One connection to an SMTP server: bytes out, replies in, nothing of what they mean.

The handshake waits for each reply until its deadline; afterwards nothing here ever waits.
Source: RFC 5321 (dialogue, timeouts), RFC 3207 (STARTTLS), RFC 2034 (enhanced codes).
"""

import re
import socket
import ssl
import time
from dataclasses import dataclass

MAX_REPLY_BYTES = 64_000  # a server that says more than this in one breath is not believed
CHUNK = 65_536
ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")


class Lost(Exception):
    """The connection is gone, or what came over it is no SMTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said."""

    code: int
    lines: tuple[str, ...]  # without the codes, an enhanced one left where it was

    @property
    def text(self) -> str:
        """Its lines as one, an enhanced code that each repeats said once."""
        found = ENHANCED.match(self.lines[0])
        if not found:
            return " ".join(self.lines).strip()
        return " ".join([self.lines[0], *(line.removeprefix(found[1]).lstrip() for line in self.lines[1:])])

    @property
    def words(self) -> str:
        """All of it, as it is told to people."""
        return f"{self.code} {self.text}"

    @property
    def is_good(self) -> bool:
        """2xx, or 3xx: go on."""
        return self.code < 400

    @property
    def is_later(self) -> bool:
        """4xx."""
        return 400 <= self.code < 500

    @property
    def codes(self) -> str:
        """`550 5.1.1`, or `550` where the server gave no enhanced code."""
        found = ENHANCED.match(self.lines[0])
        return f"{self.code} {found[1]}" if found else str(self.code)


class Wire:
    """A socket, plain or TLS, with what is still to be sent and what has come in unread."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.n_queued = 0  # bytes given to `queue` since the beginning
        self.n_sent = 0  # of these, taken by the system
        self._out: list[memoryview] = []
        self._in = bytearray()
        self._lines: list[str] = []  # of a reply that is not complete

    @classmethod
    def open(cls, host: str, port: int, deadline: float) -> "Wire":
        """Connect, to the next of the host's addresses where one does not answer.

        Raises: OSError.
        """
        return cls(socket.create_connection((host, port), timeout=left(deadline)))

    # -- the handshake --------------------------------------------------------------------------------------
    def secure(self, context: ssl.SSLContext, host: str, deadline: float) -> None:
        """Speak TLS from here on. What came in before is thrown away (RFC 3207 section 6).

        Raises: ssl.SSLError, OSError.
        """
        self._in.clear()
        self._lines.clear()
        self.sock.settimeout(left(deadline))
        self.sock = context.wrap_socket(self.sock, server_hostname=host)

    def ask(self, line: str, deadline: float) -> Reply:
        """Send one command and wait for its reply.

        Raises: Lost, OSError (TimeoutError when the deadline passes).
        """
        self.sock.settimeout(left(deadline))
        self.sock.sendall(line.encode() + b"\r\n")
        return self.answer(deadline)

    def answer(self, deadline: float) -> Reply:
        """Wait for one reply; a server that drips bytes gains no time by it."""
        while True:
            replies = self._parse(at_most=1)
            if replies:
                return replies[0]
            self.sock.settimeout(left(deadline))
            self._take(self.sock.recv(CHUNK))

    def calm(self) -> None:
        """From here on no call waits."""
        self.sock.setblocking(False)

    # -- afterwards -----------------------------------------------------------------------------------------
    def queue(self, *pieces: bytes) -> None:
        """Put bytes behind those that wait to be sent."""
        for piece in pieces:
            self._out.append(memoryview(piece))
            self.n_queued += len(piece)

    def flush(self) -> None:
        """Send what the system takes now.

        Raises: Lost.
        """
        if len(self._out) > 1:
            self._out = [memoryview(b"".join(self._out))]
        try:
            while self._out:
                n = self.sock.send(self._out[0])
                self.n_sent += n
                if n < len(self._out[0]):
                    self._out[0] = self._out[0][n:]
                else:
                    self._out.pop(0)
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return
        except OSError as error:
            raise Lost(str(error)) from error

    def read(self) -> list[Reply]:
        """The replies that have come in completely, oldest first.

        Raises: Lost, after complete replies were given.
        """
        try:
            while True:
                self._take(self.sock.recv(CHUNK))
                if len(self._in) < CHUNK and not isinstance(self.sock, ssl.SSLSocket):
                    break
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except (Lost, OSError) as error:
            replies = self._parse()
            if replies:
                return replies
            raise Lost(str(error)) from error
        return self._parse()

    @property
    def has_unsent(self) -> bool:
        """Whether bytes wait to be sent."""
        return bool(self._out)

    def is_stale(self) -> bool:
        """Whether the server closed a kept connection, or said something nobody asked for."""
        try:
            return bool(self.read()) or bool(self._in)
        except Lost:
            return True

    def close(self, farewell: bytes = b"") -> None:
        """Close without waiting for anything."""
        try:
            if farewell:
                self.sock.send(farewell)
        except OSError:
            pass  # the other side is gone already; there is nobody to greet
        finally:
            self.sock.close()

    def _take(self, data: bytes) -> None:
        if not data:
            raise Lost("the server closed the connection")
        self._in += data
        if len(self._in) > MAX_REPLY_BYTES:
            raise Lost("the server does not stop talking")

    def _parse(self, at_most: int = 1000) -> list[Reply]:
        replies: list[Reply] = []
        while len(replies) < at_most and (end := self._in.find(b"\n")) >= 0:
            line = self._in[:end].decode("utf-8", "replace").rstrip("\r")
            del self._in[: end + 1]
            if not line[:3].isdigit() or line[3:4] not in {" ", "-", ""}:
                raise Lost(f"this is no SMTP: {line[:80]!r}")
            self._lines.append(line[4:])
            if line[3:4] != "-":
                replies.append(Reply(int(line[:3]), tuple(self._lines)))
                self._lines = []
        return replies


def left(deadline: float) -> float:
    """Seconds until a deadline of `time.monotonic()`.

    Raises: TimeoutError when it has passed.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("no answer in time")
    return seconds
