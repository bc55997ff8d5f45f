"""Whole imports of people: what stands in the database afterwards, and what the command says."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.forms.models import model_to_dict
from django.utils import translation

from subscribers import consent, digests
from subscribers.importing import chunks, columns, opening, run
from subscribers.importing.chunks import Chunk
from subscribers.importing.consents import Act
from subscribers.importing.rows import Terms
from subscribers.models import (
    Consent,
    Event,
    ImportChunk,
    ImportRun,
    MailRequest,
    PendingEvent,
    Permission,
    Purpose,
    State,
    Subscriber,
    Suppression,
)
from tests.factories import subscribers as make

CORPORA = Path("../shared/corpora/platform-exports")
needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora lie beside the repository")
pytestmark = pytest.mark.django_db
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def english_words() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def letter(db: None) -> Purpose:
    return make.purpose("newsletter-lettera")


def written(tmp_path: Path, *lines: str, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def call(path: Path, *options: str, date: str = "2024-05-01") -> dict[str, int]:
    """The numbers the command tells."""
    said = said_by(path, *options, date=date)
    return {words: int(count) for count, words in re.findall(r"^ +(\d+)  (.+)$", said, re.MULTILINE)}


def said_by(path: Path, *options: str, date: str = "2024-05-01") -> str:
    out = io.StringIO()
    must = ("--source", "form on the old site", "--consent-date", date, "--purpose", "newsletter-lettera")
    call_command("import_subscribers", str(path), *must, *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def states() -> dict[str, str]:
    return dict(Subscriber.objects.values_list("address_key", "state"))


def given() -> set[str]:
    rows = Permission.objects.filter(is_given=True, purpose__key="newsletter-lettera")
    return set(rows.values_list("subscriber__address_key", flat=True))


def test_new_people_agree_with_their_proof_and_nothing_is_started(tmp_path: Path, letter: Purpose) -> None:
    path = written(tmp_path, "Email,Name,Language", "Ada@Posta.example,Ada Neri,en", "ugo@posta.example,,")

    told = call(path, "--evidence", "list of 2024, signed")

    ada = Subscriber.objects.get(address_key="ada@posta.example")
    row = Consent.objects.get(subscriber=ada)
    assert told == {"new, and agreed": 2}
    assert (ada.address, ada.name, ada.locale, ada.state, ada.source) == (
        "Ada@posta.example",
        "Ada Neri",
        "en",
        State.ACTIVE,
        "import:people.csv",
    )
    assert (row.step, row.source, row.evidence, row.locale, row.wording) == (
        "confirmed",
        "import:people.csv",
        "form on the old site. list of 2024, signed. people.csv:2",
        "en",
        letter.wordings.get(locale="en"),
    )
    assert row.at == datetime(2024, 4, 30, 22, tzinfo=UTC)
    assert given() == {"ada@posta.example", "ugo@posta.example"}
    assert not consent.may_track(ada.pk)
    assert list(Event.objects.values_list("kind", "subscriber").order_by("id")) == [
        ("imported", ada.pk),
        ("imported", Subscriber.objects.get(address_key="ugo@posta.example").pk),
    ]
    assert (PendingEvent.objects.count(), MailRequest.objects.count()) == (0, 0)


def rows_of(person: Subscriber) -> list[object]:
    """What the ledger holds of one person, without numbers of its own."""
    consents = [model_to_dict(row, exclude=["id", "subscriber"]) for row in person.consents.order_by("id")]
    permissions = [
        model_to_dict(row, exclude=["id", "subscriber", "consent"])
        | {"is_newest": row.consent == person.consents.last()}
        for row in person.permissions.all()
    ]
    person.refresh_from_db()
    return [consents, permissions, person.state]


@pytest.mark.parametrize("state", ["new", State.WAITING, State.PAUSED])
def test_the_bulk_way_writes_the_rows_that_give_writes(tmp_path: Path, letter: Purpose, state: str) -> None:
    at = datetime(2024, 4, 30, 22, tzinfo=UTC)
    until = datetime(2099, 1, 1, tzinfo=UTC) if state == State.PAUSED else None
    start = State.WAITING if state == "new" else state
    one = make.subscriber("one@posta.example", state=start, paused_until=until)
    if state != "new":
        make.subscriber("two@posta.example", state=start, paused_until=until)

    source, evidence = "import:people.csv", "form on the old site. people.csv:2"
    consent.give(one, letter, source=source, locale="it", now=at, evidence=evidence)
    call(written(tmp_path, "email", "two@posta.example"))

    assert rows_of(Subscriber.objects.get(address_key="two@posta.example")) == rows_of(one)
    assert consent.rebuild(now=make.NOW) == 0


def test_a_second_import_changes_nothing(tmp_path: Path, letter: Purpose) -> None:
    path = written(tmp_path, "email,status", "a@b.example,", "c@d.example,unsubscribed", "e@f.example,bounced")
    first = call(path)
    before = (Consent.objects.count(), Permission.objects.count(), Event.objects.count(), Suppression.objects.count())

    assert first == {
        "new, and agreed": 1,
        "unsubscribed there: kept as unsubscribed": 1,
        "bounced, complained or blocked there: never to be written to": 1,
    }
    assert call(path) == {"already so": 3}
    assert (
        Consent.objects.count(),
        Permission.objects.count(),
        Event.objects.count(),
        Suppression.objects.count(),
    ) == before
    assert states() == {"a@b.example": State.ACTIVE, "c@d.example": State.UNSUBSCRIBED}
    assert ImportRun.objects.get().counts == {"known": 3}


def test_whoever_left_or_is_suppressed_here_is_never_revived(tmp_path: Path, letter: Purpose) -> None:
    left, gone, fresh = (make.subscriber(f"{name}@b.example") for name in ("left", "gone", "fresh"))
    make.agreed(left, letter)
    consent.withdraw(left, letter, source="one-click", now=make.NOW)
    make.agreed(gone, make.purpose())
    consent.withdraw_all(gone, source="home", now=make.NOW)
    consent.suppress("erased@b.example", Reason.ERASED, now=make.NOW)
    consent.suppress("fresh@b.example", Reason.COMPLAINT, now=make.NOW)
    keys = ("left", "gone", "erased", "fresh", "other")

    told = call(written(tmp_path, "email,status", *(f"{key}@b.example,subscribed" for key in keys)))

    assert told == {"new, and agreed": 1, "left out: not to be written to": 2, "left out: left here": 2}
    assert given() == {"other@b.example"}
    assert not Subscriber.objects.filter(address_key="erased@b.example").exists()
    assert fresh.permissions.count() == 0


def test_a_suppression_under_a_former_key_counts(tmp_path: Path, letter: Purpose, settings: object) -> None:
    consent.suppress("a@b.example", Reason.NOT_ME, now=make.NOW)
    settings.CIRCOLARE_DIGEST_KEY_FALLBACKS = [settings.CIRCOLARE_DIGEST_KEY]
    settings.CIRCOLARE_DIGEST_KEY = "another-digest-key-that-is-long-enough-0123456789"

    assert call(written(tmp_path, "email", "a@b.example")) == {"left out: not to be written to": 1}


def test_people_who_left_elsewhere_leave_here_unless_they_agreed_later(tmp_path: Path, letter: Purpose) -> None:
    for name in ("early", "late", "silent"):
        make.agreed(make.subscriber(f"{name}@b.example"), letter, at=datetime(2022, 1, 1, tzinfo=UTC))
    times = {"early": "2020-01-01 10:00:00", "late": "2023-01-01 10:00:00", "silent": ""}
    lines = [f"{name}@b.example,unsubscribed,{time}" for name, time in times.items()]

    told = call(written(tmp_path, "email,status,unsub_time", *lines))

    assert told == {
        "unsubscribed there: kept as unsubscribed": 2,
        "left out: agreed here after leaving there": 1,
    }
    assert given() == {"early@b.example"}
    kinds = list(PendingEvent.objects.values_list("event__kind", flat=True))
    assert kinds == ["consent.withdrawn"] * 2


def test_bounces_complaints_and_blocks_of_elsewhere_stop_here_too(tmp_path: Path, letter: Purpose) -> None:
    known = make.subscriber("known@b.example")
    make.agreed(known, letter, at=datetime(2022, 1, 1, tzinfo=UTC))
    lines = ["known@b.example,cleaned", "spam@b.example,complained", "no@b.example,blocklisted"]

    call(written(tmp_path, "email,status", *lines))

    known.refresh_from_db()
    assert known.state == State.BOUNCING
    assert {bytes(row.digest): row.reason for row in Suppression.objects.all()} == {
        digests.of("known@b.example"): Reason.HARD_BOUNCE,
        digests.of("spam@b.example"): Reason.COMPLAINT,
        digests.of("no@b.example"): Reason.IMPORTED,
    }
    assert set(states()) == {"known@b.example"}
    assert call(written(tmp_path, "email", "spam@b.example")) == {"left out: not to be written to": 1}


def test_a_bounce_older_than_our_own_confirmation_is_not_believed(tmp_path: Path, letter: Purpose) -> None:
    make.agreed(make.subscriber("a@b.example"), letter, at=datetime(2022, 1, 1, tzinfo=UTC))

    told = call(written(tmp_path, "email,clean_time", "a@b.example,2020-01-01"))

    assert told == {"left out: agreed here after leaving there": 1}
    assert states() == {"a@b.example": State.ACTIVE}


def test_of_two_rows_of_one_address_the_stricter_counts(tmp_path: Path, letter: Purpose) -> None:
    lines = ["A@b.example,subscribed", "a@b.example,unsubscribed", "c@d.example,", "C@d.example,"]

    told = call(written(tmp_path, "email,status", *lines))

    assert told == {"new, and agreed": 1, "unsubscribed there: kept as unsubscribed": 1, "twice in the file": 2}
    assert given() == {"c@d.example"}


def test_people_known_for_another_letter_agree_to_this_one_too(tmp_path: Path, letter: Purpose) -> None:
    known = make.subscriber("a@b.example", name="", state=State.ACTIVE)
    make.agreed(known, make.purpose())

    told = call(written(tmp_path, "email,name", "a@b.example,Ada"))

    known.refresh_from_db()
    assert (told, known.name, known.state) == ({"known here, and agreed now": 1}, "Ada", State.ACTIVE)
    assert given() == {"a@b.example"}


def test_bad_rows_are_told_by_line_and_come_back_as_a_file(tmp_path: Path, letter: Purpose) -> None:
    path = written(
        tmp_path,
        "email;name;status",
        "a@b.example;=cmd|' /C calc'!A1;",
        "nobody;+39;",
        'c@d.example;"x;y";new one',
        "e@f.example;w;unconfirmed",
    )
    back = tmp_path / "refused.csv"

    said = said_by(path, "--refused", str(back))

    assert "people.csv:3: An address has an @ in the middle" in said
    assert "people.csv:4: Nobody knows the status “new one”: say with --means new one=STATUS." in said
    rows = list(csv.reader(io.StringIO(back.read_text("utf-8-sig"))))
    assert [row[:4] for row in rows] == [
        ["email", "name", "status", "line"],
        ["nobody", "'+39", "", "3"],
        ["c@d.example", "x;y", "new one", "4"],
        ["e@f.example", "w", "unconfirmed", "5"],
    ]
    assert Subscriber.objects.get().name == "=cmd|' /C calc'!A1"
    assert call(back, "--means", "new one=agrees", "--mapping", "line=-")["new, and agreed"] == 1


def test_a_rehearsal_writes_nothing_and_says_the_same_numbers(tmp_path: Path, letter: Purpose) -> None:
    known = make.subscriber("known@b.example")
    make.agreed(known, letter)
    lines = ["known@b.example,", "a@b.example,", "x,", "c@d.example,unsubscribed", "e@f.example,cleaned"]
    path = written(tmp_path, "email,status", *lines)

    rehearsed = call(path, "--dry-run")

    assert (Subscriber.objects.count(), Consent.objects.count(), Suppression.objects.count()) == (1, 1, 0)
    assert (ImportRun.objects.count(), Event.objects.count()) == (0, 0)
    assert rehearsed == call(path)


def test_a_broken_file_leaves_nothing_behind(tmp_path: Path, letter: Purpose) -> None:
    path = written(tmp_path, "email,name", "a@b.example,Ada", 'c@d.example,"Ugo')

    with pytest.raises(CommandError, match=r"people.csv:3:13: The quote opened here is never closed"):
        call(path)

    assert (Subscriber.objects.count(), ImportRun.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--purpose", "tracking"], "Only a newsletter"),
        (["--purpose", "nothing"], "There is no purpose"),
        (["--consent-date", "2999-01-01"], "yet to come"),
        (["--language", "fr"], "no language"),
        (["--source", " "], "--source"),
        (["--means", "x=y"], "--means knows"),
        (["--mapping", "x"], "NAME=VALUE"),
        (["--encoding", "klingon"], "Nobody knows the encoding"),
    ],
)
def test_wishes_that_no_file_can_have_are_refused(
    tmp_path: Path, letter: Purpose, options: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call(written(tmp_path, "email", "a@b.example"), *options)


def test_a_mailchimp_file_is_judged_by_its_name(tmp_path: Path, letter: Purpose) -> None:
    names = ("subscribed_members_export_1.csv", "cleaned_members_export_1.csv", "nonsubscribed_members_export_1.csv")
    told = [call(written(tmp_path, "Email Address", f"{name[:4]}@b.example", name=name)) for name in names]

    assert [next(iter(numbers)) for numbers in told] == [
        "new, and agreed",
        "bounced, complained or blocked there: never to be written to",
        "left out: never confirmed there",
    ]
    assert given() == {"subs@b.example"}


def test_a_stopped_import_goes_on_where_it_was(
    tmp_path: Path, letter: Purpose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "N_ROWS", 3)  # a limit, so that ten rows make four chunks
    path = written(tmp_path, "email", *(f"p{n}@b.example" if n != 4 else "nobody" for n in range(10)))
    plan = run_plan(path)

    def stop(done: int, total: int, what: str) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.bring_in(plan, stop)
    assert (Subscriber.objects.count(), ImportChunk.objects.count()) == (5, 2)
    assert ImportRun.objects.get().finished_at is None

    outcome = run.bring_in(plan, lambda *_step: None)

    assert dict(outcome.counts) == {"new": 9, "refused": 1}
    assert [line for line, _reason in outcome.refused] == [6]
    assert (Subscriber.objects.count(), ImportChunk.objects.count()) == (9, 0)
    assert ImportRun.objects.get().finished_at is not None


def test_a_chunk_that_a_killed_import_still_commits_counts_once(tmp_path: Path, letter: Purpose) -> None:
    plan = run_plan(written(tmp_path, "email", "a@b.example"))

    def commit_first(done: int, total: int, what: str) -> None:
        ImportChunk.objects.get_or_create(
            run=ImportRun.objects.get(), number=0, defaults={"counts": {"new": 1}, "refused": [[2, "columns"]]}
        )

    outcome = run.bring_in(plan, commit_first)

    assert (dict(outcome.counts), outcome.refused) == ({"new": 1}, [(2, "columns")])
    assert Subscriber.objects.count() == 0


def run_plan(path: Path) -> run.Plan:
    table = opening.look(path)
    terms = Terms("it", make.NOW - timedelta(days=9), make.NOW)
    act = Act(Purpose.objects.get(key="newsletter-lettera"), "import:p", "e:", make.NOW)
    return run.Plan(table, columns.find(table.header, {}, "p", 1), terms, act, path, table.check())


def test_a_chunk_counts_each_of_its_rows_once() -> None:
    chunk = Chunk(0)
    chunk.leave_out(3, "columns")
    chunk.leave_out(4, "twice", "twice")

    assert dict(chunk.counts) == {"refused": 1, "twice": 1}
    assert chunk.outside == [(3, "columns"), (4, "twice")]


@needs_corpora
def test_real_exports_come_in_with_their_rows(letter: Purpose) -> None:
    assert call(CORPORA / "keila-import_excel.csv") == {"new, and agreed": 201}
    assert call(CORPORA / "keila-import_rfc_4180.csv") == {"already so": 201}
    assert Subscriber.objects.get(address_key="foo-1@example.com").name == "Joël Müller-Schultheiß"
    assert call(CORPORA / "listmonk-subs-domain-blocklist.csv") == {"new, and agreed": 4}
    with pytest.raises(CommandError, match=r"keila-import_malformed1.csv:4:19"):
        call(CORPORA / "keila-import_malformed1.csv")


@needs_corpora
def test_people_whom_mailchimp_lets_go_are_never_mailable(letter: Purpose) -> None:
    told = call(CORPORA / "ghost-mg-mailchimp-members/unsubscribed.csv")

    assert told == {"unsubscribed there: kept as unsubscribed": 5}
    assert (given(), set(states().values())) == (set(), {State.UNSUBSCRIBED})


@needs_corpora
def test_people_whom_substack_mails_no_more_are_not_mailed_here(letter: Purpose) -> None:
    told = call(CORPORA / "ghost-mg-substack-members-csv/fixtures_signup_emails.csv")

    assert told == {"new, and agreed": 19, "unsubscribed there: kept as unsubscribed": 2}
    assert "maguirec086@comm.ca" not in given()
