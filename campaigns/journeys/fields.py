"""What a step's form asks for: names and shapes only; `controls` turns them into a form."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise

Words = str | Promise  # said in the language of the moment


class Shape(Enum):
    """How a value is asked for and written into `settings`."""

    NUMBER = "number"  # a whole number
    DURATION = "duration"  # seconds, asked as a number of minutes, hours or days
    EMAIL = "email"  # translation key of an Email
    EVENT = "event"  # a kind of event
    THING = "thing"  # {"kind": …, "key": …}, or nothing for anything
    STEP = "step"  # id of another step, or ""
    MAIL_STEP = "mail_step"  # id of a step that sends a mail, or ""
    JOURNEY = "journey"  # id of another journey
    SEGMENT = "segment"  # {"in_segment": id} as a rule
    RULE = "rule"  # a rule tree as JSON
    CHOICE = "choice"  # one of `choices`


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a step's form."""

    name: str  # key in `settings`
    shape: Shape
    label: Words
    help: Words = ""
    empty: Words = ""  # what choosing nothing means
    choices: tuple[tuple[str, Words], ...] = ()
    when: tuple[str, str] | None = None  # (other field, value): asked only where it has that value
    default: object = None
