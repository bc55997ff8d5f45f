"""The words of the sample that are no texts, from `texts/words.yaml`."""

from functools import cache
from typing import Any

import yaml

from campaigns.sample.texts import ROOT

Words = dict[str, Any]  # nested mappings of texts, as the file has them


@cache
def _all() -> Words:
    loaded: Words = yaml.safe_load((ROOT / "words.yaml").read_text(encoding="utf-8"))
    return loaded


def topics() -> dict[str, Words]:
    """{our key: {palette, it: {name, description}, en: …}}."""
    return dict(_all()["topics"])


def authors() -> dict[str, Words]:
    """{name: {it: {role, bio}, en: …}}."""
    return dict(_all()["authors"])


def column() -> dict[str, Words]:
    """{language: {title, slug, introduction, rhythm}}."""
    return dict(_all()["column"])


def home() -> dict[str, Words]:
    """{language: {tagline, introduction}}."""
    return dict(_all()["home"])


def newsletters() -> dict[str, Words]:
    """{key of the purpose: {slug, it: {name, rhythm, promise, wording}, en: …}}."""
    return dict(_all()["newsletters"])


def forms() -> dict[str, Words]:
    """{key of the form: {purpose: key of what it offers, language: {title, promise, rhythm, button}}}."""
    return dict(_all()["forms"])


def publisher() -> dict[str, str]:
    """The fields of the publisher's settings."""
    return dict(_all()["publisher"])


def people() -> dict[str, dict[str, str]]:
    """{language: {first, last}}, each a line of names."""
    return dict(_all()["people"])
