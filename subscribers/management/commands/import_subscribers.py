"""Bring in people with their consent from a CSV or XLSX file."""

import argparse
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale

from content.importing import decoding, progress
from content.importing.findings import Broken
from subscribers.importing import columns, opening, refusing, run, standings
from subscribers.importing.consents import Act
from subscribers.importing.rows import Terms
from subscribers.importing.standings import Standing
from subscribers.models import Purpose

N_SHOWN = 20  # refused rows on the screen; --refused FILE keeps all
STOPPED = 130  # the exit status of a command stopped by Ctrl-C
# Mailchimp says what a file's people are by the file's name alone.
BY_NAME = (
    ("nonsubscribed", Standing.UNCONFIRMED),
    ("unsubscribed", Standing.LEFT),
    ("cleaned", Standing.BOUNCED),
)


class Command(BaseCommand):
    help = "Bring in subscribers with their consent. Nobody is written to and no journey starts. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name what must be said and what may be."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("file", type=Path, help="CSV or XLSX")
        must = parser.add_argument_group("where their consent comes from")
        must.add_argument("--source", required=True, help="where and how they agreed: “form on the old site”")
        must.add_argument(
            "--consent-date", required=True, type=date.fromisoformat, help="when, at the latest: 2024-05-01"
        )
        must.add_argument("--purpose", required=True, help="what they agreed to: the key of a newsletter's purpose")
        must.add_argument("--evidence", default="", help="what proves it, in your words")
        parser.add_argument("--language", default="", help="of people whose row names none: it, en")
        parser.add_argument(
            "--mapping", action="append", default=[], metavar="HEADING=FIELD", help="see docs/importing.md"
        )
        parser.add_argument(
            "--status", default="", choices=[one.value for one in Standing], help="of people whose row says none"
        )
        parser.add_argument(
            "--means", action="append", default=[], metavar="WORD=STATUS", help="what a status word means"
        )
        parser.add_argument("--encoding", default="", help="of a file that is not Unicode: cp1252, latin-1")
        parser.add_argument("--delimiter", default="", help="between cells, where it cannot be found out")
        parser.add_argument(
            "--no-header", action="store_true", help="the first line is a person; name columns by number"
        )
        parser.add_argument("--refused", type=Path, metavar="FILE", help="write the rows that did not come in")
        parser.add_argument("--dry-run", action="store_true", help="read and judge everything, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at the file, bring its people in, tell what was done in numbers."""
        now = timezone.now()
        try:
            plan = self._plan(options, now)
        except Broken as broken:
            raise CommandError(str(broken)) from broken
        self._introduce(plan)
        outcome = self._work(plan)
        self._tell(outcome, plan)
        if options["refused"]:
            n_rows = refusing.write(options["refused"], plan.table, outcome.refused)
            told = {"count": n_rows, "path": options["refused"]}
            self.stdout.write(_("%(count)d rows that did not come in stand in %(path)s.") % told)

    def _plan(self, options: dict[str, Any], now: datetime) -> run.Plan:
        path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file “%(path)s”.") % {"path": path})
        terms, act = terms_of(options, now), act_of(options, now)
        try:
            encoding = decoding.known(options["encoding"])
        except LookupError as error:
            raise CommandError(_("Nobody knows the encoding “%(name)s”.") % {"name": options["encoding"]}) from error
        delimiter = {"tab": "\t", r"\t": "\t"}.get(options["delimiter"], options["delimiter"])
        table = opening.look(path, encoding=encoding, delimiter=delimiter, has_header=not options["no_header"])
        found = columns.find(table.header, pairs(options["mapping"]), table.name, max(1, table.first_line - 1))
        return run.Plan(table, found, terms, act, path, table.check())

    def _introduce(self, plan: run.Plan) -> None:
        """Say which columns were understood before anything is written."""
        places = {**plan.columns.places, **{f"attributes.{key}": at for key, at in plan.columns.attributes.items()}}
        shown = ", ".join(f"{plan.table.header[place]} → {word}" for word, place in places.items())
        self.stdout.write(_("%(rows)d rows. Columns: %(shown)s.") % {"rows": plan.n_rows, "shown": shown})
        if plan.columns.unread:
            self.stdout.write(_("Not read: %(names)s.") % {"names": ", ".join(plan.columns.unread)})

    def _work(self, plan: run.Plan) -> run.Outcome:
        try:
            with progress.shown(self.stderr) as step:
                return run.bring_in(plan, step)
        except run.Busy as error:
            raise CommandError(_("Another import of people is running.")) from error
        except KeyboardInterrupt:
            self.stderr.write(_("Stopped. The same command again goes on from here."))
            raise SystemExit(STOPPED) from None

    def _tell(self, outcome: run.Outcome, plan: run.Plan) -> None:
        if plan.act.is_rehearsal:
            self.stdout.write(self.style.WARNING(_("Nothing was written: this was a rehearsal.")))
        for words, count in told(outcome.counts):
            self.stdout.write(f"{count:>9}  {words}")
        for line, reason in outcome.refused[:N_SHOWN]:
            self.stdout.write(self.style.NOTICE(f"  {plan.table.name}:{line}: {refusing.words(reason)}"))
        if more := len(outcome.refused[N_SHOWN:]):
            self.stdout.write("  " + _("… and %(count)d more; --refused FILE keeps them") % {"count": more})


def told(counts: dict[str, int]) -> list[tuple[str, int]]:
    """The numbers in words, those that are not 0; they add up to the rows of the file."""
    lines = [
        (_("new, and agreed"), ("new",)),
        (_("known here, and agreed now"), ("joined",)),
        (_("unsubscribed there: kept as unsubscribed"), ("left", "left_person")),
        (_("bounced, complained or blocked there: never to be written to"), ("stopped", "stopped_person")),
        (_("already so"), ("known",)),
        (_("twice in the file"), ("twice",)),
        (_("left out: not to be written to"), ("suppressed",)),
        (_("left out: left here"), ("withdrew",)),
        (_("left out: agreed here after leaving there"), ("kept",)),
        (_("left out: never confirmed there"), ("unconfirmed",)),
        (_("refused: the row cannot be read"), ("refused",)),
    ]
    sums = ((words, sum(counts.get(name, 0) for name in names)) for words, names in lines)
    return [(words, count) for words, count in sums if count]


def terms_of(options: dict[str, Any], now: datetime) -> Terms:
    """What holds for every row. Raises CommandError for a date to come or a language the site has not."""
    agreed_at = timezone.make_aware(datetime.combine(options["consent_date"], time()))
    if agreed_at > now:
        raise CommandError(
            _("Nobody can have agreed on %(day)s: it is yet to come.") % {"day": options["consent_date"]}
        )
    languages = frozenset(Locale.objects.values_list("language_code", flat=True))
    locale = options["language"] or Locale.get_default().language_code
    if locale not in languages:
        raise CommandError(_("The site has no language “%(code)s”.") % {"code": locale})
    words = {word.lower(): meaning(status) for word, status in pairs(options["means"]).items()}
    return Terms(locale, agreed_at, now, standing_of(options), words, languages)


def standing_of(options: dict[str, Any]) -> Standing:
    """What the file's people are unless a row says otherwise: as asked, as its name says, else they agree."""
    if options["status"]:
        return Standing(options["status"])
    name = options["file"].name.lower()
    return next((standing for opening_word, standing in BY_NAME if name.startswith(opening_word)), Standing.AGREES)


def meaning(status: str) -> Standing:
    """One of our standings by its word. Raises CommandError."""
    found = standings.read(status, {})
    try:
        return found or Standing(status)
    except ValueError as error:
        known = ", ".join(one.value for one in Standing)
        raise CommandError(_("--means knows %(known)s, not “%(word)s”.") % {"known": known, "word": status}) from error


def act_of(options: dict[str, Any], now: datetime) -> Act:
    """What every consent shares. Raises CommandError where no file can speak for people."""
    purpose = Purpose.objects.filter(key=options["purpose"]).first()
    if purpose is None:
        known = ", ".join(Purpose.objects.filter(kind=Purpose.Kind.NEWSLETTER).values_list("key", flat=True))
        message = _("There is no purpose “%(key)s”. Newsletters: %(known)s.")
        raise CommandError(message % {"key": options["purpose"], "known": known or "–"})
    if purpose.kind != Purpose.Kind.NEWSLETTER:
        raise CommandError(_("Only a newsletter can be agreed to by a file; everything else is asked of each person."))
    if not options["source"].strip():
        raise CommandError(_("Say with --source where these people agreed."))
    name = options["file"].name
    evidence = ". ".join(part.strip(" .") for part in (options["source"], options["evidence"]) if part.strip(" ."))
    return Act(purpose, f"import:{name}"[:120], f"{evidence}. {name}:", now, options["dry_run"])


def pairs(written: list[str]) -> dict[str, str]:
    """`A=b` texts as a mapping; the last `=` parts them. Raises CommandError for one without."""
    found = {}
    for text in written:
        left, mark, right = text.rpartition("=")
        if not mark or not left.strip() or not right.strip():
            raise CommandError(_("“%(text)s” is not of the form NAME=VALUE.") % {"text": text})
        found[left.strip()] = right.strip()
    return found
