"""Servers that tests send mail to: started as processes, ordered about, asked what they received."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

PROGRAM = Path(__file__).with_name("smtp.py")


@dataclass(frozen=True)
class Received:
    """One mail the sink took. Instants are seconds since 1970 by this machine's clock."""

    number: int
    connection: int
    data_at: float  # DATA was read
    dot_at: float  # the last line was read and the mail written down: from here on it counts as taken
    recipient: str
    sender: str
    message_id: str
    size: int  # bytes
    place: int  # where its bytes begin in the file of bodies; -1 when they were not kept
    reply_at: float | None = None  # None: no reply has left yet
    is_heard: bool = False  # False: the client was gone when the reply was due


class Sink:
    """A running sink."""

    def __init__(self, process: subprocess.Popen[str], port: int, folder: Path) -> None:
        self.process, self.port, self.folder = process, port, folder

    @property
    def url(self) -> str:
        """An EMAIL_URL that leads here."""
        return f"smtp://127.0.0.1:{self.port}"

    def tell(self, *rules: dict[str, object], latency: float | None = None) -> None:
        """Replace the rules, and the seconds each turn takes when given; returns when they hold."""
        order: dict[str, object] = {"rules": list(rules)}
        if latency is not None:
            order["latency"] = latency
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "ok\n"

    def facts(self, *words: str) -> list[list[str]]:
        """The ledger's lines of these kinds, as lists of fields."""
        text = (self.folder / "ledger").read_text(encoding="utf-8")
        complete = text[: text.rfind("\n") + 1]
        lines = [line.split("\t") for line in complete.splitlines()]
        return [line for line in lines if not words or line[0] in words]

    def received(self) -> list[Received]:
        """Every mail taken so far, in the order of taking."""
        mails: dict[int, Received] = {}
        for word, number, *rest in self.facts("message", "reply", "unheard"):
            key = int(number)
            if word == "message":
                mails[key] = read_message(key, rest)
            else:
                mails[key] = replace(mails[key], reply_at=float(rest[0]), is_heard=word == "reply")
        return list(mails.values())

    def recipients(self) -> list[str]:
        """To whom, in the order of taking."""
        return [mail.recipient for mail in self.received()]

    def body(self, mail: Received) -> bytes:
        """The bytes as they came over the wire, dots still doubled; only of mails that were kept."""
        assert mail.place >= 0, "the sink was started with keep_each, and this mail was not kept"
        with (self.folder / "bodies").open("rb") as bodies:
            bodies.seek(mail.place)
            return bodies.read(mail.size)

    def n_connections(self) -> int:
        """How many connections were opened in all."""
        return len(self.facts("open"))

    def wait_for(self, n_mails: int, seconds: float = 30.0) -> list[Received]:
        """Wait until so many mails were taken.

        Raises: AssertionError when the time is over.
        """
        deadline = time.monotonic() + seconds
        while len(mails := self.received()) < n_mails:
            assert time.monotonic() < deadline, f"{len(mails)} of {n_mails} mails after {seconds} s"
            time.sleep(0.02)
        return mails


def read_message(number: int, fields: list[str]) -> Received:
    """The ledger's line of one mail."""
    connection, data_at, dot_at, recipient, sender, message_id, size, place = fields
    return Received(
        number=number,
        connection=int(connection),
        data_at=float(data_at),
        dot_at=float(dot_at),
        recipient=recipient,
        sender=sender,
        message_id=message_id,
        size=int(size),
        place=int(place),
    )


@contextmanager
def smtp(folder: Path, *options: str) -> Iterator[Sink]:
    """A sink that keeps its ledger in `folder`; `options` are those of the program."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(PROGRAM), "--ledger", str(folder), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Sink(process, int(process.stdout.readline()), folder)
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
