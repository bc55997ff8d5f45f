"""Fixtures of the assembled site."""

from tests.flows.stage import stage

__all__ = ["stage"]
