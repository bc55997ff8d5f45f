"""A light SMTP server for tests: takes thousands of mails a second, keeps a ledger of its own, misbehaves on order.

A program of its own (`python tests/sinks/smtp.py --ledger FOLDER`), standard library only. It prints its port, then
obeys one JSON order a line on standard input and answers `ok`: {"latency": seconds a turn} and {"rules": [rule…]}.

A rule: `at` (connect, ehlo, starttls, auth, mail, rcpt, data, dot), and of these what is wanted: `to` (pattern the
recipient must match), `skip` (matches let pass first), `times` (then so many matches), `each` (only every n-th),
`per_recipient` (count for each recipient apart), `say` (the reply), `cut` (`before` or `after` the reply), `stall`
(seconds before the reply).
"""

import argparse
import asyncio
import base64
import json
import os
import re
import ssl
import sys
import time
from collections import defaultdict
from pathlib import Path

END = b"\r\n.\r\n"
ACCEPTED = "250 2.0.0 queued as {number}"
VERBS = {"EHLO": "ehlo", "HELO": "ehlo", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data", "AUTH": "auth"}


class Ledger:
    """What was received, on disk before it is acknowledged. One line a fact, fields apart by tabs."""

    def __init__(self, folder: Path, *, keep_each: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._facts = os.open(folder / "ledger", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._bodies = os.open(folder / "bodies", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._keep_each = keep_each
        self._n_kept_bytes = 0
        self.n_messages = 0

    def message(self, session: "Session", body: bytes) -> int:
        """Write a message down and give its number; from here on it counts as taken."""
        self.n_messages += 1
        place = self._keep(body)
        self._write(
            "message",
            self.n_messages,
            session.number,
            session.data_at,
            time.time(),
            session.recipients[-1] if session.recipients else "",
            session.sender,
            message_id_of(body),
            len(body),
            place,
        )
        return self.n_messages

    def reply(self, number: int, words: str, *, is_heard: bool) -> None:
        """Write down when the reply to a message left, or that nobody was there to hear it."""
        self._write("reply" if is_heard else "unheard", number, time.time(), words)

    def fact(self, word: str, session: "Session", detail: str = "") -> None:
        """Write down something about a connection."""
        self._write(word, session.number, time.time(), detail)

    def _keep(self, body: bytes) -> int:
        if not self._keep_each or (self.n_messages - 1) % self._keep_each:
            return -1
        place = self._n_kept_bytes
        os.write(self._bodies, body)
        self._n_kept_bytes += len(body)
        return place

    def _write(self, *fields: object) -> None:
        line = "\t".join(f"{field:.6f}" if isinstance(field, float) else str(field) for field in fields)
        os.write(self._facts, (line + "\n").encode())


class Rules:
    """What the sink was told to do wrong, and how often each rule matched."""

    def __init__(self) -> None:
        self.latency = 0.0
        self._rules: list[dict] = []
        self._n_matches: dict[tuple[int, str], int] = defaultdict(int)

    def obey(self, order: dict) -> None:
        """Take an order; new rules begin to count anew."""
        self.latency = order.get("latency", self.latency)
        if "rules" in order:
            self._rules = order["rules"]
            self._n_matches.clear()

    def at(self, phase: str, recipient: str) -> dict:
        """The first rule that wants to act here; empty when none does."""
        for index, rule in enumerate(self._rules):
            if rule["at"] == phase and re.search(rule.get("to", ""), recipient) and self._is_turn(index, recipient):
                return rule
        return {}

    def _is_turn(self, index: int, recipient: str) -> bool:
        rule = self._rules[index]
        key = (index, recipient if rule.get("per_recipient") else "")
        self._n_matches[key] += 1
        n = self._n_matches[key] - rule.get("skip", 0)
        return 0 < n <= rule.get("times", sys.maxsize) and n % rule.get("each", 1) == 0


class Session(asyncio.Protocol):
    """One connection."""

    n_sessions = 0

    def __init__(self, ledger: Ledger, rules: Rules, options: argparse.Namespace, tls: ssl.SSLContext | None) -> None:
        self.ledger, self.rules, self.options, self.tls = ledger, rules, options, tls
        self.is_secure = options.tls == "implicit"
        self.is_known = self.is_upgrading = False
        self.login: list[str] | None = None  # lines of an AUTH in progress
        self.buffer = bytearray()
        self.unsaid: list[tuple[str, int | None]] | None = None  # replies of the turn that is being read
        self.is_body = False
        self.is_over = False
        self.searched = 0
        self.ready_at = 0.0  # loop time before which no further reply may leave
        self.sender, self.data_at = "", 0.0
        self.recipients: list[str] = []
        self.transport: asyncio.Transport

    # -- the connection -------------------------------------------------------------------------------------
    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        if hasattr(self, "number"):
            return  # the same session after STARTTLS
        Session.n_sessions += 1
        self.number = Session.n_sessions
        self.ledger.fact("open", self)
        self.act("connect", "220 sink ESMTP")

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_over = True
        self.ledger.fact("closed", self)

    def data_received(self, chunk: bytes) -> None:
        self.buffer += chunk
        if not self.is_upgrading:
            self.take_all()

    def take_all(self) -> None:
        self.unsaid = []
        while not self.is_over and not self.is_upgrading and (self.take_body() if self.is_body else self.take_line()):
            pass
        self.say_together()

    # -- reading --------------------------------------------------------------------------------------------
    def take_line(self) -> bool:
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end]).decode("utf-8", "replace")
        del self.buffer[: end + 2]
        if self.login is not None:
            self.go_on_with_login(line)
        else:
            self.command(line)
        return True

    def take_body(self) -> bool:
        if self.buffer.startswith(b".\r\n"):
            body, end = b"", 3
        else:
            found = self.buffer.find(END, max(0, self.searched - len(END)))
            self.searched = len(self.buffer)
            if found < 0:
                return False
            body, end = bytes(memoryview(self.buffer)[: found + 2]), found + len(END)
        del self.buffer[:end]
        self.is_body, self.searched = False, 0
        self.end_of_message(body)
        return True

    # -- the dialogue ---------------------------------------------------------------------------------------
    def command(self, line: str) -> None:
        verb = line[:4].upper()
        if verb in VERBS:
            getattr(self, VERBS[verb])(line)
        elif line.upper() == "STARTTLS":
            self.starttls()
        elif verb == "RSET":
            self.recipients, self.sender = [], ""
            self.say("250 2.0.0 ok")
        elif verb == "NOOP":
            self.say("250 2.0.0 ok")
        elif verb == "QUIT":
            self.say("221 2.0.0 bye", cut="after")
        else:
            self.say("502 5.5.1 what?")

    def ehlo(self, line: str) -> None:
        words = ["sink"]
        words += ["PIPELINING"] if self.options.pipelining else []
        words += ["SMTPUTF8"] if self.options.smtputf8 else []
        words += ["8BITMIME", "ENHANCEDSTATUSCODES"]
        words += ["STARTTLS"] if self.options.tls == "starttls" and not self.is_secure else []
        words += [f"AUTH {self.options.auth}"] if self.options.auth else []
        lines = [f"250-{word}" for word in words]
        self.act("ehlo", "\r\n".join([*lines[:-1], lines[-1].replace("-", " ", 1)]))

    def starttls(self) -> None:
        rule = self.rules.at("starttls", "")
        if rule or self.tls is None:
            self.say(rule.get("say", "454 4.7.0 TLS not available"))
            return
        self.transport.write(b"220 2.0.0 go ahead\r\n")
        self.is_upgrading = True
        asyncio.ensure_future(self.upgrade())

    async def upgrade(self) -> None:
        self.transport.pause_reading()
        loop = asyncio.get_running_loop()
        try:
            self.transport = await loop.start_tls(self.transport, self, self.tls, server_side=True)
        except (ssl.SSLError, OSError) as error:
            self.ledger.fact("tls-failed", self, str(error).replace("\n", " "))
            self.is_over = True
            return
        self.is_secure, self.is_upgrading = True, False
        self.ledger.fact("tls", self)
        self.take_all()

    def auth(self, line: str) -> None:
        words = line.split()
        if words[1].upper() == "PLAIN" and len(words) > 2:
            _, user, password = base64.b64decode(words[2]).decode().split("\0")
            self.judge(user, password)
        else:
            self.login = [words[1].upper()]
            self.say("334 VXNlcm5hbWU6" if self.login == ["LOGIN"] else "334 ")

    def go_on_with_login(self, line: str) -> None:
        said = base64.b64decode(line).decode()
        if self.login == ["PLAIN"]:
            _, user, password = said.split("\0")
        elif len(self.login) == 1:
            self.login.append(said)
            self.say("334 UGFzc3dvcmQ6")
            return
        else:
            user, password = self.login[1], said
        self.login = None
        self.judge(user, password)

    def judge(self, user: str, password: str) -> None:
        self.ledger.fact("auth", self, f"{user}:{'tls' if self.is_secure else 'plain'}")
        self.is_known = f"{user}:{password}" == self.options.login
        good, bad = "235 2.7.0 welcome", "535 5.7.8 authentication failed"
        self.act("auth", good if self.is_known else bad)

    def mail(self, line: str) -> None:
        self.sender, self.recipients = address_of(line), []
        if self.options.login and not self.is_known:
            self.say("530 5.7.0 authenticate first")
        else:
            self.act("mail", "250 2.1.0 ok")

    def rcpt(self, line: str) -> None:
        recipient = address_of(line)
        rule = self.rules.at("rcpt", recipient)
        if not rule.get("say", "2").startswith(("4", "5")):
            self.recipients.append(recipient)
        self.follow(rule, "250 2.1.5 ok")

    def data(self, _line: str) -> None:
        rule = self.rules.at("data", self.recipients[-1] if self.recipients else "")
        if not self.recipients:
            self.say("554 5.5.1 no valid recipients")
            return
        self.is_body = not rule.get("say", "3").startswith(("4", "5"))
        self.data_at = time.time()
        self.follow(rule, "354 go ahead")

    def end_of_message(self, body: bytes) -> None:
        recipient = self.recipients[-1] if self.recipients else ""
        rule = self.rules.at("dot", recipient)
        number = None
        if not rule.get("say", "2").startswith(("4", "5")) and rule.get("cut") != "before_taking":
            number = self.ledger.message(self, body)
        self.recipients, self.sender = [], ""
        self.follow(rule, ACCEPTED.format(number=number), number=number)

    # -- answering ------------------------------------------------------------------------------------------
    def act(self, phase: str, usual: str) -> None:
        self.follow(self.rules.at(phase, ""), usual)

    def follow(self, rule: dict, usual: str, number: int | None = None) -> None:
        if rule.get("cut") in {"before", "before_taking"}:
            self.say_together()
            self.is_over = True
            self.ledger.fact("cut", self, rule["at"])
            self.transport.abort()
            return
        self.say(rule.get("say", usual), cut=rule.get("cut"), stall=rule.get("stall", 0.0), number=number)

    def say(self, words: str, *, cut: str | None = None, stall: float = 0.0, number: int | None = None) -> None:
        loop = asyncio.get_running_loop()
        if not self.rules.latency and not stall and self.ready_at <= loop.time():
            if self.unsaid is None or cut or words.startswith("421"):
                self.say_together()
                self.send(words, cut, number)
            else:
                self.unsaid.append((words, number))
            return
        self.say_together()
        self.ready_at = max(self.ready_at, loop.time() + self.rules.latency) + stall
        loop.call_at(self.ready_at, self.send, words, cut, number)

    def say_together(self) -> None:
        """Let the replies to one turn leave in one piece, as RFC 2920 advises."""
        together, self.unsaid = self.unsaid, None
        if not together:
            return
        if not self.is_over:
            self.transport.write("".join(f"{words}\r\n" for words, _number in together).encode())
        for words, number in together:
            if number is not None:
                self.ledger.reply(number, words, is_heard=not self.is_over)

    def send(self, words: str, cut: str | None, number: int | None) -> None:
        if not self.is_over:
            self.transport.write(words.encode() + b"\r\n")
        if number is not None:
            self.ledger.reply(number, words, is_heard=not self.is_over)
        if cut == "after" or words.startswith("421"):
            self.is_over = True
            self.transport.close()


def message_id_of(body: bytes) -> str:
    """The Message-ID as our own mails write it; empty when there is none."""
    start = body.find(b"Message-ID: <")
    return body[start + 12 : body.find(b">", start) + 1].decode("ascii", "replace") if start >= 0 else ""


def address_of(line: str) -> str:
    """The path between angle brackets of MAIL or RCPT."""
    return line.partition("<")[2].rpartition(">")[0]


async def serve(options: argparse.Namespace) -> None:
    """Listen until standard input ends."""
    loop = asyncio.get_running_loop()
    ledger, rules = Ledger(Path(options.ledger), keep_each=options.keep_each), Rules()
    rules.latency = options.latency
    tls = None
    if options.tls:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.certificate)
    server = await loop.create_server(
        lambda: Session(ledger, rules, options, tls),
        "127.0.0.1",
        options.port,
        ssl=tls if options.tls == "implicit" else None,
        backlog=512,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while order := await reader.readline():
        rules.obey(json.loads(order))
        print("ok", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--keep-each", type=int, default=1, help="keep the bytes of every n-th mail; 0 keeps none")
    parser.add_argument("--no-pipelining", dest="pipelining", action="store_false")
    parser.add_argument("--smtputf8", action="store_true")
    parser.add_argument("--auth", default="", help="what EHLO offers: PLAIN LOGIN")
    parser.add_argument("--login", default="", help="user:password that is let in")
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--certificate")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
