"""Fixtures of this room's tests."""

from tests.committed import committed

__all__ = ["committed"]
