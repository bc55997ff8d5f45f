"""Readers who click: `python -m tests.bench.programs.clicker PORT FILE CONNECTIONS SECONDS`.

FILE holds one path a line. Each connection asks for one path after the other and keeps alive.
Prints one JSON object: answers, redirects, seconds, latencies (milliseconds: p50, p99, max).
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
REQUEST = f"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\n\r\n"


@dataclass
class Line:
    """One connection."""

    socket: socket.socket
    asked_at: float = 0.0
    said: bytes = b""


def main(port: int, file: str, n_connections: int, seconds: float) -> dict[str, object]:
    """Click until the time is over."""
    paths = cycle(Path(file).read_text(encoding="ascii").split())
    chooser = selectors.DefaultSelector()
    for _ in range(n_connections):
        line = Line(socket.create_connection(("127.0.0.1", port)))
        chooser.register(line.socket, selectors.EVENT_READ, line)
        ask(line, next(paths))
    began, n_redirects, latencies = time.perf_counter(), 0, []
    while time.perf_counter() - began < seconds:
        for key, _ in chooser.select(timeout=1):
            line = key.data
            line.said += line.socket.recv(65_536)
            if not line.said.endswith(b"\r\n\r\n"):
                continue
            latencies.append((time.perf_counter() - line.asked_at) * 1000)
            n_redirects += line.said.startswith(b"HTTP/1.1 302")
            ask(line, next(paths))
    took = time.perf_counter() - began
    latencies.sort()
    return {
        "answers": len(latencies),
        "redirects": n_redirects,
        "seconds": took,
        "p50": latencies[len(latencies) // 2],
        "p99": latencies[len(latencies) * 99 // 100],
        "max": latencies[-1],
    }


def ask(line: Line, path: str) -> None:
    """Send the next request."""
    line.said = b""
    line.asked_at = time.perf_counter()
    line.socket.sendall((REQUEST % path).encode("ascii"))


if __name__ == "__main__":
    port, file, n_connections, seconds = sys.argv[1:]
    print(json.dumps(main(int(port), file, int(n_connections), float(seconds))))
