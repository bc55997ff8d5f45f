"""What an article costs the server."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from content.models import ArticlePage
from tests import caching
from tests.bench import AtMost, Line, database, figure
from tests.factories import content as make
from tests.factories import subscribers as make_people

N_ARTICLES = 200
N_VISITS = 100
N_QUERIES = 12
MILLISECONDS = 60
PARAGRAPH = "<p>" + "Una lettera parte, qualcuno la legge, qualcosa torna indietro. " * 12 + "</p>"


@figure
def article() -> Iterator[Line]:
    """A long article with a figure and a sign-up form, among two hundred others, asked for without any cache."""
    with database():
        page = publish()
        client = Client(headers={"host": "localhost"})
        client.get(page.url)
        caching.empty()
        with CaptureQueriesContext(connection) as queries:
            client.get(page.url)
        yield Line("article.queries", len(queries), "queries", AtMost(N_QUERIES), beside="empty cache")
        cold = [visit(client, page.url, is_cold=True) for _ in range(N_VISITS)]
        yield Line("article.median", statistics.median(seen.wall for seen in cold), "ms", AtMost(MILLISECONDS))
        yield Line("article.cpu_median", statistics.median(seen.cpu for seen in cold), "ms", beside="the same visits")
        warm = [visit(client, page.url) for _ in range(N_VISITS)]
        yield Line("article.warm_median", statistics.median(seen.wall for seen in warm), "ms")
        yield Line("article.weight", len(client.get(page.url).content) / 1000, "kB")


@dataclass(frozen=True)
class Visit:
    """One request, in milliseconds."""

    wall: float
    cpu: float  # of this process alone: says the same on a busy machine


def visit(client: Client, address: str, *, is_cold: bool = False) -> Visit:
    """Ask for the page through every middleware; `is_cold` empties the cache before it."""
    if is_cold:
        caching.empty()
    reset_queries()
    began, worked = time.perf_counter(), time.process_time()
    response = client.get(address)
    took = Visit((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return took


def publish() -> ArticlePage:
    """The article that is measured; the others share its topics and author."""
    locale = Locale.objects.get(language_code="it")
    make_people.signup_form(make_people.purpose())
    topics = [make.topic(locale, f"Tema {number}") for number in range(4)]
    author = make.author(locale)
    for number in range(N_ARTICLES):
        at = make.WRITTEN_AT - timedelta(days=number)
        make.article(locale, f"Pezzo {number}", topics=topics[number % 3 :][:2], author=author, published_at=at)
    figure_block = {"image": make.image(), "caption": "<p>Una porta</p>", "credit": ""}
    body = [*make.body(*[PARAGRAPH] * 12), ("figure", figure_block), ("quote", {"text": "Torna.", "source": ""})]
    return make.article(
        locale, "Il giro più lungo", topics=topics[:2], author=author, standfirst="Due frasi. Bastano.", body=body
    )
