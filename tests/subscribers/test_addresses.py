"""Addresses: what is read, refused, compared, masked and judged."""

import json
from pathlib import Path

import pytest
from django.utils import translation

from subscribers import addresses

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "addresses"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora do not lie beside the checkout")


def is_read(text: str) -> bool:
    try:
        addresses.read(text)
    except addresses.BadAddress:
        return False
    return True


def records(name: str) -> list[dict[str, str]]:
    return json.loads((CORPUS / name).read_text(encoding="utf-8"))


def unescaped(text: str) -> str:
    """Control characters stand as U+2400 + n in the isemail files."""
    return "".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) <= 0x2420 else c for c in text)


def test_case_of_the_local_part_is_kept_and_ignored_when_compared() -> None:
    assert addresses.read("Anna.Rossi@Libero.IT") == addresses.Address(
        written="Anna.Rossi@libero.it", key="anna.rossi@libero.it", domain="libero.it"
    )


def test_an_international_domain_becomes_a_labels() -> None:
    read = addresses.read("anna@Città.it")

    assert (read.written, read.domain) == ("anna@xn--citt-3na.it", "xn--citt-3na.it")
    assert addresses.read("ANNA@XN--CITT-3NA.it").key == read.key


@pytest.mark.parametrize("pair", [("è@x.it", "e\u0300@x.it"), ("È@x.it", "è@x.it"), ("ΣΑΣ@x.it", "σας@x.it")])
def test_two_writings_of_one_local_part_meet_in_one_key(pair: tuple[str, str]) -> None:
    assert addresses.read(pair[0]).key == addresses.read(pair[1]).key


@pytest.mark.parametrize("text", [" anna@libero.it\t", "\u200banna@libero.it\ufeff", "\u00a0anna@libero.it"])
def test_blanks_and_invisible_characters_around_it_are_dropped(text: str) -> None:
    assert addresses.read(text).written == "anna@libero.it"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write your address."),
        ("anna.libero.it", "An address has an @ in the middle, as in anna@libero.it."),
        ("Anna <anna@libero.it>", "Write the address alone, without a name around it."),
        ("an na@libero.it", "There is a space inside the address."),
        ("anna@libero.it\r\nBcc: x@y.it", "There is a space inside the address."),
        ("an\u200bna@libero.it", "There is an invisible character inside the address. Type it by hand."),
        ("anna\x00@libero.it", "There is an invisible character inside the address. Type it by hand."),
        ("a" * 320 + "@libero.it", "This is too long for an address."),
        ("anna@libero", "This is not an address a mail can reach. Look at it again."),
        ("anna@test", "Something is missing after the @, for instance “.it”."),
        ('"anna"@libero.it', "This is not an address a mail can reach. Look at it again."),
        ("anna@[127.0.0.1]", "This is not an address a mail can reach. Look at it again."),
        ("anna@libero.it.", "This is not an address a mail can reach. Look at it again."),
        ("=cmd|' /C calc'!A1", "There is a space inside the address."),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(text: str, words: str) -> None:
    with pytest.raises(addresses.BadAddress) as refusal:
        addresses.read(text)

    with translation.override("en"):
        assert str(refusal.value.message) == words


def test_lone_surrogates_are_refused() -> None:
    assert not is_read("anna\ud800@libero.it")


def test_a_mask_shows_the_first_letter_and_the_domain() -> None:
    assert addresses.mask("anna@libero.it") == "a•••@libero.it"


@pytest.mark.parametrize("domain", ["letters.example", "example.com", "mail.example.org", "x.test", "a.local", "TEST."])
def test_domains_set_aside_by_a_standard_are_reserved(domain: str) -> None:
    assert addresses.is_reserved(domain)


@pytest.mark.parametrize("domain", ["libero.it", "myexample.com", "example.it", "contest", "latest.com"])
def test_other_domains_are_not_reserved(domain: str) -> None:
    assert not addresses.is_reserved(domain)


def test_roles_and_disposable_providers_are_told() -> None:
    read = addresses.read

    assert [read(a).is_machine_role for a in ("No-Reply@x.it", "abuse+1@x.it", "info@x.it")] == [True, True, False]
    assert [read(a).is_shared_role for a in ("INFO@x.it", "anna@x.it")] == [True, False]
    assert [read(a).is_disposable for a in ("a@mailinator.com", "a@x.mailinator.com", "a@libero.it")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("key", ["anna.rossi@gmail.com", "annarossi+x@googlemail.com", "a.n.n.a.rossi@gmail.com"])
def test_writings_of_one_gmail_mailbox_share_their_limits(key: str) -> None:
    assert addresses.mailbox(key) == "annarossi@gmail.com"


def test_a_tag_does_not_make_another_mailbox_for_limits() -> None:
    assert addresses.mailbox("anna+uno@libero.it") == addresses.mailbox("anna@libero.it")
    assert addresses.mailbox("anna.r@libero.it") != addresses.mailbox("annar@libero.it")


@needs_corpus
@pytest.mark.parametrize("name", ["isemail.json", "isemail-original.json"])
def test_every_error_of_the_isemail_corpus_is_refused(name: str) -> None:
    wrong = [r for r in records(name) if r["category"] == "ISEMAIL_ERR"]

    assert len(wrong) > 30
    assert [r["address"] for r in wrong if is_read(unescaped(r["address"] or ""))] == []


@needs_corpus
def test_every_plain_address_of_the_isemail_corpora_is_read() -> None:
    plain = [
        r["address"]
        for name in ("isemail.json", "isemail-original.json")
        for r in records(name)
        if r["category"] == "ISEMAIL_VALID_CATEGORY" and "." in r["address"].rpartition("@")[2]
    ]

    assert len(plain) > 15
    assert [address for address in plain if not is_read(address)] == []


@needs_corpus
def test_every_syntax_error_of_the_validators_own_corpus_is_refused() -> None:
    wrong = [r for r in records("email-validator.json") if r["test"] in {"test_email_invalid_syntax"}]

    assert len(wrong) > 30
    assert [r["address"] for r in wrong if is_read(r["address"])] == []


@needs_corpus
def test_flankers_invalid_mailboxes_are_refused_and_none_crashes() -> None:
    lists = records("flanker.json")

    assert len(lists) > 200
    assert [r["text"] for r in lists if is_read(r["text"]) and r["list"].endswith("_invalid")] == []


@needs_corpus
def test_normalising_twice_changes_nothing() -> None:
    texts = [r["address"] for r in records("email-validator.json")] + [r["text"] for r in records("flanker.json")]
    read = [addresses.read(text) for text in texts if is_read(text)]

    assert len(read) > 40
    assert [addresses.read(address.written) for address in read] == read
    assert [addresses.read(address.key).key for address in read] == [address.key for address in read]
