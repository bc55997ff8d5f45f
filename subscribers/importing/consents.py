"""The bulk twin of `subscribers.consent`: many people's consent in a few statements.

For each person it writes the very rows that `consent.give` (or, for one who left elsewhere, `consent.withdraw`)
writes for one: the step in the ledger with its evidence, the permission it makes, the state that follows. Two
things differ on purpose: the step is dated when the person agreed, not when the file was read; and the event is
`imported`, which waits for nobody, so that no journey starts. People we know already who leave or bounce by a
file go one by one through `consent` itself.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from subscribers import consent
from subscribers.importing.chunks import Chunk
from subscribers.models import Purpose, State, Subscriber, Suppression

# New ids are drawn while rows are staged: consents and permissions then need no look back at what was inserted.
# `verdict` comes as what the row would be if we knew nothing of the person; '' where only a look can tell.
STAGING = """
CREATE TEMP TABLE IF NOT EXISTS import_staging (
    line bigint, verdict text, standing text, address text, address_key text, name text, locale text, zone text,
    attributes jsonb, moment timestamptz, digest text,
    new_id bigint DEFAULT nextval(pg_get_serial_sequence('subscribers_subscriber', 'id')),
    consent_id bigint DEFAULT nextval(pg_get_serial_sequence('subscribers_consent', 'id')),
    reasons text[], person_id bigint
);
CREATE TEMP TABLE IF NOT EXISTS import_people (
    line bigint, id bigint, state text, is_given boolean, since timestamptz, was_confirmed_at timestamptz
);
TRUNCATE import_staging, import_people
"""
COPY = """
COPY import_staging (line, verdict, standing, address, address_key, name, locale, zone, attributes, moment, digest)
FROM STDIN
"""
STOPPED = "SELECT digest, array_agg(reason::text) FROM subscribers_suppression WHERE digest = ANY(%s) GROUP BY digest"
MARK_STOPPED = "UPDATE import_staging SET verdict = '', reasons = %s WHERE line = %s"
# In the order of keys, so that two writers who bring the same people wait for each other and never cross.
PEOPLE = """
INSERT INTO subscribers_subscriber (id, uid, address, address_key, name, locale, zone, role, attributes, state,
    frequency, stage, source, is_sample, created_at)
SELECT new_id, gen_random_uuid(), address, address_key, name, locale, zone, '', attributes,
    CASE verdict WHEN 'new' THEN %(state)s ELSE 'unsubscribed' END, 'each', 'none', %(source)s, false, %(now)s
FROM import_staging WHERE verdict <> '' ORDER BY address_key
ON CONFLICT (address_key) DO NOTHING
"""
UNMARK_KNOWN = """
UPDATE import_staging st SET verdict = '' WHERE verdict <> ''
AND NOT EXISTS (SELECT 1 FROM subscribers_subscriber s WHERE s.id = st.new_id)
"""
UNMARK_KNOWN_IN_REHEARSAL = """
UPDATE import_staging st SET verdict = '' WHERE verdict <> ''
AND EXISTS (SELECT 1 FROM subscribers_subscriber s WHERE s.address_key = st.address_key)
"""
# Whom of the others we know; the row is locked, as every writer of consent does.
MEET = """
WITH met AS MATERIALIZED (
    SELECT st.line, s.id, s.state FROM import_staging st JOIN subscribers_subscriber s USING (address_key)
    WHERE st.verdict = '' ORDER BY s.id FOR UPDATE OF s
)
INSERT INTO import_people
SELECT met.line, met.id, met.state, p.is_given, p.since, (
    SELECT max(c.at) FROM subscribers_consent c WHERE c.subscriber_id = met.id AND c.step = 'confirmed')
FROM met LEFT JOIN subscribers_permission p ON p.subscriber_id = met.id AND p.purpose_id = %(purpose)s
"""
# What becomes of them. Suppression and an earlier farewell win over anything a file says.
JUDGE = """
UPDATE import_staging AS st SET person_id = person.id, verdict = CASE
    WHEN st.standing IN ('bounced', 'complained', 'blocked') THEN CASE
        WHEN st.standing = 'bounced' AND person.was_confirmed_at > st.moment THEN 'kept'
        WHEN st.reasons @> ARRAY[%(reasons)s::jsonb ->> st.standing] THEN 'known'
        WHEN person.id IS NULL THEN 'stopped' ELSE 'stopped_person' END
    WHEN st.standing = 'left' THEN CASE
        WHEN person.is_given AND person.since > st.moment THEN 'kept'
        WHEN person.is_given = false THEN 'known'
        WHEN person.id IS NOT NULL THEN 'left_person' ELSE 'suppressed' END
    WHEN st.reasons IS NOT NULL THEN 'suppressed'
    WHEN person.is_given THEN 'known'
    WHEN person.is_given = false OR person.state = ANY(%(gone)s) THEN 'withdrew'
    ELSE 'joined' END
