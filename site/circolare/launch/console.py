"""One readable log of all processes: time, who speaks, what is said; colours where a terminal shows them."""

import os
import re
import sys
import threading
from datetime import datetime
from typing import TextIO

# "2026-11-21 21:05:06,123 INFO name text", as settings.LOGGING writes it; one clock on a line is enough.
LOGGED = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")
LEVELS = {"WARNING": "33", "ERROR": "31", "CRITICAL": "31;1", "FATAL": "31", "PANIC": "31;1"}
SPEAKERS = {"web": "36", "worker": "32", "beat": "35", "postgres": "34", "valkey": "33"}
OWN = "1"
NAME_WIDTH = 9


class Console:
    """Writes whole lines, one at a time, from any thread; knows when nobody listens any more."""

    def __init__(self, stream: TextIO, *, colours: bool) -> None:
        self.stream = stream
        self.colours = colours
        self.is_closed = False
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """A line of the launcher itself."""
        self.tell("circolare", text)

    def tell(self, speaker: str, line: str) -> None:
        """A line that a process wrote, under its name."""
        text = line.rstrip().rsplit("\r", 1)[-1]
        clock = f"{datetime.now().astimezone():%H:%M:%S}"
        body = LOGGED.sub("", text)
        name = self.paint(f"{speaker:<{NAME_WIDTH}}", SPEAKERS.get(speaker, OWN))
        self.write(f"{self.paint(clock, '2')} {name} {self._by_level(body)}")

    def write(self, text: str) -> None:
        """The text as it is, on lines of its own."""
        with self._lock:
            try:
                self.stream.write(text + "\n")
                self.stream.flush()
            except (BrokenPipeError, ValueError):
                self.is_closed = True

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour (an SGR code), or plain where colours are off."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colours else text

    def _by_level(self, body: str) -> str:
        for level in LEVELS:
            if body.startswith((level, f"[{level}]")) or f" {level}: " in body[:40]:
                return self.paint(body, LEVELS[level])
        return body


def open_console(stream: TextIO | None = None) -> Console:
    """A console on the standard output; NO_COLOR and FORCE_COLOR decide before the terminal does."""
    stream = stream or sys.stdout
    wants_colour = "FORCE_COLOR" in os.environ or stream.isatty()
    return Console(stream, colours=wants_colour and not os.environ.get("NO_COLOR"))
