"""What is forgotten by itself, each night: requests nobody confirmed, proofs grown old, mails long taken."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from subscribers import erasure, mail_requests
from subscribers.models import Consent, ConsentProof, Signup, State, Subscriber

BATCH = 500  # people of one round
DECIDED = (State.ERASED, State.ACTIVE, State.PAUSED, State.UNSUBSCRIBED)  # an index leaves the others, few


def prune(now: datetime) -> dict[str, int]:
    """Forget what is past its time; gives how many of each. Safe to run twice and to stop between two rounds."""
    return {
        "unconfirmed_people": _forget_unconfirmed(now),
        "unconfirmed_signups": _forget_signups(now),
        "proofs": ConsentProof.objects.filter(at__lt=now - timedelta(days=settings.CIRCOLARE_PROOF_DAYS)).delete()[0],
        "mail_requests": mail_requests.prune(now=now),
    }


def _forget_unconfirmed(now: datetime) -> int:
    """People whose every request was made long ago and never confirmed, and who agreed to nothing else."""
    limit = now - timedelta(days=settings.CIRCOLARE_UNCONFIRMED_DAYS)
    came_by_themselves = Q(signups__isnull=False) | Q(grants__isnull=False)
    never = Subscriber.objects.filter(came_by_themselves, created_at__lt=limit).exclude(state__in=DECIDED)
    never = never.exclude(consents__step__in=(Consent.Step.CONFIRMED, Consent.Step.WITHDRAWN))
    never = never.exclude(signups__at__gte=limit).exclude(signups__expires_at__gte=now)
    never = never.exclude(grants__expires_at__gte=limit)
    n_people = 0
    while batch := list(never.distinct()[:BATCH]):
        n_people += sum(erasure.erase(person, now=now, is_remembered=False) for person in batch)
    return n_people


def _forget_signups(now: datetime) -> int:
    """Old requests of people who agreed to something else meanwhile; what they typed goes with them."""
    limit = now - timedelta(days=settings.CIRCOLARE_UNCONFIRMED_DAYS)
    old = Signup.objects.filter(at__lt=limit, expires_at__lt=now, confirmed_at=None)
    return old.delete()[1].get("subscribers.Signup", 0)
