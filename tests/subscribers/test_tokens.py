"""Tokens: bound to purpose and values, signed, ageing, readable under a former key."""

from datetime import UTC, datetime, timedelta

import pytest

from subscribers import tokens

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_token_gives_back_its_values_and_time() -> None:
    token = tokens.make(tokens.CONFIRM, 12, "abc", now=NOW)

    assert tokens.read(tokens.CONFIRM, token, now=NOW) == tokens.Token(("12", "abc"), NOW, False)


def test_a_token_without_values_can_be_read() -> None:
    assert tokens.read("why", tokens.make("why", now=NOW), now=NOW).values == ()


def test_a_token_for_another_purpose_is_bad() -> None:
    token = tokens.make(tokens.HOME, 12, now=NOW)

    with pytest.raises(tokens.BadToken):
        tokens.read(tokens.ERASE, token, now=NOW)


def test_every_other_character_in_any_place_makes_a_token_bad() -> None:
    token = tokens.make(tokens.LEAVE, 12, 3, 40, now=NOW)
    changed = [token[:i] + c + token[i + 1 :] for i in range(len(token)) for c in ALPHABET if c != token[i]]

    for text in changed:
        with pytest.raises(tokens.BadToken):
            tokens.read(tokens.LEAVE, text, now=NOW)


@pytest.mark.parametrize("text", ["", "a", "é" * 30, "=" * 40, "A" * 5000, "12", "../../etc", "AAAA\n", "\x00" * 40])
def test_garbage_is_a_bad_token(text: str) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.read(tokens.HOME, text, now=NOW)
    with pytest.raises(tokens.BadToken):
        tokens.read_click(text)


def test_a_token_ages_by_the_given_or_its_purposes_own_life() -> None:
    home, leave = tokens.make(tokens.HOME, 1, now=NOW), tokens.make(tokens.LEAVE, 1, 0, 0, now=NOW)
    later = NOW + timedelta(days=91)

    assert tokens.read(tokens.HOME, home, now=NOW + timedelta(days=89)).is_expired is False
    assert tokens.read(tokens.HOME, home, now=later).is_expired is True
    assert tokens.read(tokens.LEAVE, leave, now=NOW + timedelta(days=9000)).is_expired is False
    assert tokens.read(tokens.HOME, home, now=later, max_age=timedelta(days=365)).is_expired is False


def test_a_clock_that_runs_behind_does_not_expire_a_token() -> None:
    token = tokens.make(tokens.HOME, 1, now=NOW)

    assert tokens.read(tokens.HOME, token, now=NOW - timedelta(minutes=5)).is_expired is False


def test_a_former_key_still_reads_and_a_forgotten_one_does_not(settings: object) -> None:
    former = settings.SECRET_KEY
    token, click = tokens.make(tokens.HOME, 7, now=NOW), tokens.make_click(8, 2)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-that-is-long-enough-0123456789", [former]
    assert tokens.read(tokens.HOME, token, now=NOW).ids() == (7,)
    assert tokens.read_click(click) == (8, 2)

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(tokens.BadToken):
        tokens.read(tokens.HOME, token, now=NOW)
    with pytest.raises(tokens.BadToken):
        tokens.read_click(click)


def test_click_tokens_differ_by_mail_and_link_and_read_back() -> None:
    pairs = [(delivery, link) for delivery in (1, 2, 2**40) for link in (0, 1, 65_535)]
    made = [tokens.make_click(*pair) for pair in pairs]

    assert len(set(made)) == len(pairs)
    assert [tokens.read_click(token) for token in made] == pairs


def test_values_that_are_no_numbers_are_a_bad_token_where_ids_are_wanted() -> None:
    token = tokens.make(tokens.HOME, "x", now=NOW)

    with pytest.raises(tokens.BadToken):
        tokens.read(tokens.HOME, token, now=NOW).ids()


def test_a_value_with_the_separator_is_refused() -> None:
    with pytest.raises(ValueError, match="separator"):
        tokens.make(tokens.HOME, "1\x1f2", now=NOW)
