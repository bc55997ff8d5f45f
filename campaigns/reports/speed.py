"""How fast mails leave by an account, as far as anybody can know before they do."""

from datetime import datetime, timedelta

from campaigns.models import Account, Delivery, Mailing

N_TELLING = 100  # mails of a mailing that say something about speed; fewer are gone before the clock has moved


def n_per_second(account: Account) -> float | None:
    """The account's limit, or what its last mailing reached; None where neither is known. Two queries at most."""
    if account.n_per_second:
        return float(account.n_per_second)
    finished = Mailing.objects.filter(
        account=account, state=Mailing.State.FINISHED, is_standing=False, started_at__isnull=False
    )
    last = finished.order_by("-finished_at").first()
    if last is None or last.started_at is None or last.finished_at is None:
        return None
    n = last.deliveries.filter(state=Delivery.State.ACCEPTED).count()
    seconds = (last.finished_at - last.started_at).total_seconds()
    return n / seconds if n >= N_TELLING and seconds > 0 else None


def done_at(account: Account, n_people: int, *, start: datetime) -> datetime | None:
    """About when the last of so many mails is accepted; None where nothing is known."""
    rate = n_per_second(account)
    return start + timedelta(seconds=n_people / rate) if rate and n_people else None
