"""Fixtures of the stories."""

from tests.flows.stage import stage

__all__ = ["stage"]
