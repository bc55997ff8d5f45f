"""The pages that list things name all that the code has; settings have a test of their own."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.db.models import TextChoices
from django.utils import translation

from campaigns.journeys.steps import KINDS
from campaigns.models import Delivery, Journey, Mailing, PurposeClass, Run
from campaigns.rendering import liquid, syntax
from campaigns.rendering.blocks import MailBlock
from campaigns.sending import ledger
from content.blocks import BodyBlock
from subscribers.models import Frequency, Kind, Stage, State, Suppression

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROOMS = ("content", "subscribers", "campaigns", "circolare")
OF_EVERY_COMMAND = set(BaseCommand().create_parser("", "")._option_string_actions)


def section(page: str, heading: str) -> str:
    """What stands below a heading, down to the next one of its rank or above."""
    rank = heading.split()[0]
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.split(rf"^#{{1,{len(rank)}}} ", text.partition(f"\n{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def own_commands() -> dict[str, BaseCommand]:
    """Name → command, of our rooms."""
    return {name: load_command_class(room, name) for name, room in get_commands().items() if room in ROOMS}


def test_every_command_and_each_of_its_options_stands_in_the_reference() -> None:
    rows = dict(
        re.findall(r"^\| `(\w+)[^`]*` (\|.*)$", section("reference.md", "## Management commands"), re.MULTILINE)
    )
    options = {
        (name, option)
        for name, command in own_commands().items()
        for option in set(command.create_parser("", name)._option_string_actions) - OF_EVERY_COMMAND
    }

    assert set(rows) == set(own_commands())
    assert sorted((name, option) for name, option in options if f"`{option}" not in rows[name]) == []


@pytest.mark.parametrize(
    ("heading", "choices"),
    [
        ("### A mailing", Mailing.State),
        ("### A delivery: one mail to one person", Delivery.State),
        ("### A delivery: one mail to one person", Delivery.Reason),
        ("### A journey", Journey.State),
        ("### A run: one person in one journey", Run.State),
        ("### A subscriber", State),
        ("### A subscriber", Frequency),
        ("### A subscriber", Stage),
        ("## Rules of segments", Kind),
    ],
    ids=lambda given: given.__qualname__ if isinstance(given, type) else "",
)
def test_every_state_reason_and_kind_stands_in_the_reference(heading: str, choices: type[TextChoices]) -> None:
    told = section("reference.md", heading)

    assert [value for value in choices.values if f"`{value}`" not in told] == []


def test_every_step_variable_filter_and_tag_stands_in_the_reference() -> None:
    steps = section("reference.md", "## Steps of journeys")
    words = section("reference.md", "## Variables, filters and tags")

    assert [kind for kind in KINDS if f"| `{kind}` |" not in steps] == []
    names = {*liquid.FILTERS, *liquid.TAGS, *syntax.ISSUE.known, *syntax.EMAIL.known}
    assert sorted(name for name in names if f"`{name}`" not in words) == []


@pytest.mark.parametrize(
    ("heading", "block"),
    [("## Blocks of mails", MailBlock), ("## Blocks of articles, resources and plain pages", BodyBlock)],
)
def test_every_block_stands_in_the_reference_by_the_name_the_admin_shows(heading: str, block: type) -> None:
    told = section("reference.md", heading)

    with translation.override("en"):
        labels = [str(one.label) for one in block().child_blocks.values()]
    assert [label for label in labels if f"| *{label}* |" not in told] == []


def test_the_pages_of_ledger_and_gate_name_every_state_reason_and_class() -> None:
    states, reasons = section("ledger.md", "## States"), section("ledger.md", "## Reasons")
    rows = re.findall(r"^\| `(\w+)` \|.*\|([^|]*)\|$", states, re.MULTILINE)
    moves = {
        before: set(re.findall(r"[a-z_]+", after.replace("handing over", "handing_over"))) for before, after in rows
    }

    assert moves == {before.value: {after.value for after in targets} for before, targets in ledger.MOVES.items()}
    assert [reason for reason in Delivery.Reason.values if f"`{reason}`" not in reasons] == []
    classes = re.findall(r"^\| `(\w+)` \|", section("gate.md", "## The kinds of mail"), re.MULTILINE)
    assert sorted(classes) == sorted(PurposeClass.values)


def test_every_reason_of_a_suppression_stands_in_the_page_about_consent() -> None:
    told = section("consent.md", "## Suppressions")

    assert [reason for reason in Suppression.Reason.values if f"`{reason}`" not in told] == []
