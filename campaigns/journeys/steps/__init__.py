"""The kinds of steps, each in a file of its own; the order is that of the editor's list."""

from campaigns.journeys.steps.check import CHECK
from campaigns.journeys.steps.contract import Kind
from campaigns.journeys.steps.end import END
from campaigns.journeys.steps.go_to import GO_TO
from campaigns.journeys.steps.loop import LOOP
from campaigns.journeys.steps.mail import MAIL
from campaigns.journeys.steps.wait import WAIT
from campaigns.journeys.steps.wait_until import WAIT_UNTIL

KINDS: dict[str, Kind] = {kind.name: kind for kind in (MAIL, WAIT, WAIT_UNTIL, CHECK, LOOP, GO_TO, END)}
