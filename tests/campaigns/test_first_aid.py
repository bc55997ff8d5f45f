"""What the office says when something does not run: which command starts it, what a server's refusal means."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from campaigns import attention, fence, heartbeats
from campaigns.models import Account, Heartbeat, Mailing
from campaigns.transports import remedies
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make.staff(role))
    return client


@pytest.mark.parametrize(
    ("started_by", "clock", "worker"),
    [
        ("demo", "make demo", "make demo"),
        ("compose", "compose --env-file circolare.env up --detach beat", "up --detach worker-send"),
        ("", 'celery --app circolare beat --pidfile ""', "celery --app circolare worker --queues send --pool prefork"),
    ],
)
def test_a_silent_part_comes_with_the_command_that_starts_it(
    started_by: str, clock: str, worker: str, settings: object
) -> None:
    settings.CIRCOLARE_STARTED_BY = started_by
    fence.is_open()
    now = timezone.now()

    assert clock in str(attention.notices(now)[0].text)

    for name in (heartbeats.BEAT, *map(heartbeats.worker, ("events", "journeys", "upkeep"))):
        Heartbeat.objects.create(name=name, at=now)
    assert [worker in str(notice.text) for notice in attention.notices(now)] == [True]


def test_the_monitor_of_a_mailing_that_does_not_move_says_why_and_one_that_is_over_does_not() -> None:
    client = client_of("Marketers")
    moving, over = make.mailing(state=Mailing.State.SENDING), make.mailing(state=Mailing.State.FINISHED)

    shown = [client.get(reverse("office_mailing", args=[one.pk])).context["notices"] for one in (moving, over)]

    assert [[notice.key for notice in notices] for notices in shown] == [["beat"], []]


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("smtp.giro.it refuses the login: 535 5.7.8 bad credentials", "name and password"),
        ("the certificate of smtp.giro.it is not good: Hostname mismatch", "certificate"),
        ("no TLS with smtp.giro.it: WRONG_VERSION_NUMBER", "encrypt"),
        ("smtp.giro.it offers no STARTTLS; nothing is sent in the clear", "encrypt"),
        ("the environment variable EMAIL_URL_RELAY is not set", "not written"),
        ("smtp.gira.it: [Errno -2] Name or service not known", "No server"),
        ("smtp.giro.it: [Errno 111] Connection refused", "Nobody answers"),
        ("the server takes no mail from us: 550 5.7.1 relaying denied", "send from this address"),
    ],
)
def test_a_refusal_is_told_in_plain_words_with_what_helps(reason: str, word: str) -> None:
    found = remedies.of(reason)

    assert found is not None
    with translation.override("en"):
        assert word in str(found.meaning)
    assert len(found.fixes) >= 2


def test_words_that_say_nothing_to_us_are_not_explained() -> None:
    assert remedies.of("the moon is full") is None


def test_home_and_monitor_explain_why_an_account_is_paused() -> None:
    reason = "smtp.giro.it refuses the login: 535 bad credentials"
    Account.objects.filter(is_default=True).update(paused_at=timezone.now(), pause_reason=reason)
    client, mailing = client_of("Administrators"), make.mailing()

    for path in ("/admin/", reverse("office_mailing", args=[mailing.pk])):
        page = client.get(path).content.decode()
        assert reason in page
        assert "%40" in page
