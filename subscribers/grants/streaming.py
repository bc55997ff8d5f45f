"""A guarded file on its way, whole or in part (RFC 9110, section 14): given by name, or shown in its page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from wagtail.documents.models import AbstractDocument

CHUNK = 64 * 1024  # bytes
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Accept-Ranges": "bytes",
}


@dataclass(frozen=True)
class Manner:
    """How a file is handed out."""

    is_attachment: bool
    cache: str


GIVEN = Manner(is_attachment=True, cache="no-store, private")  # to keep: a granted or free download
SHOWN = Manner(is_attachment=False, cache="private, max-age=3600")  # in a page that anybody may open


def respond(request: HttpRequest, document: AbstractDocument, *, manner: Manner = GIVEN) -> HttpResponseBase:
    """The file under its own name: 200, 206 for one range, 416 for a range beyond its end.

    Raises: FileNotFoundError where the row has no file behind it.
    """
    file: BinaryIO = document.file.open("rb")
    n_bytes, tag = document.file.size, f'"{document.get_file_hash()}"'
    part = _part(request, n_bytes, tag)
    response: HttpResponseBase
    if part is None:
        response = FileResponse(file)
        response["Content-Length"] = n_bytes
    elif part.start >= n_bytes:
        file.close()
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{n_bytes}"})
    else:
        response = StreamingHttpResponse(_read(file, part), status=206)
        response["Content-Length"] = len(part)
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{n_bytes}"
    response["Content-Type"] = document.content_type or "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(manner.is_attachment, document.filename) or "inline"
    response["ETag"] = tag
    response["Cache-Control"] = manner.cache
    for name, value in HEADERS.items():
        response[name] = value
    return response


def is_beginning(request: HttpRequest) -> bool:
    """Whether the request asks for the file from its first byte on: that is one taking, the rest belongs to it."""
    found = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    return request.method == "GET" and (found is None or int(found[1] or 1) == 0)


def _part(request: HttpRequest, n_bytes: int, tag: str) -> range | None:
    """The bytes asked for; None for the whole file, also where several parts or another version are asked for."""
    found = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or found[0] == "bytes=-" or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = found[1], found[2]
    if not first:  # the last so many bytes
        return range(max(0, n_bytes - int(last)), n_bytes) if int(last) else range(n_bytes, n_bytes)
    stop = min(int(last) + 1, n_bytes) if last else n_bytes
    return range(int(first), stop) if int(first) < stop or int(first) >= n_bytes else None


def _read(file: BinaryIO, part: range) -> Iterator[bytes]:
    with file:
        file.seek(part.start)
        left = len(part)
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
