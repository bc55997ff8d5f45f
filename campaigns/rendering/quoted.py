"""Quoted-printable, so that a mail can be put together from encoded parts (RFC 2045 6.7).

Every part ends in a soft line break: whatever stands next begins a line of its own, so that line length, trailing
blanks and leading dots are right whatever the values are.
"""

import re

SOFT = "=\r\n"
MAX_LINE = 73  # characters, before the soft break and room for a leading dot written as a code; 76 in all
UNSAFE = re.compile(rb"[^!-<>-~ \t]")
LINE = re.compile(rb".{1,73}(?<!=)(?<!=.)", re.DOTALL)  # never ends inside a code
PLAIN = re.compile(r"(?!\.)[!-<>-~ ]{0,73}", re.ASCII)
BLANKS = (b" ", b"\t")


def fixed(text: str) -> str:
    """Encoded text, line breaks kept, ending in a soft break; for what is encoded once."""
    return "\r\n".join(_line(line) for line in text.replace("\r\n", "\n").split("\n")) + SOFT


def value(text: str) -> str:
    """One value without line breaks, encoded, on lines of its own, ending in a soft break."""
    return (text if PLAIN.fullmatch(text) else _line(text)) + SOFT


def _line(line: str) -> str:
    encoded = UNSAFE.sub(_code, line.encode())
    if encoded.endswith(BLANKS):
        encoded = encoded[:-1] + b"=%02X" % encoded[-1]
    return SOFT.join(_undotted(piece.decode()) for piece in LINE.findall(encoded))


def _code(match: re.Match[bytes]) -> bytes:
    return b"=%02X" % match.group()[0]


def _undotted(piece: str) -> str:
    """SMTP doubles a dot that begins a line, and careless relays forget to halve it: it is written as a code."""
    return f"=2E{piece[1:]}" if piece.startswith(".") else piece
