"""Which bytes are which letters: never guessed silently, always refused with the place."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from content.importing.findings import Broken, Place

MARKS = (  # the longer first: the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE_BYTES = 4096
# Control characters that no text needs: C0 without tab and line ends, and DEL.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Encoding:
    """How to read a file's bytes."""

    name: str  # a codec without a mark of its own
    n_mark: int = 0  # bytes of the mark before the text


def detect(head: bytes, asked: str = "") -> Encoding:
    """What a person named, or what the first bytes prove: by a mark, by where zeros stand; else UTF-8."""
    for mark, name in MARKS:
        if head.startswith(mark) and asked in ("", name):
            return Encoding(name, len(mark))
    if asked:
        return Encoding(asked)
    sample = head[: len(head[:SAMPLE_BYTES]) // 4 * 4]
    if len(sample) < 8 or b"\0" not in sample:
        return Encoding("utf-8")
    return Encoding(_by_zeros(sample))


def known(asked: str) -> str:
    """The codec's own name for what a person typed, "" for nothing; raises LookupError for an unknown one."""
    return codecs.lookup(asked).name.replace("utf-8-sig", "utf-8") if asked else ""


def _by_zeros(sample: bytes) -> str:
    """Latin letters in two or four bytes leave zeros at fixed places; text in UTF-8 has none at all."""
    zeros = [sample[start::4].count(0) / len(sample[start::4]) for start in range(4)]
    shape = tuple(share > 0.5 for share in zeros)
    shapes: dict[tuple[bool, ...], str] = {
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
    }
    return shapes.get(shape, "utf-8")


def text(path: Path, *, name: str, encoding: str = "", max_bytes: int) -> str:
    """The whole text of a file, line ends as `\\n`.

    Takes: `encoding` from `known`, or "" to detect it; `name` as the report shall call the file.
    Raises: Broken when it is too large, has undecodable bytes (with the byte) or control characters.
    """
    size = path.stat().st_size
    if size > max_bytes:
        raise Broken(
            Place(name), _("The file has %(size)d bytes; at most %(most)d are read.") % _sizes(size, max_bytes)
        )
    raw = path.read_bytes()
    found = detect(raw[:SAMPLE_BYTES], encoding)
    try:
        decoded = raw[found.n_mark :].decode(found.name)
    except UnicodeDecodeError as error:
        raise undecodable(name, raw, found.n_mark + error.start, found) from error
    decoded = decoded.replace("\r\n", "\n").replace("\r", "\n")
    refuse_controls(decoded, name)
    return decoded


def _sizes(size: int, most: int) -> dict[str, int]:
    return {"size": size, "most": most}


def undecodable(name: str, raw: bytes, start: int, encoding: Encoding) -> Broken:
    """The refusal for the byte at `start`, with a look at what it may have been."""
    before = raw[encoding.n_mark : start].decode(encoding.name, errors="replace")
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    message = _("Byte 0x%(byte)02X is no %(encoding)s.") % {"byte": raw[start], "encoding": encoding.name.upper()}
    return Broken(Place(name, line, column, start), message + " " + guess(raw, start))


def guess(raw: bytes, start: int) -> str:
    """How the text round a byte reads in Windows-1252, so that a person can say whether that is right."""
    first = max(0, start - 12)
    shown = raw[first : start + 12].decode("cp1252", errors="replace")
    words = " ".join(shown.split())
    return _("Read as Windows-1252 it says “%(words)s”: if that is right, add --encoding cp1252.") % {"words": words}


def refuse_controls(decoded: str, name: str) -> None:
    """Raises Broken at the first control character that no text has."""
    match = CONTROL.search(decoded)
    if match is None:
        return
    at = match.start()
    line, column = decoded.count("\n", 0, at) + 1, at - decoded.rfind("\n", 0, at)
    code = ord(decoded[at])
    raise Broken(Place(name, line, column), _("There is a control character (U+%(code)04X) here.") % {"code": code})
