"""What one more reader of a letter costs, and what compiling it costs once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from django.core.mail import EmailMultiAlternatives
from wagtail.models import Locale

from campaigns.models import IssuePage
from campaigns.rendering import compiling, personalise, sources, versions
from campaigns.rendering.personalise import Writer
from tests.bench import AtLeast, AtMost, Line, database, figure
from tests.campaigns import letters, wire
from tests.factories import subscribers as people

N_LINKS = 18
N_MAILS = 2_000
N_PEER = 100
N_ROUNDS = 5  # the best counts: other work on the machine only ever makes it slower
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PARAGRAPH = "Una lettera parte, qualcuno la legge, qualcosa torna indietro e comincia un altro giro. " * 5
CONDITION = "<p>{% if person.name %}Ciao {{ person.first_name | upcase }}{% else %}Salve{% endif %}</p>"


@figure
def rendering() -> Iterator[Line]:
    """A letter of 34 kB with 18 signed links and a name, written to bytes; EmailMultiAlternatives beside it."""
    with database():
        letters.publisher()
        italian = Locale.objects.get(language_code="it")
        plain, conditional = issue(italian), issue(italian, *[("text", CONDITION)] * 3)
        writer, person = ready(plain)
        raw = writer.write(person, now=NOW)
        ours = best(lambda: writer.write(person, now=NOW), N_MAILS)
        theirs = best(peer(raw), N_PEER)
        beside = f"EmailMultiAlternatives {theirs:.3f} ms, {len(raw) / 1000:.1f} kB"
        yield Line("rendering.write", ours, "ms/mail", AtMost(0.1), beside=beside)
        yield Line("rendering.ratio", theirs / ours, "× EmailMultiAlternatives", AtLeast(20), is_ratio=True)
        untracked = replace(person, is_tracked=False)
        yield Line("rendering.untracked", best(lambda: writer.write(untracked, now=NOW), N_MAILS), "ms/mail")
        other, reader = ready(conditional)
        yield Line("rendering.conditions", best(lambda: other.write(reader, now=NOW), N_MAILS), "ms/mail")
        source = sources.of_issue(plain)
        yield Line("rendering.compile", best(lambda: compiling.compile(source), 3), "ms", AtMost(500))


def issue(italian: Locale, *more: tuple[str, object]) -> IssuePage:
    """A letter with N_LINKS links."""
    text = "<p>{paragraph} <a href='https://example.org/{number}'>Leggi tutto</a></p>"
    blocks = [("text", text.format(paragraph=PARAGRAPH, number=number)) for number in range(N_LINKS)]
    return letters.issue(italian, ("heading", "Ciao {{ person.first_name | default: 'a te' }}"), *blocks, *more)


def ready(page: IssuePage) -> tuple[Writer, personalise.Person]:
    """The letter's writer, and a reader whose clicks are counted."""
    reader = people.subscriber(name="Anna Però")
    people.agreed(reader, people.tracking())
    delivery = letters.delivery(letters.mailing(page), reader)
    version = versions.ensure(delivery.mailing, "it", now=NOW)
    return personalise.writer(version.pk), personalise.people([delivery])[delivery.pk]


def peer(raw: bytes) -> Callable[[], bytes]:
    """The same mail built by Django, its parts rendered already."""
    message, html, text = wire.parsed(raw), wire.html_of(raw), wire.text_of(raw)
    names = ("Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Feedback-ID", "Date")
    headers = {name: str(message[name]) for name in names}

    def build() -> bytes:
        mail = EmailMultiAlternatives(
            str(message["Subject"]), text, str(message["From"]), [str(message["To"])], headers=headers
        )
        mail.attach_alternative(html, "text/html")
        return mail.message().as_bytes(linesep="\r\n")

    return build


def best(work: Callable[[], object], times: int) -> float:
    """Milliseconds of one call, in the best of N_ROUNDS rounds."""
    rounds = []
    for _round in range(N_ROUNDS):
        began = time.perf_counter()
        for _time in range(times):
            work()
        rounds.append((time.perf_counter() - began) / times * 1000)
    return min(rounds)
