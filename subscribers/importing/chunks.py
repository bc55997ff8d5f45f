"""The rows of a table as chunks ready for the database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from subscribers.importing.columns import Columns
from subscribers.importing.refusing import Line
from subscribers.importing.rows import Person, Refused, Terms, reader
from subscribers.importing.standings import SEVERITY, Standing
from subscribers.importing.tables import Table

N_ROWS = 20_000  # of a chunk: a second or two of merging, 4 MB of text


@dataclass
class Chunk:
    """So many rows, read and judged as far as they tell by themselves."""

    number: int
    n_rows: int = 0
    people: dict[str, Person] = field(default_factory=dict)  # {address key: the strictest row of it}
    outside: list[Line] = field(default_factory=list)  # rows that go no further
    counts: Counter[str] = field(default_factory=Counter)  # of those outside

    @property
    def copy_text(self) -> bytes:
        """The rows as COPY wants them."""
        return "".join([person.copy_line for person in self.people.values()]).encode()

    @property
    def marks(self) -> dict[bytes, int]:
        """{digest, current or former: line} of every address."""
        return {mark: person.line for person in self.people.values() for mark in person.marks}

    def add(self, person: Person) -> None:
        """Take one row in; of two rows of one address the stricter stays, else the first."""
        other = self.people.get(person.key)
        if person.standing is Standing.UNCONFIRMED:
            self.leave_out(person.line, "unconfirmed", "unconfirmed")
        elif other is None:
            self.people[person.key] = person
        elif SEVERITY[person.standing] < SEVERITY[other.standing]:
            self.people[person.key] = person
            self.leave_out(other.line, "twice", "twice")
        else:
            self.leave_out(person.line, "twice", "twice")

    def leave_out(self, line: int, reason: str, counted_as: str = "refused") -> None:
        """Note a row that goes no further."""
        self.outside.append((line, reason))
        self.counts[counted_as] += 1


def prepare(table: Table, columns: Columns, terms: Terms, done: frozenset[int]) -> Iterator[Chunk]:
    """Every chunk whose number is not in `done`, in order; the same rows make the same chunks at each reading."""
    read = reader(columns, terms)
    chunk = Chunk(0)
    for line, cells in table.rows():
        if chunk.n_rows == N_ROWS:
            yield from _unless_done(chunk, done)
            chunk = Chunk(chunk.number + 1)
        chunk.n_rows += 1
        if chunk.number in done:
            continue
        try:
            chunk.add(read(line, cells))
        except Refused as refusal:
            chunk.leave_out(line, str(refusal))
    yield from _unless_done(chunk, done)


def _unless_done(chunk: Chunk, done: frozenset[int]) -> Iterator[Chunk]:
    if chunk.n_rows and chunk.number not in done:
        yield chunk
