"""Test mails of an issue to colleagues: written as for a chosen reader, marked, and inert where they would act."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User

from campaigns.models import IssuePage, Mailing, PurposeClass
from campaigns.rendering import versions
from campaigns.sending import mailing
from subscribers.models import Subscriber

NotReady = versions.NotReady


def send(
    issue: IssuePage,
    *,
    addresses: Sequence[str],
    locale: str,
    seen_as: Subscriber | None,
    user: User | None,
    now: datetime,
) -> Mailing:
    """Queue one test a colleague; they leave with the next tick.

    Takes: `seen_as`, whose name the mail is written with; None an invented reader's.
    Raises: NotReady, before anything is queued, when the issue cannot be made into a mail.
    Changes: the issue's standing test mailing, one delivery an address.
    """
    test = _standing(issue)
    versions.ensure(test, locale, now=now)
    lot = uuid.uuid4().hex[:12]
    context: dict[str, object] = {"name": seen_as.name} if seen_as else {}
    for number, address in enumerate(addresses, start=1):
        mailing.enqueue_address(
            test, address, intent_key=f"test:{lot}:{number}", locale=locale, now=now, context=context
        )
    return test


def _standing(issue: IssuePage) -> Mailing:
    key = f"test:issue:{issue.pk}"
    found, _is_new = Mailing.objects.get_or_create(
        key=key,
        defaults={
            "purpose_class": PurposeClass.TEST,
            "issue_id": issue.pk,
            "title": issue.title,
            "account": mailing.default_account(),
            "is_standing": True,
            "is_snapshot_complete": True,
            "state": Mailing.State.SENDING,
        },
    )
    return found
