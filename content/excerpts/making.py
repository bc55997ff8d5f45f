"""Pictures of a file's first pages, made once by a program that may take neither long nor much, and cached."""

import json
import logging
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.core.cache import cache
from wagtail.documents.models import AbstractDocument

logger = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("press.py")
EDITION = "1"  # another one after every change of what the program draws
WIDTH = 640  # pixels; shown at about half of that, so sharp on a fine screen
MOST_BYTES = 50 * 1024 * 1024  # of a file
MOST_ANSWERED = 4 * 1024 * 1024  # bytes, as the program's own limit
SECONDS = 6  # of waiting for the program
KEPT_SECONDS = 30 * 86_400  # a picture stays in the cache
TOLD_SECONDS = KEPT_SECONDS - 3_600  # what is known of the pictures goes before they do
FAILED_SECONDS = 3_600  # before a file that gave nothing is tried again
OURS = {"PATH": os.defpath}  # the program's whole environment: no keys, no addresses
Sizes = tuple[tuple[int, int], ...]  # width and height in pixels


@dataclass(frozen=True)
class Excerpt:
    """What is known of a file's first pages."""

    stamp: str  # changes with the file
    n_pages: int  # of the whole file
    sizes: Sizes  # of each picture that there is


@dataclass(frozen=True)
class Made:
    """What the program gave."""

    n_pages: int = 0
    sizes: Sizes = ()
    pictures: tuple[bytes, ...] = ()  # WebP


class Failed(Exception):
    """No pictures of this file; the text says why."""


def of(document: AbstractDocument, number: int) -> Excerpt | None:
    """The first `number` pages of a PDF, made where they are not kept yet; None where the file gives none.

    Two readers at once make it once: the second gets None for that moment.
    """
    if not number or document.file_extension.lower() != "pdf":
        return None
    try:
        stamp = f"{document.get_file_hash()[:20]}-{EDITION}"
        kept: tuple[int, Sizes] | None = cache.get(_key(stamp, number)) or _make(document, _key(stamp, number), number)
    except OSError as error:
        logger.error("The file of document %s cannot be read: %s", document.pk, type(error).__name__)
        return None
    return Excerpt(stamp, *kept) if kept and kept[1] else None


def picture(document: AbstractDocument, number: int, sheet: int) -> bytes | None:
    """The picture of one of those pages, counted from 1; made anew where the cache lost it alone."""
    found = of(document, number)
    if found is None or not 1 <= sheet <= len(found.sizes):
        return None
    key = _key(found.stamp, number)
    kept: bytes | None = cache.get(f"{key}:{sheet}")
    if kept is None and _make(document, key, number):
        kept = cache.get(f"{key}:{sheet}")
    return kept


def _key(stamp: str, number: int) -> str:
    return f"excerpt:{stamp}:{number}"


def _make(document: AbstractDocument, key: str, number: int) -> tuple[int, Sizes] | None:
    """Pages of the file and sizes of the pictures, both kept; 0 and none for a file that gave nothing.

    Gives None, and keeps nothing, while somebody else is at it.
    """
    if not cache.add(f"{key}:busy", 1, timeout=SECONDS + 4):
        return None
    try:
        made = _run(document, number)
    except Failed as error:
        logger.warning("Document %s gives no pictures of its pages: %s", document.pk, error)
        made = Made()
    for sheet, content in enumerate(made.pictures, start=1):
        cache.set(f"{key}:{sheet}", content, KEPT_SECONDS)
    cache.set(key, (made.n_pages, made.sizes), TOLD_SECONDS if made.pictures else FAILED_SECONDS)
    cache.delete(f"{key}:busy")
    return made.n_pages, made.sizes


def _run(document: AbstractDocument, number: int) -> Made:
    """Raises: Failed; OSError where the file cannot be read."""
    if document.file.size > MOST_BYTES:
        raise Failed("it is too large")
    with document.file.open("rb") as file, TemporaryFile() as given, TemporaryFile() as answer:
        shutil.copyfileobj(file, given)  # the file may lie in a storage far away
        given.seek(0)
        _print(given, answer, number)
        answer.seek(0)
        return _read(answer.read(MOST_ANSWERED))


def _print(given: IO[bytes], answer: IO[bytes], number: int) -> None:
    """Raises: Failed where the program ends badly or not at all."""
    command = [sys.executable, "-I", str(PROGRAM), str(number), str(WIDTH)]
    try:
        done = subprocess.run(  # noqa: S603 — our own words
            command, stdin=given, stdout=answer, stderr=subprocess.DEVNULL, env=OURS, cwd="/", timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise Failed("it takes too long") from error
    if done.returncode:
        raise Failed(f"exit status {done.returncode}")


def _read(answer: bytes) -> Made:
    """What the program wrote, believed as far as it is what was asked for. Raises: Failed."""
    head, _newline, rest = answer.partition(b"\n")
    try:
        told = json.loads(head)
        n_pages, rows = int(told["n_pages"]), [(int(w), int(h), int(n_bytes)) for w, h, n_bytes in told["sheets"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Failed("an answer that is none") from error
    pictures = []
    for _width, _height, n_bytes in rows:
        pictures.append(rest[:n_bytes])
        rest = rest[n_bytes:]
    if not all(content[:4] == b"RIFF" and content[8:12] == b"WEBP" for content in pictures):
        raise Failed("an answer without pictures")
    return Made(n_pages, tuple((width, height) for width, height, _n_bytes in rows), tuple(pictures))
