"""Digests: keyed, stable, found again after the key was changed."""

from subscribers import digests


def test_a_digest_is_stable_and_depends_on_address_and_key(settings: object) -> None:
    first = digests.of("anna@libero.it")

    assert len(first) == 32
    assert digests.of("anna@libero.it") == first
    assert digests.of("anna@libero.com") != first
    settings.CIRCOLARE_DIGEST_KEY = "another-digest-key-that-is-long-enough"
    assert digests.of("anna@libero.it") != first


def test_former_keys_still_find_what_they_wrote(settings: object) -> None:
    written = digests.of("anna@libero.it")

    settings.CIRCOLARE_DIGEST_KEY_FALLBACKS = [settings.CIRCOLARE_DIGEST_KEY]
    settings.CIRCOLARE_DIGEST_KEY = "another-digest-key-that-is-long-enough"

    assert digests.all_of("anna@libero.it") == [digests.of("anna@libero.it"), written]


def test_digests_do_not_depend_on_the_secret_key(settings: object) -> None:
    written = digests.of("anna@libero.it")

    settings.SECRET_KEY = "another-secret-key-that-is-long-enough"

    assert digests.of("anna@libero.it") == written