FROM import_staging AS same LEFT JOIN import_people AS person ON person.line = same.line
WHERE same.line = st.line AND st.verdict = ''
"""
CONSENTS = """
INSERT INTO subscribers_consent (id, subscriber_id, purpose_id, step, wording_id, locale, source, page_url, evidence,
    at, is_sample)
SELECT consent_id, coalesce(person_id, new_id), %(purpose)s,
    CASE verdict WHEN 'left' THEN 'withdrawn' ELSE 'confirmed' END,
    CASE WHEN verdict <> 'left' THEN (%(wordings)s::jsonb ->> locale)::bigint END,
    locale, %(source)s, '', %(evidence)s || line, coalesce(moment, %(now)s), false
FROM import_staging WHERE verdict IN ('new', 'joined', 'left') ORDER BY line
"""
PERMISSIONS = """
INSERT INTO subscribers_permission (subscriber_id, purpose_id, is_given, since, consent_id)
SELECT coalesce(person_id, new_id), %(purpose)s, verdict <> 'left', coalesce(moment, %(now)s), consent_id
FROM import_staging WHERE verdict IN ('new', 'joined', 'left') ORDER BY line
"""
EVENTS = """
INSERT INTO subscribers_event (kind, subscriber_id, visitor, object_kind, object_key, occurred_at, recorded_at,
    source, evidence, evidence_reason, payload, is_sample)
SELECT 'imported', coalesce(person_id, new_id), '', 'purpose', %(purpose_key)s, %(now)s, %(now)s,
    'import', 'unsure', 'imported', jsonb_build_object('source', %(source)s::text, 'line', line, 'standing', standing),
    false
FROM import_staging WHERE verdict IN ('new', 'joined', 'left') ORDER BY line
"""
# A consent changes the state of people we know as `standing.derive` says; suppressed ones never get here.
STATES = """
UPDATE subscribers_subscriber s SET state = CASE
    WHEN %(state)s = 'active' THEN CASE WHEN s.paused_until > %(now)s THEN 'paused' ELSE 'active' END
    WHEN s.state = 'waiting' THEN 'unsubscribed' ELSE s.state END
