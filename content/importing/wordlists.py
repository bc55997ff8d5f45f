"""Lists of words written as one readable line."""


def wordlist(text: str) -> frozenset[str]:
    """The words of a text, apart at blanks."""
    return frozenset(text.split())
