"""One import of people from its file to its numbers; stopped at any moment, it goes on where it was."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from subscribers.importing import chunks, consents, writing
from subscribers.importing.chunks import Chunk
from subscribers.importing.columns import Columns
from subscribers.importing.consents import Act
from subscribers.importing.refusing import Line
from subscribers.importing.rows import Terms
from subscribers.importing.tables import Table
from subscribers.models import ImportChunk, ImportRun

LOCK = 6_311_208_416  # beside the lock of content imports
Step = Callable[[int, int, str], None]  # rows done, rows in all, what is being done


class Busy(Exception):
    """Another import of people is running."""


@dataclass
class Outcome:
    """What an import did; every row is counted once."""

    counts: Counter[str] = field(default_factory=Counter)  # {verdict, or "refused": rows}
    refused: list[Line] = field(default_factory=list)  # in the order of lines

    def add(self, counts: dict[str, int], refused: list[Line]) -> None:
        """Take in what became of one chunk."""
        self.counts.update(counts)
        self.refused += refused


@dataclass(frozen=True)
class Plan:
    """Everything that decides what an import does."""

    table: Table
    columns: Columns
    terms: Terms
    act: Act
    path: Path
    n_rows: int


def bring_in(plan: Plan, step: Step) -> Outcome:
    """Merge every chunk that is not done yet. Raises Busy where another import holds the lock.

    Changes: see `consents.merge`; one checkpoint a chunk, written with it. Safe to run twice.
    """
    with _alone():
        run = None if plan.act.is_rehearsal else _open(plan)
        outcome, done = _before(run)
        step(outcome.counts.total(), plan.n_rows, "")
        prepared = chunks.prepare(plan.table, plan.columns, plan.terms, done)
        for counts, refused in writing.each(prepared, lambda chunk: _merge(chunk, plan.act, run)):
            outcome.add(counts, refused)
            step(outcome.counts.total(), plan.n_rows, "")
        outcome.refused.sort()
        if run is not None:
            _close(run, outcome)
    return outcome


def _open(plan: Plan) -> ImportRun:
    """The run of this very file and these wishes: the unfinished one, else a new one in place of an old one."""
    key = _key(plan)
    run, is_new = ImportRun.objects.get_or_create(
        key=key, defaults={"file_name": plan.path.name[:255], "purpose": plan.act.purpose.key}
    )
    if not is_new and run.finished_at is not None:
        run.delete()
        return _open(plan)
    return run


def _key(plan: Plan) -> str:
    with plan.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    wishes = [
        plan.act.purpose.key,
        plan.act.evidence,
        plan.columns.places,
        plan.columns.attributes,
        plan.terms.agreed_at.isoformat(),
        plan.terms.locale,
        plan.terms.standing.value,
        {word: standing.value for word, standing in plan.terms.words.items()},
        plan.table.first_line,
    ]
    digest.update(json.dumps(wishes, sort_keys=True).encode())
    return digest.hexdigest()


def _before(run: ImportRun | None) -> tuple[Outcome, frozenset[int]]:
    """What an earlier start of this run did already."""
    outcome = Outcome()
    done = list(run.chunks.order_by("number")) if run else []
    for chunk in done:
        outcome.add(chunk.counts, [(line, reason) for line, reason in chunk.refused])
    return outcome, frozenset(chunk.number for chunk in done)


def _merge(chunk: Chunk, act: Act, run: ImportRun | None) -> tuple[dict[str, int], list[Line]]:
    """Merge one chunk and its checkpoint in one transaction.

    A killed import may have left a connection that still commits this very chunk: then that one counts.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            merged = consents.merge(cursor, chunk, act)
            counts = {**merged.counts, **chunk.counts}
            refused = sorted([*chunk.outside, *merged.outside])
            if run is not None:
                ImportChunk.objects.create(run=run, number=chunk.number, counts=counts, refused=refused)
    except IntegrityError:
        done = run.chunks.filter(number=chunk.number).first() if run else None
        if done is None:
            raise
        return done.counts, [(line, reason) for line, reason in done.refused]
    return counts, refused


def _close(run: ImportRun, outcome: Outcome) -> None:
    ImportRun.objects.filter(pk=run.pk).update(finished_at=Now(), counts=dict(outcome.counts))
    run.chunks.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('subscriber_address_trigram'::regclass)")


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        row = cursor.fetchone()
        if not row[0]:
            raise Busy
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