FROM import_staging j WHERE s.id = j.person_id AND j.verdict = 'joined'
"""
NAMES = """
UPDATE subscribers_subscriber s SET name = j.name
FROM import_staging j WHERE s.id = j.person_id AND j.verdict IN ('joined', 'known') AND s.name = '' AND j.name <> ''
"""
STOPS = """
INSERT INTO subscribers_suppression (digest, reason, at, detail, is_sample)
SELECT decode(digest, 'hex'), %(reasons)s::jsonb ->> standing, %(now)s, %(source)s, false
FROM import_staging WHERE verdict = 'stopped' ORDER BY line
ON CONFLICT (digest, reason) DO NOTHING
"""
COUNTS = "SELECT verdict, count(*) FROM import_staging GROUP BY verdict"
ONE_BY_ONE = """
SELECT person_id, verdict, standing, moment FROM import_staging
WHERE verdict IN ('left_person', 'stopped_person') ORDER BY line
"""
LEFT_OUT = "SELECT line, verdict FROM import_staging WHERE verdict = ANY(%s) ORDER BY line"
# Verdicts of rows that did not come in: told to the person who imports, line by line.
OUTSIDE = ("kept", "suppressed", "withdrew")
REASONS = {
    "bounced": Suppression.Reason.HARD_BOUNCE,
    "complained": Suppression.Reason.COMPLAINT,
    "blocked": Suppression.Reason.IMPORTED,
}
# New rows of the search index wait in a list of this size (kB) instead of being sorted in one by one: 39 → 27 µs a row.
PENDING_KB = 65_536


Values = dict[str, str | int | datetime | list[State]]


@dataclass(frozen=True)
class Merged:
    """What became of one chunk."""

    counts: dict[str, int]  # {verdict: rows}
    outside: list[tuple[int, str]]  # (line, verdict) of rows that did not come in


@dataclass(frozen=True)
class Act:
    """What every consent of one import shares."""

    purpose: Purpose
    source: str  # import:<file>
    evidence: str  # whose words prove it; the row's line is added at its end
    now: datetime
    is_rehearsal: bool = False

    def values(self) -> Values:
        """The named values of the statements."""
        newest = {code: consent.newest_wording(self.purpose, code) for code in ("it", "en")}
        is_newsletter = self.purpose.kind == Purpose.Kind.NEWSLETTER
        return {
            "purpose": self.purpose.pk,
            "purpose_key": self.purpose.key,
            "source": self.source[:120],
            "evidence": self.evidence,
            "now": self.now,
            "state": State.ACTIVE if is_newsletter else State.UNSUBSCRIBED,
            "wordings": json.dumps({code: wording.pk for code, wording in newest.items() if wording}),
            "reasons": json.dumps(REASONS),
            "gone": [State.UNSUBSCRIBED, State.COMPLAINED, State.BLOCKED, State.BOUNCING],
        }


def merge(cursor: CursorWrapper, chunk: Chunk, act: Act) -> Merged:
    """Merge one chunk of people; call it inside a transaction.

    Changes: subscribers, consents, permissions, suppressions, states, events; nothing in a rehearsal.
    """
    given = act.values()
    _stage(cursor, chunk)
    _make_people(cursor, given, is_rehearsal=act.is_rehearsal)
    cursor.execute(COUNTS)
    if dict(cursor.fetchall()).get("", 0):
        cursor.execute(MEET, given)
        cursor.execute(JUDGE, given)
    cursor.execute(COUNTS)
    counts = dict(cursor.fetchall())
    if not act.is_rehearsal:
        _write(cursor, given, counts)
        _one_by_one(cursor, act)
    cursor.execute(LEFT_OUT, [list(OUTSIDE)])
    return Merged(counts, cursor.fetchall())


def _stage(cursor: CursorWrapper, chunk: Chunk) -> None:
    """Bring the rows to the server and note which addresses are suppressed."""
    cursor.execute(STAGING)
    cursor.execute("SELECT set_config('gin_pending_list_limit', %s, true)", [str(PENDING_KB)])
    with cursor.copy(COPY) as copy:
        copy.write(chunk.copy_text)
    cursor.execute(STOPPED, [list(chunk.marks)])
    stopped = cursor.fetchall()
    if stopped:
        cursor.executemany(MARK_STOPPED, [(reasons, chunk.marks[bytes(digest)]) for digest, reasons in stopped])


def _make_people(cursor: CursorWrapper, given: Values, *, is_rehearsal: bool) -> None:
    """Insert those nobody knows; rows of people we know lose their first verdict."""
    if is_rehearsal:
        cursor.execute(UNMARK_KNOWN_IN_REHEARSAL)
        return
    cursor.execute("SELECT count(*) FROM import_staging WHERE verdict <> ''")
    n_wanted = cursor.fetchone()[0]
    cursor.execute(PEOPLE, given)
    if cursor.rowcount != n_wanted:
        cursor.execute(UNMARK_KNOWN)


def _write(cursor: CursorWrapper, given: Values, counts: dict[str, int]) -> None:
    if any(counts.get(verdict) for verdict in ("new", "left", "joined")):
        for statement in (CONSENTS, PERMISSIONS, EVENTS):
            cursor.execute(statement, given)
    if counts.get("joined"):
        cursor.execute(STATES, given)
    if counts.get("joined") or counts.get("known"):
        cursor.execute(NAMES)
    if counts.get("stopped"):
        cursor.execute(STOPS, given)


def _one_by_one(cursor: CursorWrapper, act: Act) -> None:
    """People we know who left or bounced elsewhere: few, and each with events that journeys wait for."""
    cursor.execute(ONE_BY_ONE)
    for person_id, verdict, standing, moment in cursor.fetchall():
        person = Subscriber.objects.get(pk=person_id)
        if verdict == "left_person":
            consent.withdraw(person, act.purpose, source=act.source, now=act.now)
        else:
            reason = REASONS[standing]
            consent.suppress(str(person.address_key), reason, now=act.now, detail=act.source, occurred_at=moment)
