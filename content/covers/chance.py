"""A stream of numbers that depends on nothing but its words."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")
BLOCK = 512  # bytes taken from the hash at a time


class Chance:
    """Numbers drawn from SHAKE-256 of the words: the same on every machine and Python version."""

    def __init__(self, *words: str) -> None:
        self._hash = hashlib.shake_256("\x1f".join(words).encode())
        self._at = 0
        self._bytes = self._hash.digest(BLOCK)

    def number(self, low: float = 0.0, high: float = 1.0) -> float:
        """Something between low and high."""
        if self._at + 4 > len(self._bytes):
            self._bytes = self._hash.digest(len(self._bytes) + BLOCK)
        word = int.from_bytes(self._bytes[self._at : self._at + 4], "big")
        self._at += 4
        return low + (high - low) * word / 2**32

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.number() * (high - low + 1))

    def one_of(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.whole(0, len(items) - 1)]
