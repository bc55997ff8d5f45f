"""Journeys with real workers: what was clicked leads on; kills and a dead broker double nothing and skip nothing."""

import email
import email.policy
import random
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone
from wagtail.models import Locale

from campaigns.journeys import templates, versions
from campaigns.models import CapturedMail, Delivery, Journey, JourneyVersion, Link, Passage, Run
from content.models import ArticlePage
from subscribers import consent, tokens
from subscribers.models import Event, Kind, Purpose, Subscriber
from tests.campaigns import journey_rows as rows
from tests.campaigns import letters
from tests.campaigns.journey_graphs import graph_of, step
from tests.factories import content
from tests.factories import subscribers as people
from tests.flows.broker import own_broker
from tests.flows.stage import Stage
from tests.short import ONCE

N_RUNS = 200
N_KILLS = 4
SEED = 17
N_LAPS = 3
READING_SECONDS = 3  # who follows a link within two seconds of the mail's arrival is a machine
HUMAN = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


class Stay(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def mail_in_both_languages(name: str, *blocks: tuple[str, object]) -> str:
    """The translation key of a published email; the Italian one says the same."""
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    body = [("text", f"<p>{name}.</p>"), *blocks]
    first = letters.email(locales["it"], *body, name=name, subject=name)
    letters.email(locales["en"], *body, name=name, subject=name, translation_key=first.translation_key)
    return first.translation_key.hex


def reader(name: str, purpose: Purpose) -> Subscriber:
    """Somebody who subscribes now and lets their clicks be seen."""
    person, now = people.subscriber(f"{name}@letters.example", name=name), timezone.now()
    consent.give(person, people.tracking(), source="form:test", locale="it", now=now)
    consent.give(person, purpose, source="form:test", locale="it", now=now)
    return person


def subjects(person: Subscriber) -> list[str]:
    return list(CapturedMail.objects.filter(recipient=person.address).order_by("pk").values_list("subject", flat=True))


def click_on(page: ArticlePage, person: Subscriber) -> None:
    """Follow the link of the person's first mail that leads to the page."""
    raw = CapturedMail.objects.filter(recipient=person.address).earliest("pk").raw
    html = email.message_from_bytes(bytes(raw), policy=email.policy.default).get_body(("html",)).get_content()
    first = Delivery.objects.filter(subscriber=person).earliest("pk")
    links = dict(Link.objects.filter(version=first.version_id).values_list("position", "url"))
    for url in re.findall(r'href="([^"]+/c/[^"]+)"', html):
        _delivery, position = tokens.read_click(url.rpartition("/")[2])
        if page.slug in links[position]:
            with pytest.raises(urllib.error.HTTPError, match="302"):
                urllib.request.build_opener(Stay).open(urllib.request.Request(url, headers={"User-Agent": HUMAN}))
            return
    raise AssertionError(f"no link to {page.slug} in the mail to {person.address}")


def test_the_welcome_leads_each_reader_by_what_they_clicked(stage: Stage) -> None:
    stage.env["EMAIL_URL"] = "inbox://"
    letters.publisher()
    italian, purpose = Locale.objects.get(language_code="it"), rows.purpose()
    first, second = content.article(italian, "La bottega"), content.article(italian, "Il riposo")
    cards = [("article", {"article": page, "lead": ""}) for page in (first, second)]
    graph = templates.welcome(
        mail_in_both_languages("Hello", *cards),
        mail_in_both_languages("More A"),
        mail_in_both_languages("More B"),
        mail_in_both_languages("Question"),
        purpose=purpose.key,
        page_a=first.translation_key.hex,
        limit_seconds=120,
        breath_seconds=0,
    )
    journey = Journey.objects.create(name="Welcome", purpose=purpose, graph=graph)
    versions.publish(journey, user=None, now=timezone.now())

    with stage.web(), stage.worker(), stage.beat():
        ann, bob, cat = (reader(name, purpose) for name in ("ann", "bob", "cat"))
        stage.wait(lambda: CapturedMail.objects.count() == 3, 40, "the first mails")
        time.sleep(READING_SECONDS)
        click_on(first, ann)
        click_on(second, bob)
        stage.wait(lambda: CapturedMail.objects.count() == 5, 40, "the mails that clicks lead to")
        assert subjects(cat) == ["Hello"]
        # Two minutes pass for the one who clicks nothing.
        waiting = Run.objects.filter(subscriber=cat, state=Run.State.OPEN)
        assert waiting.update(entered_step_at=F("entered_step_at") - timedelta(minutes=2), due_at=timezone.now()) == 1
        stage.wait(lambda: CapturedMail.objects.count() == 6, 40, "the mail after the time limit")
        stage.wait(lambda: not Run.objects.filter(state=Run.State.OPEN).exists(), 20, "the end of all runs")

    assert {person.name: subjects(person) for person in (ann, bob, cat)} == {
        "ann": ["Hello", "More A"],
        "bob": ["Hello", "More B"],
        "cat": ["Hello", "Question"],
    }
    seen = Passage.objects.get(run__subscriber=ann, step="first-click").seen
    assert (seen["translation"], seen["title"]) == (first.translation_key.hex, "La bottega")


def rounds() -> Journey:
    """Three laps of two mails and two waits of a second; the outline would not publish waits so short."""
    names = ("hello", "more")
    emails = {name: mail_in_both_languages(name) for name in names}
    mails = {name: step(name, "mail", {"email": emails[name]}, next=f"rest-{name}") for name in names}
    graph = graph_of(
        mails["hello"],
        step("rest-hello", "wait", {"seconds": 1}, next="more"),
        mails["more"],
        step("rest-more", "wait", {"seconds": 1}, next="again"),
        step("again", "loop", {"max_laps": N_LAPS}, again="hello", exit="over"),
        step("over", "end"),
        entries=[{"on": Kind.CONSENT_CONFIRMED, "object": {"kind": "purpose", "key": rows.PURPOSE}}],
    )
    journey = Journey.objects.create(name="Rounds", purpose=rows.purpose(), state=Journey.State.LIVE, graph=graph)
    JourneyVersion.objects.create(journey=journey, number=1, graph=graph)
    return journey


def expected_way() -> list[tuple[str, int, str]]:
    way = []
    for lap in range(1, N_LAPS + 1):
        way += [(name, lap, "next") for name in ("hello", "rest-hello", "more", "rest-more")]
        way.append(("again", lap, "again" if lap < N_LAPS else "exit"))
    return [*way, ("over", 1, "end")]


def faults(journey: Journey) -> list[str]:
    """What the rows say went wrong: visits doubled or skipped, mails doubled or missing, people left behind."""
    found = []
    mails = Counter(Delivery.objects.values_list("intent_key", flat=True))
    ended = Counter(Event.objects.filter(kind=Kind.JOURNEY_ENDED).values_list("subscriber", flat=True))
    for run in journey.runs.prefetch_related("passages"):
        visits = sorted(run.passages.all(), key=lambda visit: visit.pk)
        if [(visit.step, visit.lap, visit.outcome) for visit in visits] != expected_way():
            found.append(f"run {run.pk}: {[(visit.step, visit.lap, visit.outcome) for visit in visits]}")
        if any(before.left_at != after.entered_at for before, after in zip(visits, visits[1:], strict=False)):
            found.append(f"run {run.pk}: a gap between two visits")
        keys = [f"run:{run.pk}:step:{name}:lap:{lap}" for name in ("hello", "more") for lap in range(1, N_LAPS + 1)]
        if [mails.pop(key, 0) for key in keys] != [1] * len(keys):
            found.append(f"run {run.pk}: mails doubled or missing")
        if (run.state, ended[run.subscriber_id]) != (Run.State.ENDED, 1):
            found.append(f"run {run.pk}: {run.state}, told {ended[run.subscriber_id]} times")
    return found + [f"a mail nobody should get: {key}" for key in mails]


def torn() -> bool:
    """Whether some position was written without its visit."""
    here = Passage.objects.filter(left_at=None).values("run", "step", "lap")
    standing = set(Run.objects.filter(state=Run.State.OPEN).values_list("pk", "step", "lap"))
    return bool(standing - {(row["run"], row["step"], row["lap"]) for row in here})


def begin_all() -> Purpose:
    letters.publisher()
    purpose = rows.purpose()
    for number in range(N_RUNS):
        person = people.subscriber(f"walker{number}@letters.example")
        consent.give(person, purpose, source="form:test", locale="it", now=timezone.now())
    return purpose


def in_hand() -> int:
    """Runs that a worker holds, or held when it died."""
    return Run.objects.filter(state=Run.State.OPEN, lease_until__gt=timezone.now()).count()


def wait_for_a_hand(seconds: float) -> None:
    """Until a worker has taken runs, and a moment longer."""
    deadline = time.monotonic() + 10
    while not in_hand() and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(seconds)


def test_four_kills_and_a_dead_broker_double_no_visit_and_skip_none(stage: Stage, tmp_path: Path) -> None:
    luck, journey = random.Random(SEED), rounds()
    n_visits, n_struck = N_RUNS * len(expected_way()), 0
    with own_broker(tmp_path) as broker:
        stage.env |= {"CELERY_BROKER_URL": broker.url, "CACHE_URL": broker.url, "CIRCOLARE_LEASE_SECONDS": "2"}
        begin_all()
        with stage.beat():
            worker = stage.start_worker(queues="journeys,events")
            for number in range(N_KILLS):
                instant = n_visits * (2 * number + 1) // (2 * N_KILLS + 2) + luck.randrange(N_RUNS)
                stage.wait(lambda instant=instant: Passage.objects.count() >= instant, 40, f"visit {instant}")
                wait_for_a_hand(luck.uniform(0, 0.05))
                worker.kill()
                n_struck += in_hand()
                if number == N_KILLS // 2:
                    broker.restart()
                worker = stage.start_worker(queues="journeys,events")
            stage.wait(lambda: arrived(journey), 60, "the end of all runs")
            worker.stop()

    assert journey.runs.count() == N_RUNS
    assert faults(journey) == []
    assert n_struck, "no kill struck a worker with runs in its hand"


def arrived(journey: Journey) -> bool:
    return journey.runs.filter(state=Run.State.ENDED).count() == N_RUNS


@ONCE
def test_without_one_transaction_a_kill_skips_visits(stage: Stage, tmp_path: Path) -> None:
    journey = rounds()
    stage.env |= {"CIRCOLARE_LEASE_SECONDS": "2"}
    begin_all()
    with stage.beat():
        worker = stage.start_worker(queues="journeys,events", app="tests.chaos.careless")
        stage.wait(torn, 40, "a position without its visit")
        worker.kill()
        worker = stage.start_worker(queues="journeys,events")
        stage.wait(lambda: journey.runs.exclude(error="").exists() or arrived(journey), 60, "what comes of it")
        worker.stop()

    assert [fault for fault in faults(journey) if "mails doubled or missing" in fault] != []
    assert journey.runs.filter(error__startswith="Doubled").exists()
