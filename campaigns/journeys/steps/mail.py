"""Sends one email and goes on at once; whether it may leave is the gate's affair."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.journeys.fields import Field, Shape
from campaigns.journeys.graph import Graph, Step, plain
from campaigns.journeys.known import Known
from campaigns.journeys.position import Facts, Mail, Position
from campaigns.journeys.steps.contract import Edge, Go, Kind


class MailStep(Kind):
    """`settings`: email, the translation key of an Email."""

    name = "mail"
    label = gettext_lazy("Send a mail")
    help = gettext_lazy("One email, in the reader's language.")
    icon = "mail"
    edges = (Edge("next", gettext_lazy("then")),)
    fields = (Field("email", Shape.EMAIL, gettext_lazy("Email")),)

    def look(self, step: Step, position: Position, facts: Facts, now: datetime) -> Go:
        """Queue the mail, go on."""
        email = plain(str(step.settings["email"]))
        return Go("next", seen={"email": email}, effects=(Mail(position.key(), step.id, email),))

    def problems(self, step: Step, graph: Graph, known: Known) -> Iterator[str]:
        """No email, one that is gone, or one that lacks a language."""
        key = plain(str(step.settings.get("email") or ""))
        if not key:
            yield _("Choose the email it sends.")
        elif key not in known.emails:
            yield _("Its email is not there any more: choose another.")
        else:
            email = known.emails[key]
            for code, language in known.languages.items():
                if code not in email.published:
                    yield _("“%(email)s” is not published in %(language)s: write and publish it.") % {
                        "email": email.name,
                        "language": language,
                    }

    def summary(self, step: Step, graph: Graph, known: Known) -> str:
        """Which email."""
        email = known.emails.get(plain(str(step.settings.get("email") or "")))
        return _("Sends “%(email)s”.") % {"email": email.name} if email else _("Sends a mail, not chosen yet.")


MAIL = MailStep()
