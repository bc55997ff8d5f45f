"""The same installation on RabbitMQ, by nothing but environment variables.

Needs CIRCOLARE_TEST_AMQP, the address of a virtual host that belongs to the test.
"""

import os
from uuid import uuid4

import pytest
from django.utils import timezone

from campaigns import heartbeats
from campaigns.models import CapturedMail
from circolare.beat import LONGEST_QUEUE, Scheduler
from circolare.celery import app as celery_app
from subscribers import mail_requests
from subscribers.models import MailRequest
from tests.factories import subscribers as people
from tests.flows.stage import Stage

URL = os.environ.get("CIRCOLARE_TEST_AMQP", "")
pytestmark = pytest.mark.skipif(not URL, reason="CIRCOLARE_TEST_AMQP is not set")


def test_a_wish_for_a_mail_becomes_a_mail_in_the_inbox(stage: Stage) -> None:
    stage.env["CELERY_BROKER_URL"] = URL
    person = people.subscriber("anna@letters.example")
    mail_requests.ask(MailRequest.Kind.LINK, person, key="1", locale="it", now=timezone.now())

    with stage.worker(), stage.beat():
        stage.wait(lambda: CapturedMail.objects.exists(), 30, "the mail")
        stage.wait(lambda: heartbeats.silent(timezone.now()) == [], 30, "a word of every part")

    assert CapturedMail.objects.get().recipient == "anna@letters.example"


def test_beat_does_not_fill_a_queue_that_nobody_empties() -> None:
    queue = f"test-{uuid4().hex}"
    app = celery_app.__class__("other", broker=URL, set_as_current=False)
    clock = Scheduler(app, lazy=True)
    entry = clock.Entry(name="tick", task="t", schedule=1.0, options={"queue": queue, "expires": 5}, app=app)
    try:
        for _ in range(LONGEST_QUEUE + 10):
            clock.apply_entry(entry)
        assert LONGEST_QUEUE <= clock.length(queue) <= LONGEST_QUEUE + 2  # the broker counts a moment late
    finally:
        with app.connection_for_write() as link, link.channel() as channel:
            channel.queue_delete(queue)
