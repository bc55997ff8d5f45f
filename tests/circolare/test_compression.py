"""What leaves compressed, and what does not."""

import gzip

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from circolare.compression import TextCompressionMiddleware

WORDS = b"<p>Una lettera parte, qualcuno la legge, qualcosa torna indietro.</p>" * 20


def passed(response: HttpResponseBase, **headers: str) -> HttpResponseBase:
    """The response as it leaves."""

    def view(request: HttpRequest) -> HttpResponseBase:
        return response

    return TextCompressionMiddleware(view)(RequestFactory().get("/it/", headers=headers))


def test_a_page_leaves_compressed_where_the_browser_takes_that() -> None:
    answer = passed(HttpResponse(WORDS), accept_encoding="gzip, br")

    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(answer.content) == WORDS
    assert len(answer.content) < len(WORDS) / 3


def test_a_page_leaves_as_it_is_where_the_browser_does_not() -> None:
    assert passed(HttpResponse(WORDS)).content == WORDS


def test_files_and_streams_leave_as_they_are(tmp_path) -> None:
    (tmp_path / "page.html").write_bytes(WORDS)
    file = passed(FileResponse((tmp_path / "page.html").open("rb")), accept_encoding="gzip")
    picture = passed(HttpResponse(WORDS, content_type="image/png"), accept_encoding="gzip")

    assert "Content-Encoding" not in file and file["Content-Length"] == str(len(WORDS))
    assert "Content-Encoding" not in picture
