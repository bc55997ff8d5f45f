"""Many readers at once, and a letter of the size that newsletters have."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from wagtail.models import Locale

from campaigns.models import IssuePage
from subscribers import consent
from subscribers.models import Purpose, Subscriber, Suppression
from tests.campaigns import letters
from tests.factories import subscribers as people

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
N_LINKS = 18
WORDS = (
    "Una bottega piccola conosce i suoi lettori per nome, e una lettera ogni settimana tiene viva la conversazione "
    "senza rincorrere nessuno: chi ha tempo legge, chi non ne ha la ritrova quando torna. "
)
PEOPLE = """
INSERT INTO subscribers_subscriber (uid, address, address_key, name, locale, zone, role, attributes, state, frequency,
    stage, source, is_sample, created_at{more_names})
SELECT gen_random_uuid(), %s || n || '@letters.example', %s || n || '@letters.example', 'Reader ' || n, 'it', '', '',
    '{{}}'::jsonb, 'active', 'each', 'none', 'bench', false, %s{more_values}
FROM generate_series(1, %s) AS n
"""
AGREED = """
WITH given AS (
    INSERT INTO subscribers_consent (subscriber_id, purpose_id, step, locale, source, page_url, evidence, at, is_sample)
    SELECT id, %s, 'confirmed', 'it', 'bench', '', '', %s, false FROM subscribers_subscriber WHERE source = 'bench'
    RETURNING id, subscriber_id
)
INSERT INTO subscribers_permission (subscriber_id, purpose_id, is_given, since, consent_id)
SELECT subscriber_id, %s, true, %s, id FROM given
"""


def readers(n: int, *purposes: Purpose, prefix: str = "reader") -> None:
    """So many people who agreed to all these purposes."""
    with connection.cursor() as cursor:
        names, values = required_columns(cursor)
        cursor.execute(PEOPLE.format(more_names=names, more_values=values), [prefix, prefix, LONG_AGO, n])
        for purpose in purposes:
            cursor.execute(AGREED, [purpose.pk, LONG_AGO, purpose.pk, LONG_AGO])
        cursor.execute("ANALYZE")


def required_columns(cursor: object) -> tuple[str, str]:
    """Columns of the table that later migrations added without a default in the database, with an empty value each."""
    known = {"uid", "address", "address_key", "name", "locale", "zone", "role", "attributes", "state", "frequency"}
    known |= {"stage", "source", "is_sample", "created_at", "id"}
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'subscribers_subscriber' "
        "AND is_nullable = 'NO' AND column_default IS NULL"
    )
    empty = {"boolean": "false", "jsonb": "'{}'::jsonb", "integer": "0", "smallint": "0"}
    more = [(name, empty.get(kind, "''")) for name, kind in cursor.fetchall() if name not in known]
    return "".join(f", {name}" for name, _ in more), "".join(f", {value}" for _, value in more)


def letter() -> IssuePage:
    """A published issue of about 34 kB on the wire, with 18 links and the reader's name."""
    letters.publisher()
    blocks: list[tuple[str, object]] = [("heading", "Ciao {{ person.name }}")]
    for number in range(N_LINKS):
        link = f'<a href="https://example.org/pezzo/{number}?da=lettera">continua a leggere</a>'
        blocks.append(("text", f"<p>{WORDS * 2}{link}</p>"))
    return letters.issue(Locale.objects.get(language_code="it"), *blocks, subject="Per {{ person.name }}: la lettera")


def leave_out(purpose: Purpose, n: int) -> dict[str, list[str]]:
    """Give so many readers of the crowd each reason not to be written to; addresses by the reason they will get."""
    everybody = list(Subscriber.objects.filter(source="bench").order_by("id")[: n * 5])
    groups = [everybody[start : start + n] for start in range(0, len(everybody), n)]
    withdrawn, suppressed, paused, erased, _rest = groups
    reasons = {
        "no_consent": [person.address for person in withdrawn],
        "suppressed": [person.address for person in suppressed],
        "paused": [person.address for person in paused],
        "erased": [person.address for person in erased],
    }
    for person in withdrawn:
        consent.withdraw(person, purpose, source="home", now=datetime.now(UTC))
    for person in suppressed:
        consent.suppress(person.address_key, Suppression.Reason.COMPLAINT, now=datetime.now(UTC))
    ids = [person.pk for person in paused]
    Subscriber.objects.filter(pk__in=ids).update(paused_until=datetime.now(UTC) + timedelta(days=9))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_delivery SET address = NULL, address_key = NULL WHERE subscriber_id = ANY(%s)",
            [[person.pk for person in erased]],
        )
    return reasons


def purposes() -> tuple[IssuePage, Purpose, Purpose]:
    """The letter, its purpose, and the purpose of tracking."""
    page = letter()
    return page, page.newsletter.purpose, people.tracking()
