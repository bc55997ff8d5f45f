"""How do we come to terms with an SMTP server? Connect, encrypt, log in; whom each failure concerns.

Source: RFC 5321 4.1.1.1, RFC 3207, RFC 4954, RFC 4616 (PLAIN); LOGIN as providers still ask for it.
"""

import base64
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache

from campaigns.transports.contract import AccountRefused, Busy
from campaigns.transports.ways import Security, Way
from campaigns.transports.wire import Lost, Reply, Wire

# For everything until the first mail; RFC 5321 would allow 5 minutes a step, but nothing is at stake yet.
HANDSHAKE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What the server said it can do, in answer to EHLO."""

    words: frozenset[str]  # PIPELINING, SMTPUTF8, 8BITMIME, STARTTLS …
    logins: frozenset[str]  # PLAIN, LOGIN …
    max_bytes: int = 0  # of one mail; 0: it named no limit

    def offers(self, word: str) -> bool:
        """Whether EHLO named this extension."""
        return word in self.words


def greet(way: Way) -> tuple[Wire, Terms]:
    """A connection on which mail may be sent.

    Raises: Busy when the server is not there or says later; AccountRefused when it does not want us, or would
    have us speak in the clear.
    """
    deadline = time.monotonic() + min(HANDSHAKE_SECONDS, way.timeout_seconds)
    wire = None
    try:
        wire = Wire.open(way.host, way.port, deadline)
        terms = _dialogue(wire, way, deadline)
    except (Busy, AccountRefused):
        wire.close() if wire else None
        raise
    except ssl.SSLCertVerificationError as error:
        wire.close() if wire else None
        raise AccountRefused(f"the certificate of {way.host} is not good: {error.verify_message}") from error
    except ssl.SSLError as error:
        wire.close() if wire else None
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            raise Busy(f"{way.host}: {error}") from error
        raise AccountRefused(f"no TLS with {way.host}: {error.reason or error}") from error
    except (Lost, OSError) as error:
        wire.close() if wire else None
        raise Busy(f"{way.host}: {error}") from error
    wire.calm()
    return wire, terms


def _dialogue(wire: Wire, way: Way, deadline: float) -> Terms:
    if way.security == Security.TLS:
        wire.secure(context(way), way.host, deadline)
    expect(wire.answer(deadline), way.host)
    terms = _hello(wire, way, deadline)
    if way.security == Security.STARTTLS:
        if not terms.offers("STARTTLS"):
            raise AccountRefused(f"{way.host} offers no STARTTLS; nothing is sent in the clear")
        reply = wire.ask("STARTTLS", deadline)
        if not reply.is_good:
            raise AccountRefused(f"{way.host} refuses STARTTLS: {reply.words}")
        wire.secure(context(way), way.host, deadline)
        terms = _hello(wire, way, deadline)
    if way.user:
        _log_in(wire, way, terms, deadline)
    return terms


def context(way: Way) -> ssl.SSLContext:
    """TLS ≥ 1.2, the certificate verified against the system's authorities or the one named."""
    return ssl.create_default_context(cafile=way.ca_file or None)


def _hello(wire: Wire, way: Way, deadline: float) -> Terms:
    reply = wire.ask(f"EHLO {own_name()}", deadline)
    expect(reply, way.host)
    return terms_of(reply)


def terms_of(reply: Reply) -> Terms:
    """Read the answer to EHLO."""
    words, logins, max_bytes = set(), set(), 0
    for line in reply.lines[1:]:
        word, *rest = line.upper().split() or [""]
        words.add(word)
        if word == "AUTH":
            logins.update(rest)
        if word == "SIZE" and rest and rest[0].isdigit():
            max_bytes = int(rest[0])
    return Terms(frozenset(words), frozenset(logins), max_bytes)


def expect(reply: Reply, host: str) -> None:
    """Let a good reply pass.

    Raises: Busy for 4xx; AccountRefused for 5xx: before a mail is named it is us who are refused.
    """
    if reply.is_later:
        raise Busy(f"{host}: {reply.words}")
    if not reply.is_good:
        raise AccountRefused(f"{host}: {reply.words}")


def _log_in(wire: Wire, way: Way, terms: Terms, deadline: float) -> None:
    if "PLAIN" in terms.logins:
        token = base64.b64encode(f"\0{way.user}\0{way.password}".encode()).decode()
        reply = wire.ask(f"AUTH PLAIN {token}", deadline)
    elif "LOGIN" in terms.logins:
        reply = wire.ask("AUTH LOGIN", deadline)
        for secret in (way.user, way.password):
            if reply.code == 334:
                reply = wire.ask(base64.b64encode(secret.encode()).decode(), deadline)
    else:
        raise AccountRefused(f"{way.host} offers no login by PLAIN or LOGIN")
    if reply.is_later:
        raise Busy(f"{way.host}: {reply.words}")
    if reply.code != 235:
        raise AccountRefused(f"{way.host} refuses the login: {reply.words}")


@cache
def own_name() -> str:
    """The name for EHLO: this host's full one, or its address where it has none (RFC 5321 4.1.4)."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
