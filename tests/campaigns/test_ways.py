"""EMAIL_URL: what it may say, and what a bad one is told."""

from pathlib import Path

import pytest

from campaigns.transports import ways
from campaigns.transports.ways import BadEmailUrl, Security, Way


@pytest.mark.parametrize(
    ("url", "way"),
    [
        ("inbox://", Way(kind="inbox")),
        ("smtp://127.0.0.1:2525", Way(kind="smtp", host="127.0.0.1", port=2525)),
        ("smtp://localhost", Way(kind="smtp", host="localhost", port=25)),
        ("smtp://mail.example.it", Way(kind="smtp", host="mail.example.it", port=587, security=Security.STARTTLS)),
        (
            "smtp://anna:p%40ss%2Fw%C3%B6rd@mail.example.it:2587?timeout=30",
            Way(
                kind="smtp",
                host="mail.example.it",
                port=2587,
                user="anna",
                password="p@ss/wörd",
                security=Security.STARTTLS,
                timeout_seconds=30,
            ),
        ),
        (
            "smtp+ssl://a%40b.it:x@mail.example.it",
            Way(kind="smtp", host="mail.example.it", port=465, user="a@b.it", password="x", security=Security.TLS),
        ),
        ("smtp+tls://[::1]:587", Way(kind="smtp", host="::1", port=587, security=Security.STARTTLS)),
        ("smtp://catcher:1025?tls=off", Way(kind="smtp", host="catcher", port=1025)),
        ("anymail://amazon_ses", Way(kind="anymail", esp="amazon_ses")),
    ],
)
def test_a_good_address_is_read(url: str, way: Way) -> None:
    assert ways.read(url) == way


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "must begin with inbox://"),
        ("mail.example.it", "must begin with inbox://"),
        ("http://mail.example.it", "not 'http'"),
        ("smtp://", "names nobody"),
        ("anymail://", "names nobody"),
        ("smtp://anna@mail.example.it", "without a password"),
        ("smtp://anna:secret@mail.example.it?tls=off", "in the clear"),
        ("smtp://mail.example.it?tls=maybe", "can only be off"),
        ("smtp://mail.example.it?verify=no", "unknown option 'verify'"),
        ("smtp://mail.example.it:99999", "port"),
        ("smtp://mail.example.it:smtp", "port"),
        ("smtp://mail.example.it?timeout=soon", "number of seconds"),
        ("smtp://mail.example.it?timeout=0", "between 1 and 600"),
        ("smtp://mail.example.it?ca=/no/such/file.pem", "no file /no/such/file.pem"),
    ],
)
def test_a_bad_address_is_told_what_to_write(url: str, words: str) -> None:
    with pytest.raises(BadEmailUrl) as caught:
        ways.read(url)

    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_authority_of_ones_own_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("x", encoding="ascii")

    assert ways.read(f"smtp://mail.example.it?ca={file}").ca_file == str(file)


def test_a_way_does_not_show_its_password() -> None:
    way = ways.read("smtp://anna:secret@mail.example.it")

    assert "secret" not in repr(way)
    assert "secret" not in f"{way}"
