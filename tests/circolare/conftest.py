"""Fixtures of the assembled site."""

from tests.committed import committed
from tests.flows.stage import stage

__all__ = ["committed", "stage"]
